from django.db import migrations


class Migration(migrations.Migration):
    """The first ceilings; an expiry for limits set before there was one; what is known of people and shifts.

    Only here is a set of limits changed after it was written: it gets the year that any set may last.
    """

    dependencies = [("wellbeing", "0003_exposure_account")]

    operations = [
        migrations.RunSQL(
            """
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

            ALTER TABLE wellbeing_limitset DISABLE TRIGGER USER;
            UPDATE wellbeing_limitset SET expires_at = set_at + interval '366 days' WHERE set_by_id IS NOT NULL;
            ALTER TABLE wellbeing_limitset ENABLE TRIGGER USER;

            UPDATE wellbeing_shift SET day_started_at = started_at;
            INSERT INTO wellbeing_practice (user_id, since, reason)
            SELECT user_id, min(started_at), '' FROM wellbeing_shift GROUP BY user_id;
            """,
            migrations.RunSQL.noop,
        ),
    ]
