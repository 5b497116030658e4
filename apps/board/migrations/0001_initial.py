import apps.migrating
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
        ('intake', '0001_initial'),
    ]

    operations = [
        apps.migrating.CreateModel(
            name='BoardCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=120, unique=True)),
                ('direction', models.CharField(choices=[('referred', 'Referred by us'), ('received', 'Taken up by the board')], max_length=8)),
                ('question', models.TextField()),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.decision')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.item')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('direction__in', ['referred', 'received'])), name='board_direction_valid'), models.CheckConstraint(condition=models.Q(('question', ''), _negated=True), name='board_is_asked_something')],
            },
        ),
        apps.migrating.CreateModel(
            name='Ruling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('binding', 'Binding'), ('advisory', 'Recommendation')], max_length=8)),
                ('words', models.TextField()),
                ('decided_on', models.DateField()),
                ('due_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('carried_out_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, choices=[('accepted', 'Accepted'), ('partly', 'Accepted in part'), ('declined', 'Declined')], default='', max_length=8)),
                ('answer_words', models.TextField(blank=True, default='')),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('carried_out_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rulings', to='board.boardcase')),
                ('decision', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='decisions.decision')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(condition=models.Q(('answered_at', None), ('carried_out_at', None)), fields=['due_at'], name='ruling_still_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['binding', 'advisory'])), name='ruling_kind_valid'), models.CheckConstraint(condition=models.Q(('answer__in', ['', 'accepted', 'partly', 'declined'])), name='ruling_answer_valid'), models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='ruling_is_in_words'), models.CheckConstraint(condition=models.Q(('due_at__gte', models.F('decided_on'))), name='ruling_is_due_after_it_was_made'), models.CheckConstraint(condition=models.Q(models.Q(('carried_out_at', None), ('carried_out_by', None), ('decision', None)), models.Q(('carried_out_at__isnull', False), ('carried_out_by__isnull', False), ('decision__isnull', False), ('kind', 'binding')), _connector='OR'), name='binding_ruling_is_carried_out_by_a_decision'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answer_words', ''), ('answered_at', None), ('answered_by', None)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('kind', 'advisory'), models.Q(('answer', ''), _negated=True), models.Q(('answer_words', ''), _negated=True)), _connector='OR'), name='recommendation_is_answered_in_words')],
            },
        ),
        apps.migrating.CreateModel(
            name='Precedent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.UUIDField()),
                ('words', models.TextField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ruling', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='precedents', to='board.ruling')),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['rule', '-id'], name='precedent_by_rule')],
                'constraints': [models.UniqueConstraint(fields=('ruling', 'rule'), name='precedent_once_per_ruling_and_rule')],
            },
        ),
        apps.migrating.CreateModel(
            name='SealedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.PositiveBigIntegerField()),
                ('manifest', models.TextField()),
                ('signature', models.CharField(max_length=128)),
                ('public_key', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sealed', to='board.boardcase')),
            ],
        ),
        apps.migrating.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sealed', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handovers', to='board.sealedfile')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        apps.migrating.AddTrigger(
            model_name='boardcase',
            trigger=pgtrigger.compiler.Trigger(name='board_case_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='aa5e51efe96259dd2b9a3483f33165c0b896061b', operation='UPDATE OR DELETE', pgid='pgtrigger_board_case_is_never_changed_d8293', table='board_boardcase', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='ruling',
            trigger=pgtrigger.compiler.Trigger(name='ruling_changes_only_by_being_answered_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.carried_out_at IS NULL AND OLD.answered_at IS NULL\n                        AND to_jsonb(NEW) - '{carried_out_by_id,carried_out_at,decision_id,answer,answer_words,answered_by_id,answered_at}'::text[] = to_jsonb(OLD) - '{carried_out_by_id,carried_out_at,decision_id,answer,answer_words,answered_by_id,answered_at}'::text[] THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'ruling_changes_only_by_being_answered_once' USING ERRCODE = 'check_violation';\n                ", hash='6a2ebdf303e63553dbd89f42ad0573f68c915bef', operation='UPDATE OR DELETE', pgid='pgtrigger_ruling_changes_only_by_being_answered_once_2e8b8', table='board_ruling', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='precedent',
            trigger=pgtrigger.compiler.Trigger(name='precedent_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0d04e382ea0a8720ab2f7975d514c8ca979d1c67', operation='UPDATE OR DELETE', pgid='pgtrigger_precedent_is_never_changed_e0eac', table='board_precedent', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='sealedfile',
            trigger=pgtrigger.compiler.Trigger(name='sealed_file_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c111179ceceb09101f3cafaf11b6affa9d1e14ba', operation='UPDATE OR DELETE', pgid='pgtrigger_sealed_file_is_never_changed_8e580', table='board_sealedfile', when='BEFORE')),
        ),
        apps.migrating.AddTrigger(
            model_name='handover',
            trigger=pgtrigger.compiler.Trigger(name='handover_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='26c08f27a71a0ca666cbda4495d3313b6d1c0b70', operation='UPDATE OR DELETE', pgid='pgtrigger_handover_is_never_changed_e3320', table='board_handover', when='BEFORE')),
        ),
    ]
