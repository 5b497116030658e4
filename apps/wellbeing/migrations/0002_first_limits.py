from django.db import migrations


class Migration(migrations.Migration):
    """There is always a set of limits in force: the defaults, until a wellbeing lead changes them."""

    dependencies = [("wellbeing", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            INSERT INTO wellbeing_limitset (budget, specialist_budget, weekly_factor, max_exposure,
                specialist_max_exposure, shift_minutes, break_every_minutes, break_minutes, reason)
            VALUES (16000, 40000, 4, 3, 4, 480, 90, 10, 'The defaults this product ships with.')
            """,
            migrations.RunSQL.noop,
        ),
    ]
