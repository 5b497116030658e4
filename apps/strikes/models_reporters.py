import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.intake.models import Reporter


class ReporterWarning(models.Model):
    """A reporter was told that nearly all of her reports are unfounded. `judged` and `upheld` as they stood then."""

    reporter = models.ForeignKey(Reporter, models.PROTECT, related_name="warnings", db_index=False)
    judged = models.PositiveIntegerField()
    upheld = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["reporter", "-id"], name="warning_by_reporter")]

    def __str__(self) -> str:
        return f"warning of reporter {self.reporter_id}"


class ReporterPause(models.Model):
    """Whether a warned reporter's reports are to rest for a while: proposed by the numbers, decided by a person."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "To be decided"
        PAUSED = "paused", "Paused"
        DECLINED = "declined", "Not paused"

    reporter = models.ForeignKey(Reporter, models.PROTECT, related_name="pauses")
    warning = models.ForeignKey(ReporterWarning, models.PROTECT, related_name="+")
    judged = models.PositiveIntegerField()
    upheld = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    proposed_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=500, default="", blank=True)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reporter"], condition=Q(state="proposed"), name="pause_proposed_once_at_a_time"
            ),
            models.CheckConstraint(
                name="pause_state_valid", condition=Q(state__in=["proposed", "paused", "declined"])
            ),
            models.CheckConstraint(
                name="pause_is_decided_by_a_person_with_a_reason",
                condition=Q(state="proposed", decided_by=None, decided_at=None)
                | Q(state__in=["paused", "declined"], decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(why=""),
            ),
            models.CheckConstraint(
                name="pause_has_an_end",
                condition=Q(state="paused", until__isnull=False) | ~Q(state="paused") & Q(until=None),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="pause_comes_after_a_warning",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM strikes_reporterwarning warned
                                   WHERE warned.id = NEW.warning_id AND warned.reporter_id = NEW.reporter_id
                                     AND warned.at < NEW.proposed_at) THEN
                        RAISE EXCEPTION 'pause_comes_after_a_warning' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="pause_changes_only_by_being_decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.state = 'proposed' AND NEW.state <> 'proposed' THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'pause_changes_only_by_being_decided_once' USING ERRCODE = 'check_violation';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"pause of reporter {self.reporter_id} ({self.state})"
