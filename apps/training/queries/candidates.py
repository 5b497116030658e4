"""Past cases that may go into a module: two people agreed on them, or a third said what they are."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from apps.feedback.redaction import redact
from apps.intake.models import ItemContent
from apps.quality.models import Comparison, Golden
from apps.training.models import Counted, Module

LIGHT = 1  # exposure of texts that may be shown outside a claim
LOOKED_AT, SHOWN = 200, 10


@dataclass(frozen=True)
class Candidate:
    """A settled case with its words, addresses and names with an @ taken out, and what was found."""

    decision_id: int
    text: str
    language: str
    exposure: int
    outcome: str
    rule_codes: list[str]
    why: str


def candidates_for(module: Module) -> list[Candidate]:
    """The newest settled, light cases with words that fit a module and are not in it. Golden cases are never offered."""
    counted = Counted.objects.exclude(found="")
    pairs = Comparison.objects.select_related("first__case", "adjudication__decision")
    if module.kind == Module.Kind.TARGETED:
        choices = [module.chosen, module.instead_of]
        counted = counted.filter(first__in=choices, found__in=choices)
        pairs = pairs.filter(Exists(counted.filter(comparison=OuterRef("pk"))))
    else:
        pairs = pairs.filter(
            Exists(counted.filter(comparison=OuterRef("pk"))), first__case__queue=module.queue
        )
    if module.language:
        pairs = pairs.filter(language=module.language)
    used = module.cases.exclude(decision_id=None).values("decision_id")
    golden = Golden.objects.filter(item=OuterRef("first__item"))
    newest = list(
        pairs.filter(first__case__exposure__lte=LIGHT)
        .exclude(Q(first_id__in=used) | Exists(golden))
        .order_by("-pk")[:LOOKED_AT]
    )
    texts = _texts(newest)
    found = []
    for pair in newest:
        text = texts.get((pair.first.item_id, pair.first.item_revision), "")
        settled = getattr(pair, "adjudication", None)
        last = settled.decision if settled is not None and settled.decision is not None else pair.first
        if text and last.outcome in ("violates", "no_violation"):
            found.append(
                Candidate(
                    pair.first_id, redact(text), pair.language, pair.first.case.exposure, last.outcome,
                    list(last.rule_codes), settled.why if settled is not None else "",
                )
            )  # fmt: skip
        if len(found) == SHOWN:
            break
    return found


def _texts(pairs: list[Comparison]) -> dict[tuple[int, int], str]:
    rows = ItemContent.objects.filter(item_id__in={pair.first.item_id for pair in pairs})
    return {
        (item, revision): text for item, revision, text in rows.values_list("item_id", "revision", "text")
    }
