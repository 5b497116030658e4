"""Where labels stand: begun when a decision can no longer be taken back, final when nobody can appeal it any more."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.models import Decision
from apps.errors import Invalid
from apps.feedback import queries
from apps.feedback.facts import facts
from apps.feedback.labels import APPEAL_FINAL_AFTER, FINAL_AFTER, cited_of, label_of
from apps.feedback.models import Label, PendingLabel
from apps.feedback.operations.splitting import settle_groups
from apps.feedback.queries import Said
from apps.ledger.models import Event
from apps.ledger.operations import Entry, record, record_many

EVERY_ONE = 2**62
ASK_AGAIN = timedelta(minutes=1)  # whether an appeal is still open, when nobody said that it was settled
# One transaction at a time: ids are committed in their order, so that a cursor over them passes over nothing.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('feedback'), hashtext('labels'))"


@transaction.atomic
def keep_labels(events: list[Event]) -> int:
    """Begin the labels of these decisions, and correct those of the decisions they replace; rows written.

    A decision that was taken back begins none, nor does one that no person made. What a decision replaces on the
    same revision of its item is superseded, or overturned when it came to another label or first rule; if that label was final,
    `label.corrected` tells of it. Hearing of an event again changes nothing.
    """
    made = Decision.objects.in_bulk({event.data["decision"] for event in events})
    if not made:
        return 0
    _one_at_a_time()
    said = queries.said_of({one.item_id for one in made.values()}, EVERY_ONE)
    labels = queries.current_labels(one.id for all_of_it in said.values() for one in all_of_it)
    settled = {*made, *labels}
    began: list[Label] = []
    corrected: list[tuple[Label, Said, Said]] = []
    for item in sorted(said):
        # What a person decided a moment ago may still be taken back: it corrects nothing yet.
        standing = [
            one for one in said[item] if one.standing and (one.id in settled or one.origin != "human")
        ]
        said[item] = standing
        for place, one in enumerate(standing):
            if one.id in made:
                if one.origin == "human" and one.id not in labels:
                    label = Label(decision_id=one.id, state=Label.State.PROVISIONAL, at=now())
                    began.append(label)
                corrected += [
                    (labels[earlier.id], earlier, one)
                    for earlier in standing[:place]
                    if not one.measures and earlier.revision == one.revision and earlier.id in labels
                ]
    Label.objects.bulk_create(began)
    PendingLabel.objects.bulk_create(
        PendingLabel(decision_id=label.decision_id, final_after=_final_after(made[label.decision_id]))
        for label in began
        if not made[label.decision_id].held
    )
    _settle_within_batch(began, said, corrected)
    rows = _correct(corrected, made)
    settle_groups(sorted({made[label.decision_id].item_id for label in began}))
    return len(began) + rows


def _settle_within_batch(
    began: list[Label], said: dict[int, list[Said]], corrected: list[tuple[Label, Said, Said]]
) -> None:
    """Labels that began a moment ago and are replaced already, by a decision of the same batch or a later one."""
    fresh = {label.decision_id: label for label in began}
    for standing in said.values():
        for place, one in enumerate(standing):
            later = next(
                (
                    other
                    for other in standing[place + 1 :]
                    if other.revision == one.revision and not other.measures
                ),
                None,
            )
            if one.id in fresh and later is not None:
                corrected.append((fresh[one.id], one, later))


def _correct(corrected: Iterable[tuple[Label, Said, Said]], made: dict[int, Decision]) -> int:
    rows: list[Label] = []
    events: list[Entry] = []
    done: set[int] = set()
    for label, earlier, later in corrected:
        if label.pk in done or label.state not in (Label.State.PROVISIONAL, Label.State.FINAL):
            continue
        done.add(label.pk)
        overturned = _teaches(earlier) != _teaches(later)
        state = Label.State.OVERTURNED if overturned else Label.State.SUPERSEDED
        rows.append(
            Label(decision_id=earlier.id, state=state, because=str(later.id), corrects=label, at=now())
        )
        if label.state == Label.State.FINAL:
            case = made[later.id].case_id if later.id in made else None
            data = {"decision": earlier.id, "state": str(state), "superseded_by": later.id}
            events.append(Entry("label.corrected", None, case, earlier.item_id, False, data))
    Label.objects.bulk_create(rows)
    PendingLabel.objects.filter(pk__in=[row.decision_id for row in rows]).delete()
    record_many(events)
    return len(rows)


@transaction.atomic
def finish_due(*, limit: int = 500) -> int:
    """Make final what can no longer be appealed, and tell of it with `label.final`; how many became final.

    One with an open appeal waits for that. Several processes share the work: what one holds another passes over.
    """
    at = now()
    due = list(
        PendingLabel.objects.filter(final_after__lte=at)
        .order_by("final_after", "pk")
        .select_for_update(skip_locked=True)[:limit]
    )
    if not due:
        return 0
    _one_at_a_time()
    ids = [one.decision_id for one in due]
    appealed = {one for one, appeal in facts.appeals(ids).items() if appeal.decided_at is None}
    if appealed:
        PendingLabel.objects.filter(pk__in=appealed).update(final_after=at + ASK_AGAIN)
    ready = [one for one in ids if one not in appealed]
    labels = queries.current_labels(ready)
    rows = [
        Label(decision_id=one, state=Label.State.FINAL, corrects=labels[one], at=at)
        for one in ready
        if labels[one].state == Label.State.PROVISIONAL
    ]
    Label.objects.bulk_create(rows)
    PendingLabel.objects.filter(pk__in=ready).delete()
    subjects = {
        one.pk: one
        for one in Decision.objects.filter(pk__in=[row.decision_id for row in rows]).only(
            "case_id", "item_id"
        )
    }
    record_many(
        [
            Entry(
                "label.final",
                None,
                subjects[row.decision_id].case_id,
                subjects[row.decision_id].item_id,
                False,
                {"decision": row.decision_id},
            )
            for row in rows
        ]
    )
    return len(rows)


def settle_appealed(decisions: Sequence[int]) -> int:
    """Appeals of these decisions were settled: labels whose window is over need not wait to be asked about."""
    at = now()
    waiting = PendingLabel.objects.filter(pk__in=decisions, final_after__lte=at + ASK_AGAIN)
    return waiting.update(final_after=at)


@transaction.atomic
def remove_labels(*, decisions: Sequence[int], because: str, actor: User | None) -> int:
    """Take decisions out of all training: no later export holds them, and each names them among its tombstones.

    `because` is a code such as `erased` or `withdrawn`, and goes out with the tombstone. How many were removed;
    those removed before are passed over. Raises Invalid without a reason.
    """
    if not because.strip() or len(because) > 40:
        raise Invalid(errors=[{"field": "because", "reason": "Say why, in a code of at most 40 characters."}])
    _one_at_a_time()
    labels = queries.current_labels(decisions)
    rows = []
    for one in Decision.objects.filter(pk__in=decisions).order_by("pk"):
        label = labels.get(one.pk)
        if label is None or label.state != Label.State.REMOVED:
            rows.append(
                Label(
                    decision_id=one.pk, state=Label.State.REMOVED, because=because, corrects=label, at=now()
                )
            )
    Label.objects.bulk_create(rows)
    PendingLabel.objects.filter(pk__in=[row.decision_id for row in rows]).delete()
    if rows:
        record(
            "feedback.labels_removed",
            actor=actor,
            decisions=[row.decision_id for row in rows],
            because=because,
        )
    return len(rows)


def _final_after(decision: Decision) -> datetime:
    if decision.purpose == "appeal":
        return decision.decided_at + APPEAL_FINAL_AFTER
    return decision.decided_at + (facts.appeal_window() if facts.appeal_window else FINAL_AFTER)


def _teaches(said: Said) -> tuple[str, str | None]:
    return label_of(said.outcome, said.ground), next(iter(cited_of(list(said.rule_codes), said.ground)), None)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
