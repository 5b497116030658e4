"""Golden cases: kept from what was adjudicated, and retired when their answer may not hold any more."""

import hashlib
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.decisions.models import Decision
from apps.decisions.operations.undoing import close_unclaimed
from apps.guidelines.queries import in_force
from apps.intake.models import ItemContent, Media
from apps.ledger.models import Event
from apps.ledger.operations import record
from apps.quality.errors import NotGolden, RetiredAlready
from apps.quality.models import Adjudication, Golden
from apps.quality.operations.blind import root_of
from apps.quality.queries import identities_of, moved
from apps.queues.models import Case

WHY_AT_MOST = 4_000


@transaction.atomic
def add_golden(*, actor: User, adjudication_id: int, why: str = "") -> Golden:
    """Keep an adjudicated case with its answer. Raises NotGolden, saying what is in the way."""
    settled = (
        Adjudication.objects.select_for_update(of=("self",))
        .select_related("decision__item", "comparison__first__case__queue", "case")
        .filter(pk=adjudication_id, decision__isnull=False)
        .first()
    )
    if settled is None or settled.decision is None or settled.decision.outcome == Decision.Outcome.UNSURE:
        raise NotGolden("Only what was settled, and certainly, can be kept with its answer.")
    third, item = settled.decision, settled.decision.item
    if settled.case.exposure > 2:
        raise NotGolden("It is too heavy: nobody is shown more than exposure 2 only to be measured.")
    rule = third.rule_codes[0] if third.rule_codes else settled.comparison.rule_code
    version = third.guideline_version_id
    codes = {*third.rule_codes, rule} - {""}
    if moved(identities_of(codes, version), one=version, other=in_force().id):
        raise NotGolden("Its rule has changed since, so its answer may not hold any more.")
    content = ItemContent.objects.filter(item=item, revision=third.item_revision, erased_at=None).first()
    if content is None or item.revision != third.item_revision:
        raise NotGolden("The item has changed or was erased since.")
    media = Media.objects.filter(item=item, revision=item.revision).order_by("position").first()
    try:
        with transaction.atomic():
            golden = Golden.objects.create(
                adjudication=settled,
                item=item,
                item_revision=third.item_revision,
                queue=root_of(settled.comparison.first)[0].queue,
                exposure=settled.case.exposure,
                language=third.language,
                outcome=third.outcome,
                rule_codes=third.rule_codes,
                actions=third.actions,
                rule_code=rule,
                guideline_version_id=version,
                text_sha256=hashlib.sha256(content.text.encode()).hexdigest() if content.text else "",
                media_sha256=media.sha256 if media else "",
                why=(why.strip() or settled.why)[:WHY_AT_MOST],
                added_by=actor,
            )
    except IntegrityError as trouble:
        if "golden_once_per_item" in str(trouble) or "adjudication_id" in str(trouble):
            raise NotGolden("It is kept already.") from None
        raise
    record("golden.added", actor=actor, item=item, private=True, golden=golden.pk)
    return golden


@transaction.atomic
def retire(*, actor: User, golden_id: int, because: str, note: str = "") -> None:
    """Take a golden case out of use; a copy nobody has taken up goes with it. Raises RetiredAlready, NotGolden."""
    golden = Golden.objects.select_for_update(no_key=True).get(pk=golden_id)
    if golden.retired_at is not None:
        raise RetiredAlready
    if because not in Golden.Because.values:
        raise NotGolden("Choose why it is retired.")
    retire_locked(golden, because, actor=actor, note=note)


def retire_locked(golden: Golden, because: str, *, actor: User | None = None, note: str = "") -> None:
    """Retire a golden case whose row the caller has locked."""
    golden.retired_at, golden.retired_because = now(), because
    golden.retired_by, golden.note = actor, note.strip()[:500]
    golden.save(update_fields=["retired_at", "retired_because", "retired_by", "note"])
    waiting = Case.objects.filter(golden_case__golden=golden, state=Case.State.WAITING)
    for case in waiting.order_by("id").select_for_update(of=("self",), skip_locked=True, no_key=True):
        close_unclaimed(case)
    record(
        "golden.retired", actor=actor, item=golden.item_id, private=True, golden=golden.pk, because=because
    )


def unusable(golden: Golden) -> str:
    """Why its item can no longer be shown as it was; '' when it can."""
    if golden.item.revision != golden.item_revision:
        return Golden.Because.CHANGED
    content = ItemContent.objects.filter(item=golden.item_id, revision=golden.item_revision, erased_at=None)
    return "" if content.exists() else Golden.Because.GONE


@transaction.atomic
def retire_changed(events: Iterable[Event]) -> int:
    """These items changed: what was golden of them is not any more. How many."""
    items = {event.item_id for event in events if event.item_id is not None}
    rows = Golden.objects.filter(item_id__in=items, retired_at=None).select_related("item")
    retired = 0
    for row in rows.select_for_update(of=("self",), no_key=True).order_by("id"):
        if because := unusable(row):
            retire_locked(row, because)
            retired += 1
    return retired


@transaction.atomic
def retire_moved(events: Iterable[Event]) -> int:
    """A guideline version was published: golden cases whose rules it changed or retired go out of use. How many."""
    newest = max(event.data["version"] for event in events)
    retired = 0
    for row in Golden.objects.filter(retired_at=None).select_for_update(no_key=True).order_by("id"):
        version = row.guideline_version_id
        if moved(identities_of({*row.rule_codes, row.rule_code} - {""}, version), one=version, other=newest):
            retire_locked(row, Golden.Because.RULE)
            retired += 1
    return retired
