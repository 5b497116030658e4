import apps.migrating
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        apps.migrating.CreateModel(
            name='Seal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField(unique=True)),
                ('event_ids', models.JSONField()),
                ('digests', models.BinaryField()),
                ('previous_hash', models.BinaryField()),
                ('hash', models.BinaryField()),
                ('sealed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        apps.migrating.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('actor_id', models.BigIntegerField(null=True)),
                ('case_id', models.BigIntegerField(null=True)),
                ('item_id', models.BigIntegerField(null=True)),
                ('private', models.BooleanField(db_default=False, default=False)),
                ('data', models.JSONField(default=dict)),
                ('occurred_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('case_id__isnull', False)), fields=['case_id', 'id'], name='event_by_case'), models.Index(condition=models.Q(('item_id__isnull', False)), fields=['item_id', 'id'], name='event_by_item'), models.Index(condition=models.Q(('actor_id__isnull', False)), fields=['actor_id', 'id'], name='event_by_actor')],
            },
        ),
        apps.migrating.CreateModel(
            name='Handoff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subscriber', models.CharField(max_length=60)),
                ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('attempts', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('last_error', models.TextField(blank=True, db_default='', default='')),
                ('given_up_at', models.DateTimeField(null=True)),
                ('event', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='handoffs', to='ledger.event')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('given_up_at', None)), fields=['subscriber', 'due_at', 'event'], name='handoff_owed'), models.Index(condition=models.Q(('given_up_at__isnull', False)), fields=['given_up_at'], name='handoff_given_up')],
                'constraints': [models.UniqueConstraint(fields=('event', 'subscriber'), name='handoff_once_per_subscriber')],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='event_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6c328c3dd59358ca0a2c865d2a09bfcfdcfa1cc9', operation='UPDATE OR DELETE', pgid='pgtrigger_event_is_never_changed_beb68', table='ledger_event', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='seal',
            trigger=pgtrigger.compiler.Trigger(name='seal_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='955b7b149c6c8e2cd5ad84e8a0eaf1bee63ee0ed', operation='UPDATE OR DELETE', pgid='pgtrigger_seal_is_never_changed_f2ef5', table='ledger_seal', when='BEFORE')),
        ),
    ]
