"""Who is certified for what, and who accompanies whom."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.queues.models import Queue
from apps.training.models.modules import Assignment


class Certificate(models.Model):
    """Somebody is certified for a queue: its skill is hers, and routing gives her its cases. It ends once, with a reason.

    It rests on a certification she passed (`basis`), and somebody else gives it. Ending it takes the skill away; the
    case she holds at that moment stays hers to finish.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    queue = models.ForeignKey(Queue, models.PROTECT, related_name="+")
    skill = models.CharField(max_length=40)
    basis = models.OneToOneField(Assignment, models.PROTECT, related_name="certificate")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_because = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "skill"], condition=Q(ended_at=None), name="certified_once_per_skill"
            ),
            models.CheckConstraint(
                name="certificate_is_never_given_to_oneself", condition=~Q(given_by=F("person"))
            ),
            models.CheckConstraint(
                name="certificate_ends_with_a_reason",
                condition=Q(ended_at=None, ended_by=None, ended_because="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_because=""),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="certificate_rests_on_a_passed_certification",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM training_assignment passed
                        JOIN training_module module ON module.id = passed.module_id
                        JOIN queues_queue queue ON queue.id = module.queue_id
                        WHERE passed.id = NEW.basis_id AND passed.person_id = NEW.person_id AND passed.passed
                          AND module.kind = 'certification' AND queue.id = NEW.queue_id
                          AND queue.skill = NEW.skill AND queue.skill <> ''
                    ) THEN
                        RAISE EXCEPTION 'certificate_rests_on_a_passed_certification'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="certificate_changes_only_by_ending_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
                        AND (to_jsonb(NEW) - 'ended_at' - 'ended_by_id' - 'ended_because')
                          = (to_jsonb(OLD) - 'ended_at' - 'ended_by_id' - 'ended_because') THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'certificate_changes_only_by_ending_once' USING ERRCODE = 'check_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"certificate of person {self.person_id} for {self.skill}"


class Mentor(models.Model):
    """The senior moderator who accompanies a person: she alone, beside the person, sees the person's own figures."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    senior = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(name="nobody_is_her_own_senior", condition=~Q(person=F("senior"))),
        ]

    def __str__(self) -> str:
        return f"person {self.senior_id} accompanies person {self.person_id}"
