from django.db import migrations


class Migration(migrations.Migration):
    """There is always a floor for every exposure level. domain/WELLBEING.md: covered from 2 on, no one-click reveal."""

    dependencies = [("wellbeing", "0006_veils")]

    operations = [
        migrations.RunSQL(
            """
            INSERT INTO wellbeing_veilfloor
                (exposure, blur, grey, small, edges, faces, frames, sound, mask_text, reveal, reason)
            VALUES (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'What this product ships with.'),
                   (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'What this product ships with.'),
                   (2, 1, 0, 0, 0, 0, 0, 0, 1, 1, 'What this product ships with.'),
                   (3, 1, 0, 0, 0, 0, 0, 0, 1, 1, 'What this product ships with.'),
                   (4, 1, 0, 0, 0, 0, 0, 1, 1, 1, 'What this product ships with.')
            """,
            migrations.RunSQL.noop,
        ),
    ]
