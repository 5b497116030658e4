from django.db import migrations, models

# What was counted before these columns were kept. A rebuild of the rollups comes to the same.
FILL = """
    UPDATE insight_removalcell cell
    SET seen_1 = found.seen_1, seen_10 = found.seen_10, seen_100 = found.seen_100, seen_1000 = found.seen_1000,
        seen_10000 = found.seen_10000
    FROM (
        SELECT r.day, of.rule, of.language, of.country, of.source, of.decided_by,
               count(*) FILTER (WHERE r.views BETWEEN 1 AND 9) AS seen_1,
               count(*) FILTER (WHERE r.views BETWEEN 10 AND 99) AS seen_10,
               count(*) FILTER (WHERE r.views BETWEEN 100 AND 999) AS seen_100,
               count(*) FILTER (WHERE r.views BETWEEN 1000 AND 9999) AS seen_1000,
               count(*) FILTER (WHERE r.views >= 10000) AS seen_10000
        FROM insight_firstremoval r CROSS JOIN LATERAL (
            SELECT '' AS rule, r.language, r.country, r.source, r.decided_by
            UNION ALL SELECT rule, '', '', '', '' FROM jsonb_array_elements_text(r.rules) AS rule
        ) of GROUP BY 1, 2, 3, 4, 5, 6
    ) found
    WHERE (cell.day, cell.rule_code, cell.language, cell.country, cell.source, cell.decided_by)
        = (found.day, found.rule, found.language, found.country, found.source, found.decided_by)
"""


class Migration(migrations.Migration):
    dependencies = [("insight", "0002_public_cells")]

    operations = [
        *(
            migrations.AddField("removalcell", f"seen_{floor}", models.IntegerField(default=0))
            for floor in (1, 10, 100, 1000, 10000)
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
