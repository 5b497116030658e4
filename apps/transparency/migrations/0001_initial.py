import apps.migrating
import django.db.models.deletion
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('decisions', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('puid', models.CharField(max_length=60, unique=True)),
                ('day', models.DateField()),
                ('body', models.JSONField()),
                ('state', models.CharField(choices=[('ready', 'Waiting to be sent'), ('sent', 'In the public database'), ('refused', 'Refused by the public database'), ('invalid', 'Breaks the schema, not sent'), ('withheld', 'Withheld, because the law asks for none')], default='ready', max_length=8)),
                ('because', models.CharField(blank=True, default='', max_length=40)),
                ('reasons', models.JSONField(default=list)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('last_error', models.CharField(blank=True, default='', max_length=300)),
                ('next_attempt_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('enforcement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='statement', to='decisions.enforcement')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'ready')), fields=['next_attempt_at', 'id'], name='statement_due'), models.Index(fields=['state', '-id'], name='statement_by_state'), models.Index(fields=['day', 'id'], name='statement_by_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['ready', 'sent', 'refused', 'invalid', 'withheld'])), name='statement_state_valid'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'withheld'), models.Q(('because', ''), _negated=True)), models.Q(models.Q(('state', 'withheld'), _negated=True), ('because', '')), _connector='OR'), name='withheld_statement_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['refused', 'invalid']), _negated=True), models.Q(('reasons', []), _negated=True), _connector='OR'), name='refused_statement_gives_reasons'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at', None)), _connector='OR'), name='sent_statement_has_a_time')],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='statement',
            trigger=pgtrigger.compiler.Trigger(name='statement_says_the_same_for_ever', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND (NEW.enforcement_id, NEW.puid, NEW.day, NEW.body)\n                        = (OLD.enforcement_id, OLD.puid, OLD.day, OLD.body) AND OLD.state <> 'sent' THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'statement_says_the_same_for_ever' USING ERRCODE = 'check_violation';\n                ", hash='f460e38d5da1a89a19c7070968566fa9896a9a6d', operation='UPDATE OR DELETE', pgid='pgtrigger_statement_says_the_same_for_ever_52e34', table='transparency_statement', when='BEFORE')),
        ),
    ]
