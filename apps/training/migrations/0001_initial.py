import apps.migrating
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('decisions', '0001_initial'),
        ('guidelines', '0001_initial'),
        ('quality', '0001_initial'),
        ('queues', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='Counted',
            fields=[
                ('comparison', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='quality.comparison')),
                ('first', models.CharField(max_length=20)),
                ('second', models.CharField(max_length=20)),
                ('found', models.CharField(blank=True, default='', max_length=20)),
            ],
        ),
        apps.migrating.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('because', models.CharField(choices=[('own', 'She chose it'), ('given', 'Somebody gave it to her'), ('path', 'It is on the path to a queue')], max_length=5)),
                ('given_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('seen_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('asked', models.PositiveSmallIntegerField(null=True)),
                ('right', models.PositiveSmallIntegerField(null=True)),
                ('passed', models.BooleanField(null=True)),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        apps.migrating.CreateModel(
            name='Calibration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule_code', models.CharField(max_length=20)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('closed_at', models.DateTimeField(null=True)),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rule_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guidelines.ruleversion')),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('rule_code', 'language'), name='calibration_open_once_per_rule_and_language')],
            },
        ),
        apps.migrating.CreateModel(
            name='CalibrationCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('text', models.TextField(blank=True)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('exposure', models.PositiveSmallIntegerField()),
                ('gone_at', models.DateTimeField(null=True)),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.decision')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='training.calibration')),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('session', 'position'), name='calibration_case_once_per_position'), models.UniqueConstraint(fields=('session', 'decision'), name='calibration_shows_a_decision_once'), models.CheckConstraint(condition=models.Q(('position__range', (1, 10))), name='calibration_has_ten_cases_at_most'), models.CheckConstraint(condition=models.Q(('exposure__lte', 2)), name='calibration_case_is_never_above_2')],
            },
        ),
        apps.migrating.CreateModel(
            name='CalibrationVerdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('violates', 'Breaks a rule'), ('no_violation', 'No violation'), ('unsure', 'Not sure')], max_length=12)),
                ('rule_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='training.calibrationcase')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'person'), name='calibration_is_decided_once_per_person'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'violates'), ('rule_codes__len__gt', 0)), models.Q(('outcome__in', ['no_violation', 'unsure']), ('rule_codes__len', 0)), _connector='OR'), name='calibration_outcome_valid')],
            },
        ),
        apps.migrating.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('skill', models.CharField(max_length=40)),
                ('given_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_because', models.CharField(blank=True, default='', max_length=300)),
                ('basis', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='certificate', to='training.assignment')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('queue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='queues.queue')),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('person', 'skill'), name='certified_once_per_skill'), models.CheckConstraint(condition=models.Q(('given_by', models.F('person')), _negated=True), name='certificate_is_never_given_to_oneself'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_because', ''), ('ended_by', None)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), models.Q(('ended_because', ''), _negated=True)), _connector='OR'), name='certificate_ends_with_a_reason')],
            },
        ),
        apps.migrating.CreateModel(
            name='FirstChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('claim_id', models.BigIntegerField(unique=True)),
                ('case_id', models.BigIntegerField()),
                ('outcome', models.CharField(choices=[('violates', 'Breaks a rule'), ('no_violation', 'No violation'), ('unsure', 'Not sure')], max_length=12)),
                ('rule_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                ('share', models.FloatField()),
                ('shown', models.BooleanField()),
                ('precedents', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('decision_id', models.BigIntegerField(null=True, unique=True)),
                ('kept', models.BooleanField(null=True)),
                ('agreed', models.BooleanField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='first_choice_by_time'), models.Index(condition=models.Q(('decision_id', None)), fields=['case_id'], name='first_choice_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('share__range', (0, 1))), name='precedents_are_shown_by_lot'), models.CheckConstraint(condition=models.Q(('shown', True), models.Q(('precedents__len', 0), ('shown', False)), _connector='OR'), name='precedents_not_drawn_are_not_shown')],
            },
        ),
        apps.migrating.CreateModel(
            name='Mentor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('senior', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('person', models.F('senior')), _negated=True), name='nobody_is_her_own_senior')],
            },
        ),
        apps.migrating.CreateModel(
            name='Module',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('targeted', 'About one confusion'), ('practice', 'Practice for a queue'), ('certification', 'Certification for a queue')], max_length=13)),
                ('title', models.CharField(max_length=120)),
                ('chosen', models.CharField(blank=True, default='', max_length=20)),
                ('instead_of', models.CharField(blank=True, default='', max_length=20)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('pass_percent', models.PositiveSmallIntegerField(default=80)),
                ('state', models.CharField(choices=[('draft', 'Being put together'), ('published', 'In use'), ('retired', 'Retired')], default='draft', max_length=9)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('published_at', models.DateTimeField(null=True)),
                ('retired_at', models.DateTimeField(null=True)),
                ('retired_because', models.CharField(blank=True, default='', max_length=200)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('queue', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='modules', to='queues.queue')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guidelines.guidelineversion')),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('state', 'published')), fields=['queue', 'kind'], name='module_in_use')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'targeted'), _negated=True), models.Q(models.Q(('chosen', ''), _negated=True), models.Q(('instead_of', ''), _negated=True), models.Q(('chosen', models.F('instead_of')), _negated=True)), _connector='OR'), name='module_of_a_pair_names_both'), models.CheckConstraint(condition=models.Q(('kind', 'targeted'), ('queue__isnull', False), _connector='OR'), name='module_for_a_queue_names_it'), models.CheckConstraint(condition=models.Q(('pass_percent__range', (50, 100))), name='module_is_passed_with_half_or_more'), models.CheckConstraint(condition=models.Q(models.Q(('published_at', None), ('retired_at', None), ('state', 'draft')), models.Q(('published_at__isnull', False), ('retired_at', None), ('state', 'published')), models.Q(('retired_at__isnull', False), ('state', 'retired'), models.Q(('retired_because', ''), _negated=True)), _connector='OR'), name='module_state_has_its_moments')],
            },
        ),
        migrations.AddField(
            model_name='assignment',
            name='module',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='training.module'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(fields=['person', '-id'], name='assignment_by_person'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(condition=models.Q(('finished_at', None)), fields=('person', 'module'), name='module_open_once_per_person'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('asked', None), ('finished_at', None), ('passed', None), ('right', None)), models.Q(('asked__isnull', False), ('finished_at__isnull', False), ('passed__isnull', False), ('right__isnull', False), ('right__lte', models.F('asked'))), _connector='OR'), name='module_is_finished_as_a_whole'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('because', 'own'), _negated=True), ('given_by', models.F('person')), _connector='OR'), name='own_choice_is_ones_own'),
        ),
        apps.migrating.CreateModel(
            name='ModuleCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('decision_id', models.BigIntegerField(null=True)),
                ('text', models.TextField(blank=True)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('exposure', models.PositiveSmallIntegerField()),
                ('outcome', models.CharField(choices=[('violates', 'Breaks a rule'), ('no_violation', 'No violation'), ('unsure', 'Not sure')], max_length=12)),
                ('rule_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                ('explanation', models.TextField()),
                ('gone_at', models.DateTimeField(null=True)),
                ('module', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='training.module')),
                ('rule_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guidelines.ruleversion')),
            ],
            options={
                'ordering': ['position'],
                'indexes': [models.Index(fields=['decision_id'], name='module_case_by_decision')],
                'constraints': [models.UniqueConstraint(fields=('module', 'position'), name='module_case_once_per_position'), models.UniqueConstraint(condition=models.Q(('decision_id__isnull', False)), fields=('module', 'decision_id'), name='module_shows_a_decision_once'), models.CheckConstraint(condition=models.Q(('exposure__lte', 2)), name='module_case_is_never_above_2'), models.CheckConstraint(condition=models.Q(('outcome__in', ['violates', 'no_violation'])), name='module_case_has_a_definite_answer'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'violates'), ('rule_codes__len__gt', 0)), models.Q(('outcome', 'no_violation'), ('rule_codes__len', 0)), _connector='OR'), name='module_case_of_a_violation_names_a_rule'), models.CheckConstraint(condition=models.Q(('explanation', ''), _negated=True), name='module_case_is_explained'), models.CheckConstraint(condition=models.Q(models.Q(('gone_at', None), models.Q(('text', ''), _negated=True)), models.Q(('gone_at__isnull', False), ('text', '')), _connector='OR'), name='module_case_has_words_until_they_are_erased')],
            },
        ),
        apps.migrating.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('violates', 'Breaks a rule'), ('no_violation', 'No violation'), ('unsure', 'Not sure')], max_length=12)),
                ('rule_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                ('right', models.BooleanField()),
                ('shift_id', models.BigIntegerField()),
                ('seconds', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='training.assignment')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='training.modulecase')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['shift_id'], name='answer_by_shift')],
                'constraints': [models.UniqueConstraint(fields=('assignment', 'case'), name='module_case_is_answered_once'), models.CheckConstraint(condition=models.Q(('seconds__lte', 900)), name='answer_takes_a_quarter_at_most')],
            },
        ),
        apps.migrating.CreateModel(
            name='PairDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('rule_code', models.CharField(blank=True, default='', max_length=20)),
                ('language', models.CharField(blank=True, default='', max_length=8)),
                ('version_id', models.BigIntegerField()),
                ('origin', models.CharField(max_length=16)),
                ('first', models.CharField(max_length=20)),
                ('second', models.CharField(max_length=20)),
                ('found', models.CharField(blank=True, default='', max_length=20)),
                ('n', models.IntegerField(default=0)),
                ('weight', models.BigIntegerField(default=0)),
                ('weight_squared', models.BigIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['day'], name='pair_day_by_day')],
                'constraints': [models.UniqueConstraint(fields=('rule_code', 'day', 'language', 'version_id', 'origin', 'first', 'second', 'found'), name='pair_day_once')],
            },
        ),
        apps.migrating.CreateModel(
            name='Remark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=1000)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remarks', to='training.calibrationcase')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        apps.migrating.CreateModel(
            name='Ruling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule_code', models.CharField(max_length=20)),
                ('text', models.TextField()),
                ('written_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('rule_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guidelines.ruleversion')),
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='ruling', to='training.calibration')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['rule_code', '-id'], name='ruling_by_rule')],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='ruling_says_something')],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='calibrationverdict',
            trigger=pgtrigger.compiler.Trigger(name='calibration_verdict_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ca2ac06e4878ea94abc65bd9969d010cea664ef0', operation='UPDATE OR DELETE', pgid='pgtrigger_calibration_verdict_is_never_changed_c417f', table='training_calibrationverdict', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='calibrationverdict',
            trigger=pgtrigger.compiler.Trigger(name='calibration_is_decided_while_open', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM training_calibrationcase drawn\n                        JOIN training_calibration session ON session.id = drawn.session_id\n                        WHERE drawn.id = NEW.case_id AND session.closed_at IS NULL\n                        FOR SHARE OF session\n                    ) THEN\n                        RAISE EXCEPTION 'calibration_is_decided_while_open' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='81c3e8e79ba49538cd64736de7d477b8ace1657d', operation='INSERT', pgid='pgtrigger_calibration_is_decided_while_open_94b20', table='training_calibrationverdict', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='certificate',
            trigger=pgtrigger.compiler.Trigger(name='certificate_rests_on_a_passed_certification', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM training_assignment passed\n                        JOIN training_module module ON module.id = passed.module_id\n                        JOIN queues_queue queue ON queue.id = module.queue_id\n                        WHERE passed.id = NEW.basis_id AND passed.person_id = NEW.person_id AND passed.passed\n                          AND module.kind = 'certification' AND queue.id = NEW.queue_id\n                          AND queue.skill = NEW.skill AND queue.skill <> ''\n                    ) THEN\n                        RAISE EXCEPTION 'certificate_rests_on_a_passed_certification'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='d5b446558dc7ea96d563b61a74a23c922eea42c9', operation='INSERT', pgid='pgtrigger_certificate_rests_on_a_passed_certification_d9541', table='training_certificate', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='certificate',
            trigger=pgtrigger.compiler.Trigger(name='certificate_changes_only_by_ending_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL\n                        AND (to_jsonb(NEW) - 'ended_at' - 'ended_by_id' - 'ended_because')\n                          = (to_jsonb(OLD) - 'ended_at' - 'ended_by_id' - 'ended_because') THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'certificate_changes_only_by_ending_once' USING ERRCODE = 'check_violation';\n                ", hash='82eb8bfc2830d92fb40d7713d40bd47df200891e', operation='UPDATE OR DELETE', pgid='pgtrigger_certificate_changes_only_by_ending_once_cea16', table='training_certificate', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='firstchoice',
            trigger=pgtrigger.compiler.Trigger(name='first_choice_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE'\n                        AND (to_jsonb(NEW) - 'decision_id' - 'kept' - 'agreed')\n                          = (to_jsonb(OLD) - 'decision_id' - 'kept' - 'agreed') THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'first_choice_is_never_changed' USING ERRCODE = 'check_violation';\n                ", hash='4670f505866f02f3515ed72b67bf23340aff8c4d', operation='UPDATE OR DELETE', pgid='pgtrigger_first_choice_is_never_changed_1dc88', table='training_firstchoice', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='module',
            trigger=pgtrigger.compiler.Trigger(name='module_changes_only_by_being_retired', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state <> 'draft')", func="\n                    IF TG_OP = 'UPDATE' AND OLD.state = 'published' AND NEW.state = 'retired'\n                        AND (to_jsonb(NEW) - 'state' - 'retired_at' - 'retired_because')\n                          = (to_jsonb(OLD) - 'state' - 'retired_at' - 'retired_because') THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'module_changes_only_by_being_retired' USING ERRCODE = 'check_violation';\n                ", hash='638496cd4416aa3786b69813c3a68acc57cdf3ac', operation='UPDATE OR DELETE', pgid='pgtrigger_module_changes_only_by_being_retired_8b712', table='training_module', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='assignment',
            trigger=pgtrigger.compiler.Trigger(name='finished_module_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.finished_at IS NOT NULL)', func="RAISE EXCEPTION 'finished_module_is_never_changed' USING ERRCODE = 'check_violation';", hash='e0a7a5efe90128b9067a75d089ec7f54c7ecca80', operation='UPDATE OR DELETE', pgid='pgtrigger_finished_module_is_never_changed_3b7d0', table='training_assignment', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='assignment',
            trigger=pgtrigger.compiler.Trigger(name='module_is_given_while_in_use', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM training_module WHERE id = NEW.module_id AND state = 'published') THEN\n                        RAISE EXCEPTION 'module_is_given_while_in_use' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='0adf1b2191f237d4a3f6f30737ad4eea766b6b25', operation='INSERT', pgid='pgtrigger_module_is_given_while_in_use_445cc', table='training_assignment', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='modulecase',
            trigger=pgtrigger.compiler.Trigger(name='case_of_a_published_module_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.gone_at IS NULL AND NEW.gone_at IS NOT NULL\n                        AND (to_jsonb(NEW) - 'gone_at' - 'text') = (to_jsonb(OLD) - 'gone_at' - 'text') THEN\n                        RETURN NEW;\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM training_module module WHERE module.state <> 'draft'\n                               AND module.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.module_id ELSE NEW.module_id END\n                               FOR SHARE) THEN\n                        RAISE EXCEPTION 'case_of_a_published_module_is_never_changed'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;\n                ", hash='10a3ac284f3626bd8624874418fcdfe3d0b08404', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_case_of_a_published_module_is_never_changed_33273', table='training_modulecase', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='answer',
            trigger=pgtrigger.compiler.Trigger(name='answer_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d212a202d9180db591188e14b15055beef290a75', operation='UPDATE OR DELETE', pgid='pgtrigger_answer_is_never_changed_5df55', table='training_answer', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='answer',
            trigger=pgtrigger.compiler.Trigger(name='answer_is_to_a_case_of_the_module', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM training_assignment mine\n                        JOIN training_modulecase asked ON asked.module_id = mine.module_id\n                        WHERE mine.id = NEW.assignment_id AND asked.id = NEW.case_id AND mine.finished_at IS NULL\n                    ) THEN\n                        RAISE EXCEPTION 'answer_is_to_a_case_of_the_module' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='078bc6f3a1dfa35bbee8050e70b67611bd98e3b0', operation='INSERT', pgid='pgtrigger_answer_is_to_a_case_of_the_module_1fc0d', table='training_answer', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='remark',
            trigger=pgtrigger.compiler.Trigger(name='remark_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0299dda39e717c826f5fc1625c39840b3a1e56d2', operation='UPDATE OR DELETE', pgid='pgtrigger_remark_is_never_changed_753cd', table='training_remark', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='ruling',
            trigger=pgtrigger.compiler.Trigger(name='ruling_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d7c05ac7041c1bdd2711013eb88abf075b197f76', operation='UPDATE OR DELETE', pgid='pgtrigger_ruling_is_never_changed_ddcac', table='training_ruling', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='ruling',
            trigger=pgtrigger.compiler.Trigger(name='ruling_ends_a_closed_calibration', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM training_calibration session\n                        WHERE session.id = NEW.session_id AND session.closed_at IS NOT NULL\n                          AND session.rule_code = NEW.rule_code\n                    ) THEN\n                        RAISE EXCEPTION 'ruling_ends_a_closed_calibration' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='1423ecdfe3e665d2da61cf0ddf935597d9d724c8', operation='INSERT', pgid='pgtrigger_ruling_ends_a_closed_calibration_79d5e', table='training_ruling', when='BEFORE')),
        ),
    ]
