"""One decision for near-duplicates: what it reaches, what it never reaches, and how it is taken back."""

import pytest

from apps.decisions.models import Decision, DecisionSet, Enforcement
from apps.decisions.operations import decide, reverse_set, undo
from apps.decisions.verdict import Verdict
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.matching.models import Cluster, Member
from apps.matching.queries import clusters_of
from apps.queues.models import Case
from apps.queues.operations import claim_next
from apps.wellbeing.operations import start_shift
from tests.conftest import person
from tests.matching.conftest import HASH, flipped, owe_now, picture, sent

TEXT = "Meet me behind the old station tonight, and bring nobody with you."
BREAKS = Verdict(outcome="violates", rules=("HR-1",), actions=("remove", "strike"))
FINE = Verdict(outcome="no_violation")


def decided(verdict=BREAKS) -> Decision:
    """The most urgent case, decided by the moderator; nothing is carried on yet."""
    moderator = person("moderator")
    if not Event.objects.filter(kind="shift.started", actor_id=moderator.pk).exists():
        start_shift(actor=moderator)
    claimed = claim_next(actor=moderator)
    made = decide(actor=moderator, claim_id=claimed.claim_id, verdict=verdict)
    drain()
    return Decision.objects.get(pk=made.decision_id)


def told(item) -> list[tuple[str, str]]:
    return list(
        Decision.objects.filter(item=item, withdraws=False).order_by("id").values_list("origin", "outcome")
    )


CARRIED = ("hash_propagated", "violates")


def test_a_decision_reaches_all_near_duplicates_and_is_reversed_as_a_set(house):
    first = sent(TEXT, report="HR-1", author="same")
    drain()
    copies = [sent(TEXT.upper(), report="HR-1"), sent(TEXT + "\u200b!"), sent(TEXT, author="same")]
    other = sent("The committee publishes its yearly report on road safety in the spring.", report="HR-1")
    drain()
    assert set(clusters_of([first.pk, *(one.pk for one in copies), other.pk])) == {
        first.pk,
        *(one.pk for one in copies),
    }
    # One case for all of them; the one that made way counts as closed without being taken up.
    assert [case.state for case in Case.objects.filter(item__in=[first, *copies])] == ["waiting", "done"]
    assert Event.objects.get(kind="case.closed").data["unclaimed"] is True
    decision = decided()
    assert decision.item == first
    assert [told(one) for one in copies] == [[]] * 3  # within the ten seconds nothing is carried anywhere
    owe_now()
    assert [told(one) for one in (first, *copies, other)] == [[("human", "violates")], *[[CARRIED]] * 3, []]
    assert {tuple(one.actions) for one in Decision.objects.filter(origin="hash_propagated")} == {("remove",)}
    assert Cluster.objects.get().decision_id == decision.pk

    # A person decides one of them otherwise; the set is reversed, and hers stays.
    together = DecisionSet.objects.get(root=decision)
    assert together.decisions.count() == 3
    reverse_set(actor=person("policy"), set_id=together.pk, why="It was a film quotation.")
    drain()
    assert [told(one)[-1] for one in copies] == [("auto", "no_violation")] * 3
    assert told(first) == [("human", "violates")]
    assert Enforcement.objects.filter(item__in=copies, reverses__isnull=False).count() == 3
    newcomer = sent(TEXT, author="same")
    drain()
    assert told(newcomer) == []


def test_a_newcomer_is_decided_at_once_and_where_its_context_differs_a_person_is_asked(house):
    picture(HASH, text="Look at what he did there yesterday", author="same", report="HR-1")
    drain()
    decided()
    owe_now()
    same = picture(flipped(HASH, 9), text="look, at what he did there yesterday!", author="same")
    others = [
        picture(HASH, text="Look at what he did there yesterday", author="another"),
        picture(HASH, text="Our new exhibition opens on Friday evening", author="same"),
        picture(HASH, text="Look at what he did there yesterday", author="same", language="km"),
        picture(HASH, author="same"),
    ]
    drain()
    assert told(same) == [CARRIED]
    assert [told(one) for one in others] == [[]] * 4
    cases = Case.objects.filter(item__in=others)
    assert {case.state for case in cases} == {"waiting"}
    assert {tuple(case.rule_codes) for case in cases} == {("HR-1",)}
    assert Member.objects.filter(asked=["HR-1"]).count() == 4


def test_that_nothing_is_broken_is_carried_to_those_that_wait_and_to_nobody_else(house):
    sent(TEXT, report="HR-1", author="same")
    drain()
    waiting, unreported = sent(TEXT, report="HR-1", author="same"), sent(TEXT)
    drain()
    decided(FINE)
    owe_now()
    assert told(waiting) == [("hash_propagated", "no_violation")]
    assert told(unreported) == []
    assert not Case.objects.exclude(state="done").exists()


def test_a_decision_taken_back_in_time_is_carried_nowhere(house):
    sent(TEXT, report="HR-1")
    drain()
    copy = sent(TEXT)
    drain()
    decision = decided()
    undo(actor=person("moderator"), decision_id=decision.pk)
    owe_now()
    assert told(copy) == []
    assert Cluster.objects.get().decision_id is None


def test_what_a_person_decided_or_holds_stays_hers(house):
    sent(TEXT, report="HR-1")
    drain()
    own, held = sent(TEXT, language="vi", report="HR-1"), sent(TEXT, language="km", report="HR-1")
    drain()
    senior = person("moderator2")
    start_shift(actor=senior)
    Case.objects.filter(item=own).update(rank=-1)
    claimed = claim_next(actor=senior)
    decide(actor=senior, claim_id=claimed.claim_id, verdict=FINE)
    Case.objects.filter(item=held).update(rank=-1)
    claim_next(actor=senior)
    Member.objects.all().update(signal="text")
    decided()
    owe_now()
    assert told(own) == [("human", "no_violation")]
    assert told(held) == []
    assert Case.objects.get(item=held).state == "claimed"


def test_a_cluster_does_not_drift_from_likeness_to_likeness(house):
    lead, near, chained = picture(HASH), picture(flipped(HASH, 20)), picture(flipped(HASH, 45))
    drain()
    assert clusters_of([lead.pk, near.pk, chained.pk]).keys() == {lead.pk, near.pk}


@pytest.mark.parametrize("text", ["ok!", "so funny lol"])
def test_few_words_make_no_near_duplicates(house, text):
    items = [sent(text, report="HR-1"), sent(text, report="HR-1")]
    drain()
    assert clusters_of([one.pk for one in items]) == {}
    assert Case.objects.filter(state="waiting").count() == 2
