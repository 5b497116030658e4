import apps.migrating
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('intake', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='Bank',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('about', models.TextField(blank=True, default='')),
                ('source', models.CharField(choices=[('local', 'Our own'), ('file', 'From files'), ('exchange', 'From an exchange')], default='local', max_length=8)),
                ('rule_code', models.CharField(max_length=20)),
                ('actions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('child_safety', models.BooleanField(default=False)),
                ('enabled_ratio', models.FloatField(default=1.0)),
                ('distance', models.PositiveSmallIntegerField(default=31)),
                ('audit_share', models.FloatField(default=0.05)),
                ('flood_at', models.PositiveIntegerField(default=50)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('created_because', models.CharField(max_length=300)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('verified_because', models.CharField(blank=True, default='', max_length=300)),
                ('verified_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('verified_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('name',), name='bank_name_once'), models.CheckConstraint(condition=models.Q(('source__in', ['local', 'file', 'exchange'])), name='bank_source_valid'), models.CheckConstraint(condition=models.Q(('enabled_ratio__gte', 0), ('enabled_ratio__lte', 1)), name='bank_enabled_ratio_0_to_1'), models.CheckConstraint(condition=models.Q(('distance__range', (0, 31))), name='bank_distance_0_to_31'), models.CheckConstraint(condition=models.Q(('audit_share__gte', 0.01), ('audit_share__lte', 1)), name='bank_is_always_audited'), models.CheckConstraint(condition=models.Q(('flood_at__range', (1, 100000))), name='bank_holds_floods_back'), models.CheckConstraint(condition=models.Q(models.Q(('verified_at', None), ('verified_because', ''), ('verified_by', None)), models.Q(('verified_at__isnull', False), ('verified_by__isnull', False), models.Q(('verified_because', ''), _negated=True)), _connector='OR'), name='bank_verified_says_who_when_and_why'), models.CheckConstraint(condition=models.Q(('verified_by', None), models.Q(('verified_by', models.F('created_by')), _negated=True), _connector='OR'), name='bank_is_never_verified_by_who_made_it')],
            },
        ),
        apps.migrating.CreateModel(
            name='Cluster',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decision_id', models.BigIntegerField(null=True)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.item')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('lead',), name='cluster_once_per_lead')],
            },
        ),
        apps.migrating.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('signal', models.CharField(choices=[('sha256', 'Same file (SHA-256)'), ('pdq', 'Picture (PDQ)'), ('film', 'Film (PDQ of its frames)'), ('text', 'Text')], max_length=8)),
                ('value', models.TextField(blank=True)),
                ('quality', models.PositiveSmallIntegerField(null=True)),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                ('ref', models.CharField(blank=True, default='', max_length=200)),
                ('why', models.CharField(blank=True, default='', max_length=300)),
                ('source_says', models.CharField(choices=[('positive', 'Belongs here'), ('negative', 'Does not belong here'), ('seed', 'To be looked into'), ('disputed', 'Disputed')], default='positive', max_length=8)),
                ('opinion', models.CharField(choices=[('positive', 'Belongs here'), ('negative', 'Does not belong here'), ('seed', 'To be looked into'), ('disputed', 'Disputed')], default='positive', max_length=8)),
                ('enabled', models.BooleanField(default=True)),
                ('held_at', models.DateTimeField(null=True)),
                ('flood_from', models.DateTimeField(null=True)),
                ('purged_at', models.DateTimeField(null=True)),
                ('change', models.BigIntegerField(default=0)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('bank', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='matching.bank')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('purged_at', None), ('signal', 'sha256')), fields=['value'], name='entry_by_sha256'), models.Index(fields=['change'], name='entry_by_change'), models.Index(fields=['bank', '-id'], name='entry_by_bank'), models.Index(condition=models.Q(('ref', ''), _negated=True), fields=['ref'], name='entry_by_ref'), models.Index(condition=models.Q(('held_at__isnull', False)), fields=['held_at'], name='entry_held_back')],
                'constraints': [models.UniqueConstraint(models.F('bank'), models.F('signal'), django.db.models.functions.text.MD5('value'), condition=models.Q(('purged_at', None)), name='entry_once_per_bank'), models.CheckConstraint(condition=models.Q(('signal__in', ['sha256', 'pdq', 'film', 'text'])), name='entry_signal_valid'), models.CheckConstraint(condition=models.Q(models.Q(('purged_at__isnull', False), ('value', '')), models.Q(('purged_at', None), ('signal', 'film'), ('value__regex', '^([0-9a-f]{64}){1,40}$')), models.Q(('purged_at', None), ('value__regex', '^[0-9a-f]{64}$')), _connector='OR'), name='entry_hash_has_its_length'), models.CheckConstraint(condition=models.Q(('opinion__in', ['positive', 'negative', 'seed', 'disputed']), ('source_says__in', ['positive', 'negative', 'seed', 'disputed'])), name='entry_opinion_valid')],
            },
        ),
        apps.migrating.CreateModel(
            name='Exchange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('kind', models.CharField(max_length=40)),
                ('checkpoint', models.JSONField(null=True)),
                ('fetched_at', models.DateTimeField(null=True)),
                ('trouble', models.CharField(blank=True, default='', max_length=300)),
                ('bank', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='exchange', to='matching.bank')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('name',), name='exchange_name_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='Match',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('signal', models.CharField(choices=[('sha256', 'Same file (SHA-256)'), ('pdq', 'Picture (PDQ)'), ('film', 'Film (PDQ of its frames)'), ('text', 'Text')], max_length=8)),
                ('distance', models.PositiveSmallIntegerField()),
                ('share', models.FloatField(default=1.0)),
                ('quality', models.PositiveSmallIntegerField(null=True)),
                ('opinion', models.CharField(choices=[('positive', 'Belongs here'), ('negative', 'Does not belong here'), ('seed', 'To be looked into'), ('disputed', 'Disputed')], max_length=8)),
                ('bank_revision', models.PositiveIntegerField()),
                ('verdict', models.CharField(choices=[('auto', 'Decided automatically'), ('person', 'A person decides'), ('held', 'Held back'), ('noted', 'Noted')], max_length=8)),
                ('because', models.CharField(blank=True, default='', max_length=80)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matches', to='matching.entry')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matches', to='intake.item')),
            ],
            options={
                'ordering': ['distance', 'id'],
                'indexes': [models.Index(fields=['entry', 'at'], name='match_by_entry'), models.Index(condition=models.Q(('verdict', 'held')), fields=['entry'], name='match_held_back')],
                'constraints': [models.UniqueConstraint(fields=('item', 'revision', 'entry'), name='match_once_per_item_and_entry'), models.CheckConstraint(condition=models.Q(('distance__range', (0, 31))), name='match_distance_0_to_31'), models.CheckConstraint(condition=models.Q(('verdict__in', ['auto', 'person', 'held', 'noted'])), name='match_verdict_valid')],
            },
        ),
        apps.migrating.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('signal', models.CharField(choices=[('sha256', 'Same file (SHA-256)'), ('pdq', 'Picture (PDQ)'), ('film', 'Film (PDQ of its frames)'), ('text', 'Text')], max_length=8)),
                ('distance', models.PositiveSmallIntegerField()),
                ('asked', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('joined_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('cluster', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='matching.cluster')),
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='membership', to='intake.item')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        apps.migrating.CreateModel(
            name='Opinion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('says', models.CharField(choices=[('positive', 'Belongs here'), ('negative', 'Does not belong here'), ('seed', 'To be looked into'), ('disputed', 'Disputed')], max_length=8)),
                ('why', models.CharField(max_length=300)),
                ('decision_id', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opinions', to='matching.entry')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('decision_id__isnull', False)), fields=['decision_id'], name='opinion_by_decision')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('entry', 'person'), name='opinion_one_at_a_time_per_person'), models.CheckConstraint(condition=models.Q(('says__in', ['positive', 'negative', 'seed'])), name='opinion_says_something'), models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='opinion_gives_its_reason')],
            },
        ),
        apps.migrating.CreateModel(
            name='Print',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('position', models.PositiveSmallIntegerField()),
                ('signal', models.CharField(choices=[('sha256', 'Same file (SHA-256)'), ('pdq', 'Picture (PDQ)'), ('film', 'Film (PDQ of its frames)'), ('text', 'Text')], max_length=8)),
                ('value', models.TextField()),
                ('quality', models.PositiveSmallIntegerField(null=True)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prints', to='intake.item')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('signal', 'sha256')), fields=['value'], name='print_by_sha256')],
                'constraints': [models.UniqueConstraint(fields=('item', 'revision', 'position', 'signal'), name='print_once_per_place')],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='entry_changes_are_numbered_in_their_order', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    PERFORM pg_advisory_xact_lock(hashtext('matching.entries'));\n                    -- A sequence never gives a number twice, not even after a transaction that came to nothing.\n                    NEW.change := nextval(pg_get_serial_sequence('matching_entry', 'id'));\n                    RETURN NEW;\n                ", hash='365329dd70727c66b55d493bd83769c99d23e97c', operation='INSERT OR UPDATE OF "value"', pgid='pgtrigger_entry_changes_are_numbered_in_their_order_c7222', table='matching_entry', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='entry_hash_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' OR NEW.bank_id <> OLD.bank_id OR NEW.signal <> OLD.signal\n                        OR OLD.purged_at IS NOT NULL\n                        OR (NEW.value <> OLD.value AND NOT (NEW.value = '' AND NEW.purged_at IS NOT NULL)) THEN\n                        RAISE EXCEPTION 'entry_hash_is_never_changed' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='2bdbbb5be97c6ca43d6db2a967bb3f14ff8f171c', operation='UPDATE OR DELETE', pgid='pgtrigger_entry_hash_is_never_changed_13a61', table='matching_entry', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='match',
            trigger=pgtrigger.compiler.Trigger(name='automatic_match_is_verified_and_undisputed', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.verdict = 'auto')", func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM matching_entry entry JOIN matching_bank bank ON bank.id = entry.bank_id\n                        WHERE entry.id = NEW.entry_id AND entry.enabled AND entry.purged_at IS NULL\n                          AND entry.held_at IS NULL AND entry.opinion = 'positive'\n                          AND bank.verified_at IS NOT NULL AND NEW.distance <= bank.distance\n                    ) THEN\n                        RAISE EXCEPTION 'automatic_match_is_verified_and_undisputed' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='d69e16fa5fffe602d1cf1050700f66ea14c0c67d', operation='INSERT OR UPDATE', pgid='pgtrigger_automatic_match_is_verified_and_undisputed_2f9c5', table='matching_match', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='opinion',
            trigger=pgtrigger.compiler.Trigger(name='opinion_changes_only_by_being_withdrawn', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL\n                        AND (to_jsonb(NEW) - 'withdrawn_at') = (to_jsonb(OLD) - 'withdrawn_at') THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'opinion_changes_only_by_being_withdrawn' USING ERRCODE = 'check_violation';\n                ", hash='fd1f50654cf447a16dfcb2634f0b52c209cb4ba9', operation='UPDATE OR DELETE', pgid='pgtrigger_opinion_changes_only_by_being_withdrawn_e297a', table='matching_opinion', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='opinion',
            trigger=pgtrigger.compiler.Trigger(name='entry_opinion_is_the_sum_of_its_voices', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    -- The entry's row is the lock: two voices at one moment are both counted.\n                    PERFORM 1 FROM matching_entry WHERE id = NEW.entry_id FOR NO KEY UPDATE;\n                    UPDATE matching_entry entry SET opinion = CASE\n                        WHEN voices.yes AND voices.no OR 'disputed' = entry.source_says THEN 'disputed'\n                        WHEN voices.no THEN 'negative' WHEN voices.yes THEN 'positive' ELSE 'seed' END\n                    FROM (SELECT COALESCE(bool_or(said = 'positive'), false) AS yes,\n                                 COALESCE(bool_or(said = 'negative'), false) AS no\n                          FROM (SELECT says AS said FROM matching_opinion\n                                WHERE entry_id = NEW.entry_id AND withdrawn_at IS NULL\n                                UNION ALL SELECT source_says FROM matching_entry WHERE id = NEW.entry_id) said) voices\n                    WHERE entry.id = NEW.entry_id AND entry.purged_at IS NULL;\n                    RETURN NULL;\n                ", hash='106a7cded9cf6f4744d267b5f0c5fef3aff96ca1', operation='INSERT OR UPDATE', pgid='pgtrigger_entry_opinion_is_the_sum_of_its_voices_78736', table='matching_opinion', when='AFTER')),
        ),
    ]
