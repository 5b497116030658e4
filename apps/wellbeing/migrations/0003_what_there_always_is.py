from django.db import migrations

# Names and addresses that are widely known, and nothing that is not: where no number is certain, the entry says that
# the organisation completes it. Every entry is unverified until a wellbeing lead of the organisation has checked it.
TO_COMPLETE_EN = "To be completed by your organisation: a number that answers, its hours and its languages."
PLACES = [
    # country, language, kind, name, words, phone, url, hours, to_complete
    ("", "en", "crisis_line", "Find A Helpline", "A directory of helplines by country and language. Choose your country; many answer by text as well as by voice.", "", "https://findahelpline.com/", "", False),
    ("", "en", "crisis_line", "Befrienders Worldwide", "A directory of volunteer listening centres in many countries.", "", "https://befrienders.org/", "", False),
    ("", "en", "emergency", "Emergency services", "If you or somebody else is in danger now, call the emergency number of your country.", "", "", "", True),
    ("", "en", "counselling", "The counselling of your organisation", TO_COMPLETE_EN, "", "", "", True),
    ("", "en", "peer_support", "A colleague who is there for you", "Peers are the support that people who do this work name first. Write to one on “For you”, or ask your wellbeing lead who offers to listen.", "", "", "", False),
    ("KH", "km", "emergency", "រថយន្តសង្គ្រោះ (Ambulance)", "ប្រសិនបើអ្នក ឬនរណាម្នាក់កំពុងមានគ្រោះថ្នាក់ សូមទូរសព្ទភ្លាម។", "119", "", "", False),
    ("KH", "km", "crisis_line", "ខ្សែទូរសព្ទពិគ្រោះយោបល់ (Helpline)", "អង្គភាពរបស់អ្នកត្រូវបំពេញ៖ លេខទូរសព្ទ ម៉ោង និងភាសា។", "", "", "", True),
    ("KH", "km", "counselling", "TPO Cambodia", "អង្គការផ្តល់សេវាសុខភាពផ្លូវចិត្ត។ អង្គភាពរបស់អ្នកត្រូវបំពេញ៖ លេខទូរសព្ទ និងម៉ោង។", "", "https://tpocambodia.org/", "", True),
    ("KH", "en", "emergency", "Ambulance, Cambodia", "If you or somebody else is in danger now, call.", "119", "", "", False),
    ("KH", "en", "counselling", "TPO Cambodia", "Transcultural Psychosocial Organization, mental health care in Khmer. " + TO_COMPLETE_EN, "", "https://tpocambodia.org/", "", True),
    ("VN", "vi", "emergency", "Cấp cứu y tế (Ambulance)", "Nếu bạn hoặc ai đó đang gặp nguy hiểm, hãy gọi ngay.", "115", "", "", False),
    ("VN", "vi", "crisis_line", "Đường dây tư vấn tâm lý (Helpline)", "Tổ chức của bạn cần bổ sung: số điện thoại, giờ làm việc và ngôn ngữ.", "", "", "", True),
    ("VN", "vi", "counselling", "Tư vấn tâm lý của tổ chức bạn", "Tổ chức của bạn cần bổ sung: số điện thoại, giờ làm việc và ngôn ngữ.", "", "", "", True),
    ("VN", "en", "emergency", "Ambulance, Vietnam", "If you or somebody else is in danger now, call.", "115", "", "", False),
    ("VN", "en", "counselling", "Counselling in Vietnam", TO_COMPLETE_EN, "", "", "", True),
]  # fmt: skip
NAMES = ("country", "language", "kind", "name", "words", "phone", "url", "hours", "to_complete")


def write_help_places(apps, schema_editor):
    HelpPlace = apps.get_model("wellbeing", "HelpPlace")
    HelpPlace.objects.bulk_create(
        HelpPlace(**dict(zip(NAMES, place)), position=10 * number) for number, place in enumerate(PLACES, 1)
    )


# The limits in force until a wellbeing lead changes them. domain/WELLBEING.md, "Default parameter set".
LIMITS = """
    INSERT INTO wellbeing_limitset (budget, specialist_budget, weekly_factor, ramp_week_1, ramp_week_2, ramp_week_3,
        max_exposure, specialist_max_exposure, high_minutes, extreme_minutes, extreme_days, shift_minutes,
        overtime_minutes, gentle_start_minutes, gentle_end_minutes, break_every_minutes, high_break_every_minutes,
        break_minutes, long_break_minutes, high_run, extreme_run, light_after_run, harm_run, cooldown_seconds,
        burst_items, burst_minutes, burst_cooldown_minutes, reason)
    VALUES (16000, 40000, 4, 25, 50, 75,
        3, 4, 180, 240, 3, 480,
        0, 10, 60, 90, 50,
        10, 15, 6, 3, 4, 8, 120,
        3, 20, 15, 'The defaults this product ships with.')
"""

CEILINGS = """
    INSERT INTO wellbeing_ceilings (bounds, reason) VALUES ('{
            "budget": [100, 24000],
            "specialist_budget": [100, 60000],
            "weekly_factor": [1, 5],
            "ramp_week_1": [5, 50],
            "ramp_week_2": [5, 75],
            "ramp_week_3": [5, 100],
            "max_exposure": [0, 4],
            "specialist_max_exposure": [0, 4],
            "high_minutes": [0, 300],
            "extreme_minutes": [0, 300],
            "extreme_days": [0, 5],
            "shift_minutes": [60, 600],
            "overtime_minutes": [0, 120],
            "gentle_start_minutes": [5, 120],
            "gentle_end_minutes": [30, 240],
            "break_every_minutes": [10, 120],
            "high_break_every_minutes": [10, 60],
            "break_minutes": [5, 60],
            "long_break_minutes": [10, 60],
            "high_run": [1, 10],
            "extreme_run": [1, 5],
            "light_after_run": [2, 50],
            "harm_run": [2, 50],
            "cooldown_seconds": [60, 1800],
            "burst_items": [2, 5],
            "burst_minutes": [10, 240],
            "burst_cooldown_minutes": [10, 30]
        }', 'The ceilings this product ships with.');
"""

# domain/WELLBEING.md: covered from exposure 2 on, no one-click reveal.
VEILS = """
    INSERT INTO wellbeing_veilfloor
            (exposure, blur, grey, small, edges, faces, frames, sound, mask_text, reveal, reason)
        VALUES (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'What this product ships with.'),
               (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'What this product ships with.'),
               (2, 1, 0, 0, 0, 0, 0, 0, 1, 1, 'What this product ships with.'),
               (3, 1, 0, 0, 0, 0, 0, 0, 1, 1, 'What this product ships with.'),
               (4, 1, 0, 0, 0, 0, 0, 1, 1, 1, 'What this product ships with.')
"""


class Migration(migrations.Migration):
    """What there always is: limits, ceilings over them, a floor for every veil, and a page of help that is not empty."""

    dependencies = [("wellbeing", "0002_private_care")]

    operations = [
        migrations.RunSQL([LIMITS, CEILINGS, VEILS], migrations.RunSQL.noop),
        migrations.RunPython(write_help_places, migrations.RunPython.noop),
    ]
