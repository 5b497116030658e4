import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from apps.strikes.ladder import Ladder, steps_from

SETTLED = "'{state,number,in_force_from,settled_by_id,settled_at,settled_because}'::text[]"


def keeps_its_ladder(name: str) -> pgtrigger.Trigger:
    """A strike or suspension names the ladder that was in force when its decision was made; none is the starter."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            IF NEW.ladder_id IS DISTINCT FROM (
                SELECT ladder.id FROM strikes_ladderversion ladder JOIN decisions_decision made ON made.id = NEW.decision_id
                WHERE ladder.in_force_from <= made.decided_at
                  AND (ladder.retired_at IS NULL OR made.decided_at < ladder.retired_at)
            ) THEN
                RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,  # noqa: S608  (a name above)
    )


class LadderVersion(models.Model):
    """A ladder of strikes: proposed by one person with a reason, previewed, put in force by another, never changed.

    `steps` are objects with `strikes`, `action` and `days`; `counts_for` days by severity 1 to 5. `preview` is what was
    expected when it was proposed. Before the first version the ladder the program came with is in force.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Waits for a second person"
        APPROVED = "approved", "Put in force"
        REFUSED = "refused", "Not approved"
        WITHDRAWN = "withdrawn", "Taken back"

    steps = models.JSONField()
    counts_for = ArrayField(models.PositiveSmallIntegerField(), size=5)
    reason = models.CharField(max_length=500)
    preview = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    number = models.PositiveIntegerField(null=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(db_default=Now())
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_because = models.CharField(max_length=500, default="", blank=True)
    in_force_from = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="ladder_gives_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="ladder_is_settled_by_a_second_person",
                condition=Q(state="proposed", settled_by=None, settled_at=None)
                | Q(state="withdrawn", settled_by__isnull=False, settled_at__isnull=False)
                & Q(settled_by=F("proposed_by"))
                | Q(state__in=["approved", "refused"], settled_by__isnull=False, settled_at__isnull=False)
                & ~Q(settled_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="ladder_in_force_has_a_number_and_a_time",
                condition=Q(
                    state="approved",
                    number__isnull=False,
                    in_force_from__isnull=False,
                    settled_at__isnull=False,
                )
                & Q(number__gte=1, in_force_from=F("settled_at"))
                | ~Q(state="approved") & Q(number=None, in_force_from=None, retired_at=None),
            ),
            models.UniqueConstraint(fields=["number"], name="ladder_number_once"),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="proposed"), name="ladder_one_proposal_at_a_time"
            ),
            ExclusionConstraint(
                name="two_ladders_are_never_in_force_at_once",
                expressions=[
                    (
                        Func(
                            F("in_force_from"),
                            F("retired_at"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    )
                ],
                condition=Q(state="approved"),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="ladder_keeps_the_laws_of_ladders",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[
                    ("one", "jsonb"),
                    ("rank", "int"),
                    ("days", "int"),
                    ("strikes", "int"),
                    ("rank_before", "int := 0"),
                    ("days_before", "int := 0"),
                    ("strikes_before", "int := 0"),
                ],
                func="""
                    IF NEW.state <> 'proposed' OR jsonb_typeof(NEW.steps) <> 'array'
                        OR jsonb_array_length(NEW.steps) NOT BETWEEN 1 AND 8
                        OR cardinality(NEW.counts_for) <> 5
                        OR EXISTS (SELECT 1 FROM unnest(NEW.counts_for) span WHERE span IS NULL OR span NOT BETWEEN 7 AND 730)
                        OR NEW.counts_for IS DISTINCT FROM (SELECT array_agg(span ORDER BY span) FROM unnest(NEW.counts_for) span)
                    THEN
                        RAISE EXCEPTION 'ladder_keeps_the_laws_of_ladders' USING ERRCODE = 'check_violation';
                    END IF;
                    FOR one IN SELECT value FROM jsonb_array_elements(NEW.steps) WITH ORDINALITY ORDER BY ordinality LOOP
                        rank := array_position(
                            ARRAY['', 'feature_suspend', 'account_suspend', 'account_terminate'], one->>'action');
                        days := (one->>'days')::int;
                        strikes := (one->>'strikes')::int;
                        IF rank IS NULL OR days IS NULL OR strikes IS NULL
                            OR strikes_before = 0 AND (strikes, rank, days) <> (1, 1, 0)
                            OR strikes <= strikes_before OR strikes > 50
                            OR (rank, days) <= (rank_before, days_before)
                            OR rank IN (1, 4) AND days <> 0
                            OR rank = 2 AND days NOT BETWEEN 1 AND 90
                            OR rank = 3 AND days NOT BETWEEN 1 AND 180
                        THEN
                            RAISE EXCEPTION 'ladder_keeps_the_laws_of_ladders' USING ERRCODE = 'check_violation';
                        END IF;
                        rank_before := rank;
                        days_before := days;
                        strikes_before := strikes;
                    END LOOP;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="ladder_version_is_never_changed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'UPDATE' AND (
                        OLD.state = 'proposed' AND NEW.state <> 'proposed'
                            AND (to_jsonb(NEW) - {SETTLED}) = (to_jsonb(OLD) - {SETTLED})
                        OR OLD.state = 'approved' AND OLD.retired_at IS NULL AND NEW.retired_at IS NOT NULL
                            AND (to_jsonb(NEW) - 'retired_at') = (to_jsonb(OLD) - 'retired_at')
                    ) THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'ladder_version_is_never_changed' USING ERRCODE = 'check_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="ladder_ends_where_another_begins",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition("OLD.retired_at IS NULL AND NEW.retired_at IS NOT NULL"),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM strikes_ladderversion next WHERE next.in_force_from = NEW.retired_at) THEN
                        RAISE EXCEPTION 'ladder_ends_where_another_begins' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"ladder {self.number or '–'} ({self.state})"

    @property
    def ladder(self) -> Ladder:
        return Ladder(steps_from(self.steps), tuple(self.counts_for), self.number or 0, self.pk)
