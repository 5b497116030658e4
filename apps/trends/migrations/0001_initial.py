import apps.migrating
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='Rising',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hours', models.PositiveSmallIntegerField()),
                ('stream', models.CharField(choices=[('report', 'Reported'), ('violation', 'Found to break a rule')], max_length=9)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('kind', models.CharField(choices=[('all', 'Everything'), ('term', 'Word'), ('hashtag', 'Hashtag'), ('link', 'Link'), ('sound', 'Sound'), ('cluster', 'The same content'), ('account', 'Account')], max_length=8)),
                ('key', models.CharField(max_length=80)),
                ('n', models.IntegerField()),
                ('expected', models.FloatField()),
                ('upper', models.FloatField()),
                ('ratio', models.FloatField()),
                ('low', models.FloatField()),
                ('high', models.FloatField()),
                ('days', models.PositiveSmallIntegerField()),
                ('items', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'ordering': ['-low', 'id'],
                'constraints': [models.UniqueConstraint(fields=('hours', 'stream', 'language', 'kind', 'key'), name='rising_sign_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='SignDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.IntegerField()),
                ('stream', models.CharField(choices=[('report', 'Reported'), ('violation', 'Found to break a rule')], max_length=9)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('kind', models.CharField(choices=[('all', 'Everything'), ('term', 'Word'), ('hashtag', 'Hashtag'), ('link', 'Link'), ('sound', 'Sound'), ('cluster', 'The same content'), ('account', 'Account')], max_length=8)),
                ('key', models.CharField(blank=True, default='', max_length=80)),
                ('n', models.IntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['day'], name='sign_day_by_age')],
                'constraints': [models.UniqueConstraint(fields=('stream', 'language', 'kind', 'key', 'day'), name='sign_day_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='SignHour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.IntegerField()),
                ('stream', models.CharField(choices=[('report', 'Reported'), ('violation', 'Found to break a rule')], max_length=9)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('kind', models.CharField(choices=[('all', 'Everything'), ('term', 'Word'), ('hashtag', 'Hashtag'), ('link', 'Link'), ('sound', 'Sound'), ('cluster', 'The same content'), ('account', 'Account')], max_length=8)),
                ('key', models.CharField(blank=True, default='', max_length=80)),
                ('n', models.IntegerField()),
                ('items', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('hour', 'stream', 'language', 'kind', 'key'), name='sign_hour_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='SpikeAlert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stream', models.CharField(choices=[('report', 'Reported'), ('violation', 'Found to break a rule')], max_length=9)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('kind', models.CharField(choices=[('all', 'Everything'), ('term', 'Word'), ('hashtag', 'Hashtag'), ('link', 'Link'), ('sound', 'Sound'), ('cluster', 'The same content'), ('account', 'Account')], max_length=8)),
                ('key', models.CharField(max_length=80)),
                ('n', models.IntegerField()),
                ('expected', models.FloatField()),
                ('upper', models.FloatField()),
                ('ratio', models.FloatField()),
                ('low', models.FloatField()),
                ('high', models.FloatField()),
                ('items', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('risen_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('seen_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('seen_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('stream', 'language', 'kind', 'key'), name='spike_alert_one_open_per_sign'), models.CheckConstraint(condition=models.Q(('n__gte', models.F('upper'))), name='spike_alert_is_beyond_chance'), models.CheckConstraint(condition=models.Q(models.Q(('seen_at', None), ('seen_by', None)), models.Q(('seen_at__isnull', False), ('seen_by__isnull', False)), _connector='OR'), name='spike_alert_seen_by_somebody_at_a_time')],
            },
        ),
    ]
