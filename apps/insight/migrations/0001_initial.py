import apps.migrating
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('queues', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='FirstRemoval',
            fields=[
                ('item_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('enforcement_id', models.BigIntegerField(unique=True)),
                ('effective_at', models.DateTimeField()),
                ('day', models.DateField()),
                ('policies', models.JSONField(default=list)),
                ('rules', models.JSONField(default=list)),
                ('views', models.BigIntegerField(null=True)),
                ('within_24h', models.BooleanField(null=True)),
                ('proactive', models.BooleanField()),
                ('reinstated', models.BooleanField(default=False)),
            ],
        ),
        apps.migrating.CreateModel(
            name='Horizon',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('minute', models.IntegerField()),
            ],
        ),
        apps.migrating.CreateModel(
            name='Pulse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.BigIntegerField(default=0)),
                ('pushed_version', models.BigIntegerField(default=0)),
                ('pushed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        apps.migrating.CreateModel(
            name='QueueNow',
            fields=[
                ('queue', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='queues.queue')),
                ('waiting', models.IntegerField(default=0)),
                ('claimed', models.IntegerField(default=0)),
                ('overdue', models.IntegerField(default=0)),
            ],
        ),
        apps.migrating.CreateModel(
            name='AgreementDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('detector', models.CharField(max_length=80)),
                ('detector_version', models.CharField(max_length=40)),
                ('rule_code', models.CharField(max_length=100)),
                ('over_upheld', models.IntegerField(default=0)),
                ('over_refused', models.IntegerField(default=0)),
                ('under_upheld', models.IntegerField(default=0)),
                ('under_refused', models.IntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'detector', 'detector_version', 'rule_code'), name='agreement_day_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='DecisionDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('rule_code', models.CharField(blank=True, default='', max_length=20)),
                ('outcome', models.CharField(max_length=12)),
                ('n', models.IntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'rule_code', 'outcome'), name='decision_day_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='ExposureDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('source', models.CharField(blank=True, default='', max_length=60)),
                ('rule_code', models.CharField(blank=True, default='', max_length=20)),
                ('people', models.IntegerField(default=0)),
                ('looks', models.IntegerField(default=0)),
                ('heavy', models.IntegerField(default=0)),
                ('units', models.BigIntegerField(default=0)),
                ('spared', models.BigIntegerField(default=0)),
                ('skipped', models.IntegerField(default=0)),
                ('auto', models.IntegerField(default=0)),
                ('propagated', models.IntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'source', 'rule_code'), name='exposure_day_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='RemovalDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('policy_code', models.CharField(blank=True, default='', max_length=10)),
                ('removals', models.IntegerField(default=0)),
                ('views_known', models.IntegerField(default=0)),
                ('zero_views', models.IntegerField(default=0)),
                ('posted_known', models.IntegerField(default=0)),
                ('within_24h', models.IntegerField(default=0)),
                ('proactive', models.IntegerField(default=0)),
                ('net_removals', models.IntegerField(default=0)),
                ('net_views_known', models.IntegerField(default=0)),
                ('net_zero_views', models.IntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'policy_code'), name='removal_day_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='RemovalReachDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('rule_code', models.CharField(max_length=20)),
                ('bucket', models.SmallIntegerField()),
                ('n', models.IntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'rule_code', 'bucket'), name='removal_reach_day_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='RuleDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('rule_code', models.CharField(max_length=20)),
                ('considered', models.IntegerField(default=0)),
                ('violated', models.IntegerField(default=0)),
                ('otherwise', models.IntegerField(default=0)),
                ('cleared', models.IntegerField(default=0)),
                ('unsure', models.IntegerField(default=0)),
                ('compared', models.IntegerField(default=0)),
                ('disagreed', models.IntegerField(default=0)),
                ('appealed', models.IntegerField(default=0)),
                ('overturned', models.IntegerField(default=0)),
                ('escalated_unclear', models.IntegerField(default=0)),
                ('marked_unclear', models.IntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['rule_code', 'day'], name='rule_day_by_rule')],
                'constraints': [models.UniqueConstraint(fields=('day', 'rule_code'), name='rule_day_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='RuleTimeDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('rule_code', models.CharField(max_length=20)),
                ('bucket', models.SmallIntegerField()),
                ('n', models.IntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['rule_code', 'day'], name='rule_time_day_by_rule')],
                'constraints': [models.UniqueConstraint(fields=('day', 'rule_code', 'bucket'), name='rule_time_day_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='Flow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('width', models.PositiveSmallIntegerField(choices=[(60, 'Minute'), (3600, 'Hour')])),
                ('start', models.BigIntegerField()),
                ('arrived', models.IntegerField(default=0)),
                ('closed', models.IntegerField(default=0)),
                ('moved_in', models.IntegerField(default=0)),
                ('moved_out', models.IntegerField(default=0)),
                ('queue', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='queues.queue')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('width', 'start', 'queue'), name='flow_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='LatencyDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('bucket', models.SmallIntegerField()),
                ('n', models.IntegerField()),
                ('queue', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='queues.queue')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'queue', 'bucket'), name='latency_day_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='OpenMinute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('measure', models.CharField(choices=[('opened', 'Opened'), ('due', 'Falls due')], max_length=6)),
                ('minute', models.IntegerField()),
                ('n', models.IntegerField()),
                ('queue', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='queues.queue')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('measure', 'due')), fields=['minute'], name='open_minute_due'), models.Index(condition=models.Q(('n', 0)), fields=['id'], name='open_minute_empty')],
                'constraints': [models.UniqueConstraint(fields=('queue', 'measure', 'minute'), name='open_minute_once')],
            },
        ),
    ]
