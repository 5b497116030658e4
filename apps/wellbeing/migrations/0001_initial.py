import apps.migrating
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='Ceilings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bounds', models.JSONField()),
                ('reason', models.TextField()),
                ('set_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'verbose_name_plural': 'ceilings',
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='ceilings_say_why')],
            },
        ),
        apps.migrating.CreateModel(
            name='CounsellingSlot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('minutes', models.PositiveSmallIntegerField(default=45)),
                ('place', models.CharField(max_length=200)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('offered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['starts_at', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('minutes__gte', 10), ('minutes__lte', 180)), name='slot_lasts_10_to_180_minutes'), models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('starts_at', 'place'), name='slot_once_per_time_and_place')],
            },
        ),
        apps.migrating.CreateModel(
            name='HelpPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('country', models.CharField(blank=True, default='', max_length=2)),
                ('language', models.CharField(default='en', max_length=8)),
                ('kind', models.CharField(choices=[('emergency', 'Emergency'), ('crisis_line', 'Someone to talk to now'), ('counselling', 'Counselling'), ('peer_support', 'Peer support')], max_length=12)),
                ('name', models.CharField(max_length=120)),
                ('words', models.CharField(blank=True, default='', max_length=500)),
                ('phone', models.CharField(blank=True, default='', max_length=40)),
                ('url', models.URLField(blank=True, default='', max_length=300)),
                ('hours', models.CharField(blank=True, default='', max_length=80)),
                ('to_complete', models.BooleanField(db_default=False, default=False)),
                ('position', models.PositiveSmallIntegerField(db_default=100, default=100)),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('verified_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['country', 'language', 'position', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('verified_at', None), ('verified_by', None)), models.Q(('verified_at__isnull', False), ('verified_by__isnull', False)), _connector='OR'), name='help_place_verified_by_somebody'), models.CheckConstraint(condition=models.Q(('verified_at', None), ('to_complete', False), _connector='OR'), name='help_place_verified_is_complete'), models.CheckConstraint(condition=models.Q(('kind__in', ['emergency', 'crisis_line', 'counselling', 'peer_support'])), name='help_place_kind_valid')],
            },
        ),
        apps.migrating.CreateModel(
            name='LimitSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('budget', models.PositiveIntegerField(default=16000)),
                ('specialist_budget', models.PositiveIntegerField(default=40000)),
                ('weekly_factor', models.PositiveSmallIntegerField(default=4)),
                ('max_exposure', models.PositiveSmallIntegerField(default=3)),
                ('specialist_max_exposure', models.PositiveSmallIntegerField(default=4)),
                ('shift_minutes', models.PositiveSmallIntegerField(default=480)),
                ('break_every_minutes', models.PositiveSmallIntegerField(default=90)),
                ('break_minutes', models.PositiveSmallIntegerField(default=10)),
                ('overtime_minutes', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('gentle_start_minutes', models.PositiveSmallIntegerField(db_default=10, default=10)),
                ('gentle_end_minutes', models.PositiveSmallIntegerField(db_default=60, default=60)),
                ('high_break_every_minutes', models.PositiveSmallIntegerField(db_default=50, default=50)),
                ('long_break_minutes', models.PositiveSmallIntegerField(db_default=15, default=15)),
                ('high_minutes', models.PositiveSmallIntegerField(db_default=180, default=180)),
                ('extreme_minutes', models.PositiveSmallIntegerField(db_default=240, default=240)),
                ('extreme_days', models.PositiveSmallIntegerField(db_default=3, default=3)),
                ('high_run', models.PositiveSmallIntegerField(db_default=6, default=6)),
                ('extreme_run', models.PositiveSmallIntegerField(db_default=3, default=3)),
                ('light_after_run', models.PositiveSmallIntegerField(db_default=4, default=4)),
                ('harm_run', models.PositiveSmallIntegerField(db_default=8, default=8)),
                ('cooldown_seconds', models.PositiveSmallIntegerField(db_default=120, default=120)),
                ('burst_items', models.PositiveSmallIntegerField(db_default=3, default=3)),
                ('burst_minutes', models.PositiveSmallIntegerField(db_default=20, default=20)),
                ('burst_cooldown_minutes', models.PositiveSmallIntegerField(db_default=15, default=15)),
                ('ramp_week_1', models.PositiveSmallIntegerField(db_default=25, default=25)),
                ('ramp_week_2', models.PositiveSmallIntegerField(db_default=50, default=50)),
                ('ramp_week_3', models.PositiveSmallIntegerField(db_default=75, default=75)),
                ('reason', models.TextField(default='The defaults this product ships with.')),
                ('set_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('expires_at', models.DateTimeField(null=True)),
                ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('max_exposure__lte', 4), ('specialist_max_exposure__lte', 4)), name='limit_set_exposure_0_to_4'), models.CheckConstraint(condition=models.Q(('set_by', None), models.Q(models.Q(('reason', ''), _negated=True), ('expires_at__gt', models.F('set_at')), ('expires_at__isnull', False)), _connector='OR'), name='limit_set_by_a_person_says_why_and_until_when')],
            },
        ),
        apps.migrating.CreateModel(
            name='PersonLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('max_exposure', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('budget', models.PositiveIntegerField(blank=True, null=True)),
                ('opted_in_to_extreme', models.BooleanField(db_default=False, default=False)),
                ('avoids', models.PositiveIntegerField(db_default=0, default=0)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        apps.migrating.CreateModel(
            name='PersonVeil',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('blur', models.PositiveSmallIntegerField(default=0)),
                ('grey', models.PositiveSmallIntegerField(default=0)),
                ('small', models.PositiveSmallIntegerField(default=0)),
                ('edges', models.PositiveSmallIntegerField(default=0)),
                ('faces', models.PositiveSmallIntegerField(default=0)),
                ('frames', models.PositiveSmallIntegerField(default=0)),
                ('sound', models.PositiveSmallIntegerField(default=0)),
                ('mask_text', models.PositiveSmallIntegerField(default=0)),
                ('reveal', models.PositiveSmallIntegerField(default=0)),
                ('kind', models.CharField(choices=[('text', 'Text'), ('picture', 'Pictures'), ('film', 'Films'), ('sound', 'Sound')], max_length=8)),
                ('exposure', models.PositiveSmallIntegerField()),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'exposure', 'kind'), name='veil_once_per_person_kind_and_level'), models.CheckConstraint(condition=models.Q(('blur__lte', 2), ('grey__lte', 1), ('small__lte', 2), ('edges__lte', 1), ('faces__lte', 1), ('frames__lte', 1), ('sound__lte', 2), ('mask_text__lte', 1), ('reveal__lte', 2)), name='veil_within_the_ladder')],
            },
        ),
        apps.migrating.CreateModel(
            name='Practice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
                ('reason', models.CharField(blank=True, default='', max_length=300)),
                ('noted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('vouched_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'practice',
                'constraints': [models.CheckConstraint(condition=models.Q(('vouched_by', None), models.Q(('reason', ''), _negated=True), _connector='OR'), name='practice_vouched_for_says_why'), models.CheckConstraint(condition=models.Q(('vouched_by', None), models.Q(('vouched_by', models.F('user')), _negated=True), _connector='OR'), name='practice_is_never_vouched_for_by_herself')],
            },
        ),
        apps.migrating.CreateModel(
            name='Shift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_at', models.DateTimeField(null=True)),
                ('break_started_at', models.DateTimeField(null=True)),
                ('last_break_ended_at', models.DateTimeField(null=True)),
                ('max_exposure', models.PositiveSmallIntegerField()),
                ('budget', models.PositiveIntegerField()),
                ('spent', models.PositiveIntegerField(db_default=0, default=0)),
                ('reserved', models.PositiveIntegerField(db_default=0, default=0)),
                ('specialist', models.BooleanField(db_default=False, default=False)),
                ('avoids', models.PositiveIntegerField(db_default=0, default=0)),
                ('day_started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('seconds_before', models.PositiveIntegerField(db_default=0, default=0)),
                ('high_seconds', models.PositiveIntegerField(db_default=0, default=0)),
                ('extreme_seconds', models.PositiveIntegerField(db_default=0, default=0)),
                ('extremes', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('extreme_days', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('rested_at', models.DateTimeField(null=True)),
                ('high_since_rest', models.BooleanField(db_default=False, default=False)),
                ('high_run', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('extreme_run', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('light_owed', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('harm_run', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('harms_last', models.PositiveIntegerField(db_default=0, default=0)),
                ('extreme_times', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), db_default=models.Value('{}'), default=list, size=None)),
                ('rest_until', models.DateTimeField(null=True)),
                ('clock_at', models.DateTimeField(null=True)),
                ('limit_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wellbeing.limitset')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', 'started_at'], name='shift_by_person')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('user',), name='shift_one_live_per_person'), models.CheckConstraint(condition=models.Q(('max_exposure__lte', 4)), name='shift_exposure_0_to_4'), models.CheckConstraint(condition=models.Q(('ended_at', None), ('break_started_at', None), _connector='OR'), name='shift_no_break_after_the_end')],
            },
        ),
        apps.migrating.CreateModel(
            name='ExposureEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('claim_id', models.BigIntegerField()),
                ('exposure', models.PositiveSmallIntegerField()),
                ('modality', models.PositiveSmallIntegerField()),
                ('seconds_revealed', models.FloatField()),
                ('reported', models.BooleanField()),
                ('units', models.PositiveIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('shift', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='wellbeing.shift')),
            ],
            options={
                'indexes': [models.Index(fields=['user', 'at'], name='exposure_by_person'), django.contrib.postgres.indexes.BrinIndex(fields=['at'], name='exposure_by_time')],
                'constraints': [models.UniqueConstraint(fields=('claim_id',), name='exposure_settled_once_per_claim')],
            },
        ),
        apps.migrating.CreateModel(
            name='Break',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_at', models.DateTimeField(null=True)),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='breaks', to='wellbeing.shift')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('shift',), name='break_one_live_per_shift'), models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('started_at')), _connector='OR'), name='break_ends_after_it_starts')],
            },
        ),
        apps.migrating.CreateModel(
            name='VeilFloor',
            fields=[
                ('blur', models.PositiveSmallIntegerField(default=0)),
                ('grey', models.PositiveSmallIntegerField(default=0)),
                ('small', models.PositiveSmallIntegerField(default=0)),
                ('edges', models.PositiveSmallIntegerField(default=0)),
                ('faces', models.PositiveSmallIntegerField(default=0)),
                ('frames', models.PositiveSmallIntegerField(default=0)),
                ('sound', models.PositiveSmallIntegerField(default=0)),
                ('mask_text', models.PositiveSmallIntegerField(default=0)),
                ('reveal', models.PositiveSmallIntegerField(default=0)),
                ('exposure', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ('reason', models.CharField(default='What this product ships with.', max_length=500)),
                ('set_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['exposure'],
                'constraints': [models.CheckConstraint(condition=models.Q(('blur__lte', 2), ('grey__lte', 1), ('small__lte', 2), ('edges__lte', 1), ('faces__lte', 1), ('frames__lte', 1), ('sound__lte', 2), ('mask_text__lte', 1), ('reveal__lte', 2)), name='veil_floor_within_the_ladder'), models.CheckConstraint(condition=models.Q(('exposure__lte', 4)), name='veil_floor_exposure_0_to_4')],
            },
        ),
        apps.migrating.CreateModel(
            name='WordWanted',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'words wanted',
                'constraints': [models.UniqueConstraint(condition=models.Q(('answered_at', None)), fields=('user',), name='word_wanted_one_open_per_person'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', None)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='word_wanted_answered_names_by_whom')],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='ceilings',
            trigger=pgtrigger.compiler.Trigger(name='ceilings_are_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2c03dd6f22020fd90a56f7f3a2e13460447e7320', operation='UPDATE OR DELETE', pgid='pgtrigger_ceilings_are_never_changed_78722', table='wellbeing_ceilings', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='limitset',
            trigger=pgtrigger.compiler.Trigger(name='limit_set_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2baff5e8c721a5516bec67b9f5d4c6a8be88a565', operation='UPDATE OR DELETE', pgid='pgtrigger_limit_set_is_never_changed_bf693', table='wellbeing_limitset', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='limitset',
            trigger=pgtrigger.compiler.Trigger(name='limit_set_within_the_ceilings', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE bound record; wanted bigint;', func="\n                    FOR bound IN SELECT key, value FROM jsonb_each(\n                        (SELECT bounds FROM wellbeing_ceilings ORDER BY id DESC LIMIT 1))\n                    LOOP\n                        wanted := (to_jsonb(NEW) ->> bound.key)::bigint;\n                        IF wanted < (bound.value ->> 0)::bigint OR wanted > (bound.value ->> 1)::bigint THEN\n                            RAISE EXCEPTION 'limit_set_within_the_ceilings: %', bound.key\n                                USING ERRCODE = 'check_violation';\n                        END IF;\n                    END LOOP;\n                    RETURN NEW;\n                ", hash='1b748056df0044ea1ee00badea178861dcf9f922', operation='INSERT', pgid='pgtrigger_limit_set_within_the_ceilings_da282', table='wellbeing_limitset', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='personlimit',
            trigger=pgtrigger.compiler.Trigger(name='person_limit_within_the_ceiling', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE ceiling wellbeing_limitset%ROWTYPE;', func="\n                    SELECT * INTO ceiling FROM wellbeing_limitset\n                    WHERE expires_at IS NULL OR expires_at > now() ORDER BY id DESC LIMIT 1;\n                    IF COALESCE(NEW.max_exposure, 0) > ceiling.specialist_max_exposure\n                        OR COALESCE(NEW.budget, 0) > ceiling.specialist_budget THEN\n                        RAISE EXCEPTION 'person_limit_within_the_ceiling' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='c59099b34babdf98e0a52b0c3ef8c1010d4f27cc', operation='INSERT OR UPDATE', pgid='pgtrigger_person_limit_within_the_ceiling_4296f', table='wellbeing_personlimit', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='personveil',
            trigger=pgtrigger.compiler.Trigger(name='veil_is_never_below_the_floor', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE least wellbeing_veilfloor%ROWTYPE;', func="SELECT * INTO STRICT least FROM wellbeing_veilfloor WHERE exposure = NEW.exposure FOR SHARE; IF NEW.blur < least.blur OR NEW.grey < least.grey OR NEW.small < least.small OR NEW.edges < least.edges OR NEW.faces < least.faces OR NEW.frames < least.frames OR NEW.sound < least.sound OR NEW.mask_text < least.mask_text OR NEW.reveal < least.reveal THEN RAISE EXCEPTION 'veil_is_never_below_the_floor' USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='f7df4fd401bae46b62e9420273cd230a4f3ac254', operation='INSERT OR UPDATE', pgid='pgtrigger_veil_is_never_below_the_floor_6c5e8', table='wellbeing_personveil', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='shift',
            trigger=pgtrigger.compiler.Trigger(name='shift_limits_are_never_raised', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NEW.max_exposure > OLD.max_exposure OR NEW.budget > OLD.budget\n                        OR NEW.limit_set_id <> OLD.limit_set_id THEN\n                        RAISE EXCEPTION 'shift_limits_are_never_raised' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='20437d1678fd400c37492ad0a85dd87419ba71e2', operation='UPDATE OF "max_exposure", "budget", "limit_set_id"', pgid='pgtrigger_shift_limits_are_never_raised_76f4c', table='wellbeing_shift', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='shift',
            trigger=pgtrigger.compiler.Trigger(name='shift_begins_within_its_limit_set', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE ceiling wellbeing_limitset%ROWTYPE;', func="\n                    SELECT * INTO ceiling FROM wellbeing_limitset WHERE id = NEW.limit_set_id;\n                    IF NEW.max_exposure > GREATEST(ceiling.max_exposure, ceiling.specialist_max_exposure)\n                        OR NEW.budget > GREATEST(ceiling.budget, ceiling.specialist_budget) THEN\n                        RAISE EXCEPTION 'shift_begins_within_its_limit_set' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='e13c6e819c9493a13581fa75b740aa82a1eb9f69', operation='INSERT', pgid='pgtrigger_shift_begins_within_its_limit_set_1fd3d', table='wellbeing_shift', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='exposureentry',
            trigger=pgtrigger.compiler.Trigger(name='exposure_entry_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF TG_OP = 'DELETE' AND current_setting('reviewqueue.retention', true) = 'on'\n        AND OLD.at < now() - interval '90 days' THEN\n        IF EXISTS (SELECT 1 FROM care.week_sum kept WHERE kept.user_id = OLD.user_id AND kept.exposure = OLD.exposure\n                   AND kept.week = date_trunc('week', OLD.at AT TIME ZONE 'UTC')::date) THEN\n            RETURN OLD;\n        END IF;\n    END IF;\n    RAISE EXCEPTION 'exposure_entry_is_never_changed: Cannot update or delete rows from % table', TG_TABLE_NAME;\n", hash='0f575976b6edcb4c44f0fb82456118d348ae42b1', operation='UPDATE OR DELETE', pgid='pgtrigger_exposure_entry_is_never_changed_785c7', table='wellbeing_exposureentry', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='veilfloor',
            trigger=pgtrigger.compiler.Trigger(name='veil_floor_always_stands', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='1bc139ed66606b5e795f94607f0d7cd604917da2', operation='DELETE', pgid='pgtrigger_veil_floor_always_stands_36b21', table='wellbeing_veilfloor', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='veilfloor',
            trigger=pgtrigger.compiler.Trigger(name='raised_floor_lifts_every_veil', sql=pgtrigger.compiler.UpsertTriggerSql(func='UPDATE wellbeing_personveil SET blur = GREATEST(blur, NEW.blur), grey = GREATEST(grey, NEW.grey), small = GREATEST(small, NEW.small), edges = GREATEST(edges, NEW.edges), faces = GREATEST(faces, NEW.faces), frames = GREATEST(frames, NEW.frames), sound = GREATEST(sound, NEW.sound), mask_text = GREATEST(mask_text, NEW.mask_text), reveal = GREATEST(reveal, NEW.reveal) WHERE exposure = NEW.exposure; RETURN NEW;', hash='d37e4e73d5bf4742ddd323056b83762eaaeddd4e', operation='UPDATE', pgid='pgtrigger_raised_floor_lifts_every_veil_71ed0', table='wellbeing_veilfloor', when='AFTER')),
        ),
    ]
