import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('decisions', '0001_initial'),
        ('guidelines', '0001_initial'),
        ('intake', '0001_initial'),
        ('queues', '0002_adjudication'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='decision',
            name='second_person_never_decided_before',
        ),
        migrations.AddField(
            model_name='decision',
            name='measures',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name='decision',
            name='purpose',
            field=models.CharField(choices=[('review', 'Review'), ('re_review', 'Re-review'), ('second_opinion', 'Second opinion'), ('approval', 'Approval by a second person'), ('appeal', 'Appeal'), ('second_look', 'Second look'), ('adjudication', 'Adjudication'), ('golden', 'Golden'), ('authority_request', 'Authority request')], max_length=20),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='second_person_never_decided_before', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.purpose IN ('second_opinion', 'approval', 'appeal', 'second_look', 'adjudication') AND NOT NEW.withdraws)", func="\n                    -- The item's row is the lock: a rival first decision must wait or be seen.\n                    PERFORM 1 FROM intake_item WHERE id = NEW.item_id FOR NO KEY UPDATE;\n                    IF EXISTS (\n                        SELECT 1 FROM decisions_decision earlier\n                        WHERE earlier.item_id = NEW.item_id AND earlier.decider_id = NEW.decider_id\n                          AND NOT earlier.withdraws\n                          AND NOT EXISTS (SELECT 1 FROM decisions_decision undo\n                                          WHERE undo.supersedes_id = earlier.id AND undo.withdraws)\n                    ) THEN\n                        RAISE EXCEPTION 'second_person_never_decided_before' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='61ee8cab0748a55a11b978222a5f13020852ef58', operation='INSERT', pgid='pgtrigger_second_person_never_decided_before_69f5e', table='decisions_decision', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('measures', False), ('withdraws', True), ('supersedes', None), _connector='OR'), name='decision_that_measures_supersedes_nothing'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('purpose__in', ['second_look', 'golden']), _negated=True), ('measures', True), _connector='OR'), name='second_look_and_golden_only_measure'),
        ),
    ]
