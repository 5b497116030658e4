import apps.migrating
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        apps.migrating.CreateModel(
            name='Upload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.CharField(max_length=200)),
                ('mime', models.CharField(max_length=60)),
                ('size', models.PositiveBigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('key_id', models.BigIntegerField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        apps.migrating.CreateModel(
            name='Author',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=60)),
                ('external_id', models.CharField(max_length=200)),
                ('handle', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('followers', models.BigIntegerField(null=True)),
                ('public_figure', models.BooleanField(db_default=False, default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'external_id'), name='author_once_per_source')],
            },
        ),
        apps.migrating.CreateModel(
            name='IdempotentAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key_id', models.BigIntegerField()),
                ('idempotency_key', models.CharField(max_length=200)),
                ('body_sha256', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField()),
                ('answer', models.JSONField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(fields=['created_at'], name='idempotent_answer_by_age')],
                'constraints': [models.UniqueConstraint(fields=('key_id', 'idempotency_key'), name='one_answer_per_idempotency_key')],
            },
        ),
        apps.migrating.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=60)),
                ('external_id', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('text', 'Text'), ('image', 'Image'), ('video', 'Video'), ('audio', 'Audio'), ('live', 'Live stream'), ('account', 'Account')], max_length=8)),
                ('language', models.CharField(blank=True, db_default='', default='', max_length=8)),
                ('country', models.CharField(blank=True, db_default='', default='', max_length=2)),
                ('url', models.CharField(blank=True, db_default='', default='', max_length=2000)),
                ('parent', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('minors', models.BooleanField(db_default=False, default=False)),
                ('posted_at', models.DateTimeField(null=True)),
                ('views', models.BigIntegerField(null=True)),
                ('views_at', models.DateTimeField(null=True)),
                ('views_per_hour', models.FloatField(null=True)),
                ('revision', models.PositiveIntegerField(db_default=1, default=1)),
                ('content_sha256', models.CharField(max_length=64)),
                ('text_sha256', models.CharField(blank=True, db_default='', default='', max_length=64)),
                ('media_sha256', models.CharField(blank=True, db_default='', default='', max_length=64)),
                ('context_sha256', models.CharField(blank=True, db_default='', default='', max_length=64)),
                ('demo', models.BooleanField(db_default=False, default=False)),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='intake.author')),
            ],
            options={
                'indexes': [models.Index(fields=['author'], name='item_by_author'), models.Index(condition=models.Q(('text_sha256', ''), _negated=True), fields=['text_sha256'], name='item_by_text')],
                'constraints': [models.UniqueConstraint(fields=('source', 'external_id'), name='item_once_per_source'), models.CheckConstraint(condition=models.Q(('kind__in', ['text', 'image', 'video', 'audio', 'live', 'account'])), name='item_kind_valid')],
            },
        ),
        apps.migrating.CreateModel(
            name='Flag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item_revision', models.PositiveIntegerField()),
                ('detector', models.CharField(max_length=80)),
                ('detector_version', models.CharField(max_length=40)),
                ('scores', models.JSONField()),
                ('over_threshold', models.BooleanField()),
                ('shadow', models.BooleanField(db_default=False, default=False)),
                ('key_id', models.BigIntegerField(null=True)),
                ('idempotency_key', models.CharField(max_length=200, null=True)),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='flags', to='intake.item')),
            ],
            options={
                'indexes': [models.Index(fields=['item', 'id'], name='flag_by_item')],
                'constraints': [models.UniqueConstraint(fields=('key_id', 'idempotency_key'), name='flag_once_per_idempotency_key'), models.CheckConstraint(condition=models.Q(('shadow', False), ('over_threshold', False), _connector='OR'), name='shadow_flag_is_never_over_its_threshold')],
            },
        ),
        apps.migrating.CreateModel(
            name='ItemContent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('text', models.TextField(blank=True, db_default='', default='')),
                ('context', models.JSONField(default=list)),
                ('erased_at', models.DateTimeField(null=True)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contents', to='intake.item')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('item', 'revision'), name='item_content_once_per_revision')],
            },
        ),
        apps.migrating.CreateModel(
            name='Reporter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=60)),
                ('external_id', models.CharField(max_length=200)),
                ('trusted_flagger', models.BooleanField(db_default=False, default=False)),
                ('judged', models.PositiveIntegerField(db_default=0, default=0)),
                ('upheld', models.PositiveIntegerField(db_default=0, default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'external_id'), name='reporter_once_per_source'), models.CheckConstraint(condition=models.Q(('upheld__lte', models.F('judged'))), name='reporter_upheld_at_most_judged')],
            },
        ),
        apps.migrating.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item_revision', models.PositiveIntegerField()),
                ('trusted', models.BooleanField(db_default=False, default=False)),
                ('reason', models.CharField(max_length=200)),
                ('rule_code', models.CharField(blank=True, db_default='', default='', max_length=20)),
                ('comment', models.TextField(blank=True, db_default='', default='')),
                ('notice', models.JSONField(null=True)),
                ('upheld', models.BooleanField(null=True)),
                ('key_id', models.BigIntegerField(null=True)),
                ('idempotency_key', models.CharField(max_length=200, null=True)),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='intake.item')),
                ('reporter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='intake.reporter')),
            ],
            options={
                'indexes': [models.Index(fields=['item', 'id'], name='report_by_item'), models.Index(fields=['reporter', 'id'], name='report_by_reporter')],
                'constraints': [models.UniqueConstraint(fields=('key_id', 'idempotency_key'), name='report_once_per_idempotency_key')],
            },
        ),
        apps.migrating.CreateModel(
            name='Media',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('position', models.PositiveSmallIntegerField()),
                ('url', models.CharField(blank=True, db_default='', default='', max_length=2000)),
                ('mime', models.CharField(blank=True, db_default='', default='', max_length=60)),
                ('sha256', models.CharField(blank=True, db_default='', default='', max_length=64)),
                ('pdq', models.CharField(blank=True, db_default='', default='', max_length=64)),
                ('pdq_quality', models.PositiveSmallIntegerField(null=True)),
                ('frame_pdqs', models.JSONField(db_default=[], default=list)),
                ('duration_s', models.FloatField(null=True)),
                ('width', models.PositiveIntegerField(null=True)),
                ('height', models.PositiveIntegerField(null=True)),
                ('alt', models.TextField(blank=True, db_default='', default='')),
                ('transcript', models.TextField(blank=True, db_default='', default='')),
                ('state', models.CharField(choices=[('preparing', 'Being prepared'), ('ready', 'Ready'), ('refused', 'Refused')], db_default='preparing', default='preparing', max_length=10)),
                ('refused_reason', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('file', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('veil', models.TextField(blank=True, db_default='', default='')),
                ('frames', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('attempts', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('try_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='media', to='intake.item')),
                ('upload', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.upload')),
            ],
            options={
                'ordering': ['item', 'revision', 'position'],
                'indexes': [models.Index(condition=models.Q(('state', 'preparing')), fields=['try_at'], name='media_to_prepare'), models.Index(condition=models.Q(('sha256', ''), _negated=True), fields=['sha256'], name='media_by_sha256')],
                'constraints': [models.UniqueConstraint(fields=('item', 'revision', 'position'), name='media_once_per_position'), models.CheckConstraint(condition=models.Q(('state__in', ['preparing', 'ready', 'refused'])), name='media_state_valid')],
            },
        ),
        apps.migrating.CreateModel(
            name='ViewCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('views', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='view_counts', to='intake.item')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('item', 'at'), name='view_count_once_per_moment')],
            },
        ),
    ]
