import apps.migrating
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='GuidelineVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('title', models.CharField(max_length=200)),
                ('number', models.CharField(max_length=20)),
                ('language', models.CharField(default='en', max_length=8)),
                ('principles', models.JSONField(default=list)),
                ('actions', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('in_review', 'In review'), ('published', 'In force'), ('retired', 'Retired')], default='draft', max_length=10)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('published_at', models.DateTimeField(null=True)),
                ('retired_at', models.DateTimeField(null=True)),
                ('publication', models.CharField(blank=True, choices=[('reviewed', 'Reviewed and approved'), ('emergency', 'Emergency publication by two people, without review'), ('installed', 'Installed from the command line, without review'), ('early', 'Published before reviews were kept')], default='', max_length=10)),
                ('reason', models.TextField(blank=True, default='')),
                ('base', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guidelines.guidelineversion')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('restores', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guidelines.guidelineversion')),
                ('seconded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('number',), name='guideline_version_number_once'), models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('state',), name='guideline_version_one_in_force'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('state__in', ('published', 'retired'))), expressions=[(models.Func(models.F('published_at'), models.F('retired_at'), function='tstzrange', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&')], name='two_versions_are_never_in_force_at_once'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'in_review', 'published', 'retired'])), name='guideline_version_state_valid'), models.CheckConstraint(condition=models.Q(models.Q(('published_at', None), ('state__in', ('draft', 'in_review'))), models.Q(('published_at__isnull', False), ('state__in', ('published', 'retired'))), _connector='OR'), name='guideline_version_published_has_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('retired_at__isnull', False), ('state', 'retired')), models.Q(models.Q(('state', 'retired'), _negated=True), ('retired_at', None)), _connector='OR'), name='retired_version_has_an_end'), models.CheckConstraint(condition=models.Q(models.Q(('publication', ''), ('state__in', ('draft', 'in_review'))), models.Q(('publication__in', ['reviewed', 'emergency', 'installed', 'early']), ('state__in', ('published', 'retired'))), _connector='OR'), name='publication_says_how_it_came_about'), models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'in_review')), models.Q(('reason', ''), _negated=True), _connector='OR'), name='publication_gives_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('publication__in', ['reviewed', 'emergency']), _negated=True), ('published_by__isnull', False), _connector='OR'), name='publication_is_by_a_person_unless_installed'), models.CheckConstraint(condition=models.Q(models.Q(('publication', 'emergency'), ('seconded_by__isnull', False), models.Q(('seconded_by', models.F('published_by')), _negated=True)), models.Q(models.Q(('publication', 'emergency'), _negated=True), ('seconded_by', None)), _connector='OR'), name='emergency_publication_takes_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('publication', 'installed'), _negated=True), ('published_by', None), _connector='OR'), name='only_the_command_line_installs')],
            },
        ),
        apps.migrating.CreateModel(
            name='EmergencyCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='emergency_calls', to='guidelines.guidelineversion')),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('version',), name='emergency_called_once_per_version')],
            },
        ),
        apps.migrating.CreateModel(
            name='DraftEdit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('part', models.CharField(max_length=50)),
                ('kind', models.CharField(choices=[('edit', 'Edit'), ('undo', 'Undo'), ('redo', 'Redo')], default='edit', max_length=4)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undoes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='undone_by', to='guidelines.draftedit')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='edits', to='guidelines.guidelineversion')),
            ],
            options={
                'indexes': [models.Index(fields=['version', 'part', 'id'], name='draft_edit_by_part')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'edit'), ('undoes', None)), models.Q(('kind__in', ['undo', 'redo']), ('undoes__isnull', False)), _connector='OR'), name='draft_edit_undoes_something_or_nothing')],
            },
        ),
        apps.migrating.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.UUIDField(null=True)),
                ('revision', models.PositiveIntegerField()),
                ('text', models.TextField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('resolved_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resolved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='guidelines.guidelineversion')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('resolved_at', None), ('resolved_by', None)), models.Q(('resolved_at__isnull', False), ('resolved_by__isnull', False)), _connector='OR'), name='comment_resolved_names_who')],
            },
        ),
        apps.migrating.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='approvals', to='guidelines.guidelineversion')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('version', 'revision', 'person'), name='approval_once_per_revision_and_person')],
            },
        ),
        apps.migrating.CreateModel(
            name='LeadNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('seen_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='guidelines.guidelineversion')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('seen_at', None)), fields=['person', '-id'], name='lead_notice_unseen')],
            },
        ),
        apps.migrating.CreateModel(
            name='Policy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identity', models.UUIDField(default=uuid.uuid4)),
                ('code', models.CharField(max_length=10)),
                ('title', models.CharField(max_length=200)),
                ('description', models.TextField()),
                ('severity', models.PositiveSmallIntegerField()),
                ('dsa_category', models.CharField(max_length=120)),
                ('position', models.PositiveSmallIntegerField()),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='policies', to='guidelines.guidelineversion')),
            ],
            options={
                'verbose_name_plural': 'policies',
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('version', 'code'), name='policy_code_once_per_version'), models.UniqueConstraint(fields=('version', 'identity'), name='policy_once_per_version')],
            },
        ),
        apps.migrating.CreateModel(
            name='RetiredRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identity', models.UUIDField()),
                ('code', models.CharField(max_length=20)),
                ('title', models.CharField(max_length=200)),
                ('successors', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='retired_rules', to='guidelines.guidelineversion')),
            ],
            options={
                'ordering': ['code'],
                'constraints': [models.UniqueConstraint(fields=('version', 'identity'), name='rule_retired_once_per_version')],
            },
        ),
        apps.migrating.CreateModel(
            name='RuleVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identity', models.UUIDField(default=uuid.uuid4)),
                ('code', models.CharField(max_length=20)),
                ('title', models.CharField(max_length=200)),
                ('description', models.TextField()),
                ('severity', models.PositiveSmallIntegerField()),
                ('exposure', models.PositiveSmallIntegerField()),
                ('violating_examples', models.JSONField(default=list)),
                ('allowed_examples', models.JSONField(default=list)),
                ('actions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('dsa_category', models.CharField(max_length=120)),
                ('dsa_keywords', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, default=list, size=None)),
                ('handling', models.JSONField(default=dict)),
                ('questions', models.JSONField(default=list)),
                ('check_required', models.BooleanField(default=False)),
                ('compatibility', models.CharField(blank=True, choices=[('same', 'Same meaning'), ('narrowed', 'Narrowed: covers less than before'), ('widened', 'Widened: covers more than before'), ('split', 'Split: one of several that one rule became'), ('merged', 'Merged: several rules became one'), ('new', 'New')], default='', max_length=10)),
                ('predecessors', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                ('was', models.CharField(blank=True, default='', max_length=20)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('position', models.PositiveSmallIntegerField()),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='guidelines.policy')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='guidelines.guidelineversion')),
            ],
            options={
                'ordering': ['position'],
                'indexes': [models.Index(fields=['code'], name='rule_by_code'), models.Index(fields=['identity'], name='rule_by_identity')],
                'constraints': [models.UniqueConstraint(fields=('version', 'code'), name='rule_code_once_per_version'), models.UniqueConstraint(fields=('version', 'identity'), name='rule_once_per_version'), models.CheckConstraint(condition=models.Q(('severity__range', (1, 5))), name='rule_severity_1_to_5'), models.CheckConstraint(condition=models.Q(('exposure__range', (0, 4))), name='rule_exposure_0_to_4'), models.CheckConstraint(condition=models.Q(('compatibility__in', ['', 'same', 'narrowed', 'widened', 'split', 'merged', 'new'])), name='rule_compatibility_valid')],
            },
        ),
        apps.migrating.CreateModel(
            name='Schedule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('effective_at', models.DateTimeField()),
                ('reason', models.TextField()),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('state', models.CharField(choices=[('pending', 'Planned'), ('done', 'Carried out'), ('refused', 'Refused'), ('cancelled', 'Called off')], default='pending', max_length=10)),
                ('refusal', models.TextField(blank=True, default='')),
                ('settled_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='schedules', to='guidelines.guidelineversion')),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('state',), name='one_publication_is_planned_at_a_time'), models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'done', 'refused', 'cancelled'])), name='schedule_state_valid'), models.CheckConstraint(condition=models.Q(models.Q(('settled_at', None), ('state', 'pending')), models.Q(models.Q(('state', 'pending'), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='schedule_settled_has_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('refusal', ''), _negated=True), _connector='OR'), name='schedule_refused_says_why')],
            },
        ),
        apps.migrating.CreateModel(
            name='Translation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('set', 'Title, principles and actions'), ('policy', 'Policy'), ('rule', 'Rule')], max_length=6)),
                ('code', models.CharField(blank=True, default='', max_length=20)),
                ('language', models.CharField(max_length=8)),
                ('source', models.JSONField()),
                ('source_sha256', models.CharField(max_length=64)),
                ('texts', models.JSONField()),
                ('translated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('translated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['language', 'kind', 'code', '-id'], name='translation_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['set', 'policy', 'rule'])), name='translation_kind_valid'), models.CheckConstraint(condition=models.Q(models.Q(('code', ''), ('kind', 'set')), models.Q(models.Q(('kind', 'set'), _negated=True), models.Q(('code', ''), _negated=True)), _connector='OR'), name='translation_names_what_it_translates'), models.CheckConstraint(condition=models.Q(('reviewed_by', None), ('translated_by', None), models.Q(('reviewed_by', models.F('translated_by')), _negated=True), _connector='OR'), name='translation_reviewer_is_never_the_translator'), models.CheckConstraint(condition=models.Q(models.Q(('reviewed_at', None), ('reviewed_by', None)), models.Q(('reviewed_at__isnull', False), ('reviewed_by__isnull', False)), _connector='OR'), name='translation_reviewed_by_somebody_at_a_time')],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='guidelineversion',
            trigger=pgtrigger.compiler.Trigger(name='guideline_version_is_born_a_draft', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.state <> 'draft')", func="RAISE EXCEPTION 'guideline_version_is_born_a_draft' USING ERRCODE = 'check_violation';", hash='03bb794e57436f0da80114831435bb1dd9923f08', operation='INSERT', pgid='pgtrigger_guideline_version_is_born_a_draft_f0fce', table='guidelines_guidelineversion', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='guidelineversion',
            trigger=pgtrigger.compiler.Trigger(name='published_guideline_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE set_by_publishing text[] := ARRAY['state', 'published_at', 'published_by_id', 'seconded_by_id', 'publication', 'reason'];", func="\n                    IF OLD.state IN ('draft', 'in_review') THEN\n                        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                        IF NEW.state IN ('draft', 'in_review') THEN\n                            IF (NEW.code, NEW.title, NEW.number, NEW.language, NEW.principles, NEW.actions, NEW.base_id)\n                                IS DISTINCT FROM\n                               (OLD.code, OLD.title, OLD.number, OLD.language, OLD.principles, OLD.actions, OLD.base_id)\n                            THEN\n                                NEW.revision := OLD.revision + 1;\n                            END IF;\n                            IF NEW.revision >= OLD.revision THEN RETURN NEW; END IF;\n                        ELSIF NEW.state = 'published' AND\n                            to_jsonb(NEW) - set_by_publishing\n                          = to_jsonb(OLD) - set_by_publishing\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    ELSIF TG_OP = 'UPDATE' AND OLD.state = 'published' AND NEW.state = 'retired'\n                        AND to_jsonb(NEW) - ARRAY['state', 'retired_at'] = to_jsonb(OLD) - ARRAY['state', 'retired_at'] THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'published_guideline_is_never_changed' USING ERRCODE = 'check_violation';\n                ", hash='54cc33bd6136fb91a0bfef8fb49ea7c07bb7c14f', operation='UPDATE OR DELETE', pgid='pgtrigger_published_guideline_is_never_changed_30409', table='guidelines_guidelineversion', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='guidelineversion',
            trigger=pgtrigger.compiler.Trigger(name='publication_is_approved', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state <> 'published' AND NEW.state = 'published')", declare='DECLARE predecessor bigint;', func="\n                    IF NEW.publication NOT IN ('reviewed', 'emergency', 'installed') THEN\n                        RAISE EXCEPTION 'publication_is_approved' USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF NEW.publication = 'reviewed' THEN\n                        IF OLD.state <> 'in_review' OR NOT EXISTS (\n                            SELECT 1 FROM guidelines_approval approval\n                            WHERE approval.version_id = NEW.id AND approval.revision = NEW.revision\n                              AND approval.withdrawn_at IS NULL\n                              AND approval.person_id IS DISTINCT FROM NEW.created_by_id\n                              AND NOT EXISTS (SELECT 1 FROM guidelines_draftedit edit\n                                              WHERE edit.version_id = NEW.id AND edit.person_id = approval.person_id)\n                        ) THEN\n                            RAISE EXCEPTION 'publication_is_approved' USING ERRCODE = 'check_violation';\n                        END IF;\n                        IF EXISTS (SELECT 1 FROM guidelines_comment WHERE version_id = NEW.id AND resolved_at IS NULL) THEN\n                            RAISE EXCEPTION 'comments_are_resolved_before_publishing' USING ERRCODE = 'check_violation';\n                        END IF;\n                    END IF;\n                    SELECT id INTO predecessor FROM guidelines_guidelineversion\n                    WHERE state = 'retired' AND retired_at = NEW.published_at;\n                    IF predecessor IS NULL AND EXISTS (\n                        SELECT 1 FROM guidelines_guidelineversion WHERE state IN ('published', 'retired')) THEN\n                        RAISE EXCEPTION 'guidelines_are_never_without_a_version_in_force' USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF NEW.base_id IS DISTINCT FROM predecessor THEN\n                        RAISE EXCEPTION 'no_version_is_passed_over' USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF EXISTS (\n                        SELECT 1 FROM guidelines_ruleversion rule WHERE rule.version_id = predecessor\n                          AND NOT EXISTS (SELECT 1 FROM guidelines_ruleversion kept\n                                          WHERE kept.version_id = NEW.id AND kept.identity = rule.identity)\n                          AND NOT EXISTS (SELECT 1 FROM guidelines_retiredrule gone\n                                          WHERE gone.version_id = NEW.id AND gone.identity = rule.identity)\n                    ) THEN\n                        RAISE EXCEPTION 'rule_is_retired_never_dropped' USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF EXISTS (\n                        SELECT 1 FROM guidelines_ruleversion rule\n                        JOIN guidelines_ruleversion other ON other.code = rule.code AND other.identity <> rule.identity\n                        JOIN guidelines_guidelineversion v ON v.id = other.version_id AND v.state IN ('published', 'retired')\n                        WHERE rule.version_id = NEW.id\n                    ) THEN\n                        RAISE EXCEPTION 'code_names_one_rule_for_ever' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='e903006a3c227e86a7a2d2db724c26a22543e314', operation='UPDATE', pgid='pgtrigger_publication_is_approved_e6167', table='guidelines_guidelineversion', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='guidelineversion',
            trigger=pgtrigger.compiler.Trigger(name='guidelines_are_never_without_a_version_in_force', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state = 'published' AND NEW.state = 'retired')", constraint='CONSTRAINT', func="\n                    IF NOT EXISTS (SELECT 1 FROM guidelines_guidelineversion next\n                                   WHERE next.state IN ('published', 'retired') AND next.published_at = NEW.retired_at) THEN\n                        RAISE EXCEPTION 'guidelines_are_never_without_a_version_in_force' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NULL;\n                ", hash='7c62da685974df33f7aeb1a06ffdd72c39d8b38a', operation='UPDATE', pgid='pgtrigger_guidelines_are_never_without_a_version_in_force_4b1cc', table='guidelines_guidelineversion', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        apps.migrating.AddTrigger(
            model_name='draftedit',
            trigger=pgtrigger.compiler.Trigger(name='draft_edit_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='3b3a5d049a963dcbab3146eb73ab82a6ba7937c4', operation='UPDATE', pgid='pgtrigger_draft_edit_is_never_changed_e06f7', table='guidelines_draftedit', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='draftedit',
            trigger=pgtrigger.compiler.Trigger(name='edits_never_change_once_published', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE touched record;', func="\n            FOR touched IN SELECT id, state FROM guidelines_guidelineversion\n                WHERE id IN (OLD.version_id, NEW.version_id) ORDER BY id FOR NO KEY UPDATE\n            LOOP\n                IF touched.state NOT IN ('draft', 'in_review') THEN\n                    RAISE EXCEPTION 'edits_never_change_once_published' USING ERRCODE = 'check_violation';\n                END IF;\n                \n            END LOOP;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ", hash='f9b7286f4a4caff668d83eb5900b1e13cb87bd61', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_edits_never_change_once_published_43719', table='guidelines_draftedit', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='comment',
            trigger=pgtrigger.compiler.Trigger(name='comments_never_change_once_published', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE touched record;', func="\n            FOR touched IN SELECT id, state FROM guidelines_guidelineversion\n                WHERE id IN (OLD.version_id, NEW.version_id) ORDER BY id FOR NO KEY UPDATE\n            LOOP\n                IF touched.state NOT IN ('draft', 'in_review') THEN\n                    RAISE EXCEPTION 'comments_never_change_once_published' USING ERRCODE = 'check_violation';\n                END IF;\n                \n            END LOOP;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ", hash='78ee82df5c581b2c5011e2d0bc2a7c8183e6d9f1', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_comments_never_change_once_published_430f7', table='guidelines_comment', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='approval',
            trigger=pgtrigger.compiler.Trigger(name='approvals_never_change_once_published', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE touched record;', func="\n            FOR touched IN SELECT id, state FROM guidelines_guidelineversion\n                WHERE id IN (OLD.version_id, NEW.version_id) ORDER BY id FOR NO KEY UPDATE\n            LOOP\n                IF touched.state NOT IN ('draft', 'in_review') THEN\n                    RAISE EXCEPTION 'approvals_never_change_once_published' USING ERRCODE = 'check_violation';\n                END IF;\n                \n            END LOOP;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ", hash='0cf6193f7205dc33033886e2e98d60df14b4e64b', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_approvals_never_change_once_published_748dd', table='guidelines_approval', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='approval',
            trigger=pgtrigger.compiler.Trigger(name='approval_changes_only_by_being_withdrawn_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR (OLD.version_id, OLD.revision, OLD.person_id, OLD.at) IS DISTINCT FROM (NEW.version_id, NEW.revision, NEW.person_id, NEW.at))', func="\n                    RAISE EXCEPTION 'approval_changes_only_by_being_withdrawn_once' USING ERRCODE = 'check_violation';\n                ", hash='90d1ee9a3599ed23749348df03ab5301d26dfa6a', operation='UPDATE', pgid='pgtrigger_approval_changes_only_by_being_withdrawn_once_713bc', table='guidelines_approval', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='approval',
            trigger=pgtrigger.compiler.Trigger(name='author_never_approves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM guidelines_guidelineversion v\n                                   WHERE v.id = NEW.version_id AND v.state = 'in_review' AND v.revision = NEW.revision) THEN\n                        RAISE EXCEPTION 'approval_is_of_the_revision_in_review' USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM guidelines_guidelineversion v\n                               WHERE v.id = NEW.version_id AND v.created_by_id = NEW.person_id)\n                        OR EXISTS (SELECT 1 FROM guidelines_draftedit edit\n                                   WHERE edit.version_id = NEW.version_id AND edit.person_id = NEW.person_id) THEN\n                        RAISE EXCEPTION 'author_never_approves' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='bfb5ede0c4e4b43cf3e881213dd68af756a4ca6c', operation='INSERT', pgid='pgtrigger_author_never_approves_5bd5a', table='guidelines_approval', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='policy',
            trigger=pgtrigger.compiler.Trigger(name='policy_of_a_published_version_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE touched record;', func="\n            FOR touched IN SELECT id, state FROM guidelines_guidelineversion\n                WHERE id IN (OLD.version_id, NEW.version_id) ORDER BY id FOR NO KEY UPDATE\n            LOOP\n                IF touched.state NOT IN ('draft', 'in_review') THEN\n                    RAISE EXCEPTION 'policy_of_a_published_version_is_never_changed' USING ERRCODE = 'check_violation';\n                END IF;\n                UPDATE guidelines_guidelineversion SET revision = revision + 1 WHERE id = touched.id;\n            END LOOP;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ", hash='b88067c47c44a83b0d917d6b907a92ce3f363fa8', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_policy_of_a_published_version_is_never_changed_f124c', table='guidelines_policy', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='retiredrule',
            trigger=pgtrigger.compiler.Trigger(name='retired_rule_never_changes_once_published', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE touched record;', func="\n            FOR touched IN SELECT id, state FROM guidelines_guidelineversion\n                WHERE id IN (OLD.version_id, NEW.version_id) ORDER BY id FOR NO KEY UPDATE\n            LOOP\n                IF touched.state NOT IN ('draft', 'in_review') THEN\n                    RAISE EXCEPTION 'retired_rule_never_changes_once_published' USING ERRCODE = 'check_violation';\n                END IF;\n                UPDATE guidelines_guidelineversion SET revision = revision + 1 WHERE id = touched.id;\n            END LOOP;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ", hash='01a09e0763ebe4891743789f9821e1116879307c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_retired_rule_never_changes_once_published_aa2ba', table='guidelines_retiredrule', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='ruleversion',
            trigger=pgtrigger.compiler.Trigger(name='rule_of_a_published_version_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE touched record;', func="\n            FOR touched IN SELECT id, state FROM guidelines_guidelineversion\n                WHERE id IN (OLD.version_id, NEW.version_id) ORDER BY id FOR NO KEY UPDATE\n            LOOP\n                IF touched.state NOT IN ('draft', 'in_review') THEN\n                    RAISE EXCEPTION 'rule_of_a_published_version_is_never_changed' USING ERRCODE = 'check_violation';\n                END IF;\n                UPDATE guidelines_guidelineversion SET revision = revision + 1 WHERE id = touched.id;\n            END LOOP;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ", hash='f6e312ff2bdd8457cab4b14d0b7eddf44de34de3', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_rule_of_a_published_version_is_never_changed_22c90', table='guidelines_ruleversion', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='translation',
            trigger=pgtrigger.compiler.Trigger(name='translation_changes_only_by_being_reviewed_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.reviewed_at IS NULL AND NEW.reviewed_at IS NOT NULL\n                        AND (to_jsonb(NEW) - 'reviewed_by_id' - 'reviewed_at')\n                          = (to_jsonb(OLD) - 'reviewed_by_id' - 'reviewed_at') THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'translation_changes_only_by_being_reviewed_once'\n                        USING ERRCODE = 'check_violation';\n                ", hash='4ca245b2fe089d5cab13f64a4187cd7d2a97bbd8', operation='UPDATE OR DELETE', pgid='pgtrigger_translation_changes_only_by_being_reviewed_once_a710c', table='guidelines_translation', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='translation',
            trigger=pgtrigger.compiler.Trigger(name='translation_reviewer_has_its_language', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.reviewed_by_id IS NOT NULL)', func="\n                    IF NOT EXISTS (SELECT 1 FROM accounts_user person\n                                   WHERE person.id = NEW.reviewed_by_id AND NEW.language = ANY(person.languages)) THEN\n                        RAISE EXCEPTION 'translation_reviewer_has_its_language'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='0adeed22c8b04a359d7a3dabe50ca706e8c5a850', operation='INSERT OR UPDATE', pgid='pgtrigger_translation_reviewer_has_its_language_b31a3', table='guidelines_translation', when='BEFORE')),
        ),
    ]
