"""Replays: drawing past cases, deciding them again under a draft, closing."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.guidelines.access import may_write
from apps.guidelines.models import GuidelineVersion
from apps.ledger.operations import record
from apps.rehearsal.errors import JudgedAlready, NothingToReplay, ReplayClosed, ReplayVerdictUnusable
from apps.rehearsal.models import Replay, ReplayCase, ReplayVerdict
from apps.rehearsal.queries import changed_codes, drawable

SIZE_AT_MOST = 60


@transaction.atomic
def draw(*, actor: User, version: GuidelineVersion, size: int, days: int) -> Replay:
    """Draw at random up to `size` past decisions of the last `days` days that cite a changed rule.

    Only what lightens nobody's budget unseen: text cases of exposure 0 and 1, because a replay is not a claim and
    nobody's exposure is counted. Raises NothingToReplay.
    """
    may_write(actor)
    codes = changed_codes(version)
    found, left_out = drawable(codes, days=days, size=max(1, min(size, SIZE_AT_MOST)))
    if not found:
        raise NothingToReplay()
    replay = Replay.objects.create(
        version=version,
        revision=version.revision,
        rule_codes=codes,
        days=days,
        left_out=left_out,
        created_by=actor,
    )
    ReplayCase.objects.bulk_create(
        ReplayCase(replay=replay, decision_id=decision, position=position)
        for position, decision in enumerate(found)
    )
    record("replay.drawn", actor=actor, version=version.pk, replay=replay.pk, cases=len(found))
    return replay


@transaction.atomic
def judge(*, actor: User, case_id: int, outcome: str, rule_codes: Sequence[str]) -> ReplayVerdict:
    """Decide a drawn case under the draft. Raises ReplayClosed, JudgedAlready, ReplayVerdictUnusable."""
    case = ReplayCase.objects.select_related("replay__version").get(pk=case_id)
    replay = Replay.objects.select_for_update(no_key=True).get(pk=case.replay_id)
    if replay.closed_at is not None:
        raise ReplayClosed()
    known = set(replay.version.rules.values_list("code", flat=True))
    codes = list(dict.fromkeys(rule_codes)) if outcome == "violates" else []
    if outcome not in ("violates", "no_violation", "unsure") or (outcome == "violates" and not codes):
        raise ReplayVerdictUnusable()
    if set(codes) - known:
        raise ReplayVerdictUnusable(f"The draft has no rule {', '.join(sorted(set(codes) - known))}.")
    try:
        with transaction.atomic():
            verdict = ReplayVerdict.objects.create(
                case=case, person=actor, revision=replay.version.revision, outcome=outcome, rule_codes=codes
            )
    except IntegrityError as trouble:
        if "replay_is_blind" in str(trouble) or "replay_is_judged_once_per_person" in str(trouble):
            raise JudgedAlready() from None
        raise
    record("replay.judged", actor=actor, private=True, replay=replay.pk, case_position=case.position)
    return verdict


@transaction.atomic
def close(*, actor: User, replay_id: int) -> None:
    """End a replay: from now on its results are shown, and nobody decides in it any more."""
    may_write(actor)
    replay = Replay.objects.select_for_update(no_key=True).get(pk=replay_id)
    if replay.closed_at is None:
        replay.closed_at = now()
        replay.save(update_fields=["closed_at"])
        record("replay.closed", actor=actor, version=replay.version_id, replay=replay.pk)
