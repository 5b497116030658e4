import pytest

from apps.decisions.models import Decision
from apps.decisions.operations import decide
from apps.decisions.verdict import Verdict
from apps.intake.lines import FlagLine
from apps.intake.models import Flag, Item
from apps.intake.operations import receive
from apps.ledger.operations import drain
from apps.queues.models import Case
from apps.queues.operations import claim_case
from apps.wellbeing.exposure import Look
from apps.wellbeing.operations import start_shift
from tests import make

SCAM = Verdict("violates", ["AU-4"], ["remove"])
FINE = Verdict("no_violation")


@pytest.fixture
def house(db):
    make.house()


@pytest.fixture
def mara(house, moderator):
    start_shift(actor=moderator)
    return moderator


def flagged(
    name: str, score: float, *, detector="net", version="1", rule="AU-4", threshold=0.7, **item
) -> Item:
    """An item as a detector sends it, through the one way in; what follows from it is not handed on yet."""
    sent = {
        "type": "flag",
        "item": {
            "source": "test",
            "external_id": name,
            "kind": "text",
            "text": "Get rich now",
            "language": "en",
            **item,
        },
        "detector": {"name": detector, "version": version},
        "scores": [{"rule": rule, "score": score, "threshold": threshold}],
    }
    [result] = receive([FlagLine.model_validate(sent)], key=None)
    assert result.status == 202, result.errors
    return Item.objects.get(pk=result.item_id)


def answer(mara, item: Item, verdict: Verdict) -> Decision:
    """The item's open case, decided by her."""
    case = Case.objects.exclude(state="done").get(item=item)
    claim = claim_case(actor=mara, holder=mara, case_id=case.pk)
    made = decide(actor=mara, claim_id=claim.claim_id, verdict=verdict, look=Look(2))
    return Decision.objects.get(pk=made.decision_id)


def flag_of(item: Item) -> Flag:
    return Flag.objects.filter(item=item).latest("id")


__all__ = ["FINE", "SCAM", "answer", "drain", "flag_of", "flagged"]
