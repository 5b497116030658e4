import apps.migrating
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('transparency', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='StatementDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('state', models.CharField(choices=[('ready', 'Waiting to be sent'), ('sent', 'In the public database'), ('refused', 'Refused by the public database'), ('invalid', 'Breaks the schema, not sent'), ('withheld', 'Withheld, because the law asks for none')], max_length=8)),
                ('statements', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('day', 'state'), name='statement_day_once'),
                    models.CheckConstraint(condition=models.Q(('statements__gte', 0)), name='statement_day_is_never_below_nothing'),
                    models.CheckConstraint(condition=models.Q(('state__in', ['ready', 'sent', 'refused', 'invalid', 'withheld'])), name='statement_day_state_valid'),
                ],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='statement',
            trigger=pgtrigger.compiler.Trigger(name='statement_is_counted', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    INSERT INTO transparency_statementday (day, state, statements)\n    SELECT DISTINCT day, state, 0 FROM new_rows ORDER BY day, state ON CONFLICT (day, state) DO NOTHING;\n    UPDATE transparency_statementday kept SET statements = kept.statements + changed.number\n    FROM (SELECT day, state, sum(number) AS number FROM (SELECT day, state, 1 AS number FROM new_rows) each_row GROUP BY day, state) changed\n    WHERE (kept.day, kept.state) = (changed.day, changed.state) AND changed.number <> 0;\n    RETURN NULL;\n', hash='fa951ad442631daa301f69f562d1d9cef8d14e7a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_statement_is_counted_95e5d', referencing='REFERENCING NEW TABLE AS new_rows ', table='transparency_statement', when='AFTER')),
        ),
        apps.migrating.AddTrigger(
            model_name='statement',
            trigger=pgtrigger.compiler.Trigger(name='statement_is_counted_anew', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    INSERT INTO transparency_statementday (day, state, statements)\n    SELECT DISTINCT day, state, 0 FROM new_rows ORDER BY day, state ON CONFLICT (day, state) DO NOTHING;\n    UPDATE transparency_statementday kept SET statements = kept.statements + changed.number\n    FROM (SELECT day, state, sum(number) AS number FROM (SELECT day, state, 1 AS number FROM new_rows UNION ALL SELECT day, state, -1 FROM old_rows) each_row GROUP BY day, state) changed\n    WHERE (kept.day, kept.state) = (changed.day, changed.state) AND changed.number <> 0;\n    RETURN NULL;\n', hash='2438755b77774526f807cd9fcb332e2d847ecacc', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_statement_is_counted_anew_945a6', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='transparency_statement', when='AFTER')),
        ),
        # What there was before; the triggers' locks keep everybody else out until this is committed.
        migrations.RunSQL(
            "INSERT INTO transparency_statementday (day, state, statements)"
            " SELECT day, state, count(*) FROM transparency_statement GROUP BY day, state",
            "DELETE FROM transparency_statementday",
        ),
    ]
