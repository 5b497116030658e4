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


def fill(apps, schema_editor):
    HelpPlace = apps.get_model("wellbeing", "HelpPlace")
    HelpPlace.objects.bulk_create(
        HelpPlace(**dict(zip(NAMES, place)), position=10 * number) for number, place in enumerate(PLACES, 1)
    )


class Migration(migrations.Migration):
    """The page of help is never empty; what is on it is clearly marked to be verified and completed."""

    dependencies = [("wellbeing", "0010_people_to_turn_to")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
