import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("wellbeing", "0004_first_ceilings")]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='limitset',
            trigger=pgtrigger.compiler.Trigger(name='limit_set_within_the_ceilings', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE bound record; wanted bigint;', func="\n                    FOR bound IN SELECT key, value FROM jsonb_each(\n                        (SELECT bounds FROM wellbeing_ceilings ORDER BY id DESC LIMIT 1))\n                    LOOP\n                        wanted := (to_jsonb(NEW) ->> bound.key)::bigint;\n                        IF wanted < (bound.value ->> 0)::bigint OR wanted > (bound.value ->> 1)::bigint THEN\n                            RAISE EXCEPTION 'limit_set_within_the_ceilings: %', bound.key\n                                USING ERRCODE = 'check_violation';\n                        END IF;\n                    END LOOP;\n                    RETURN NEW;\n                ", hash='1b748056df0044ea1ee00badea178861dcf9f922', operation='INSERT', pgid='pgtrigger_limit_set_within_the_ceilings_da282', table='wellbeing_limitset', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='limitset',
            constraint=models.CheckConstraint(condition=models.Q(('set_by', None), models.Q(models.Q(('reason', ''), _negated=True), ('expires_at__gt', models.F('set_at')), ('expires_at__isnull', False)), _connector='OR'), name='limit_set_by_a_person_says_why_and_until_when'),
        ),
    ]
