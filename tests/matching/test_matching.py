from apps.decisions.models import Decision, DecisionSet, Enforcement
from apps.ledger.operations import drain
from apps.matching.models import Match
from apps.queues.models import Case
from tests.matching.conftest import HASH, bank, entry, flipped, picture


def test_a_match_with_a_verified_bank_is_decided_without_anybody_looking(house):
    known = entry(bank(), "pdq", HASH)
    item = picture(flipped(HASH, 31), report="HR-1")
    drain()
    decision = Decision.objects.get(item=item)
    assert (decision.origin, decision.outcome, decision.rule_codes, decision.decider) == (
        "auto", "violates", ["HR-1"], None,
    )  # fmt: skip
    assert Case.objects.get(item=item).state == "done"
    assert [one.action for one in Enforcement.objects.filter(item=item)] == ["remove"]
    match = Match.objects.get()
    assert (match.entry, match.distance, match.verdict) == (known, 31, "auto")
    assert DecisionSet.objects.get().entry_id == known.pk
