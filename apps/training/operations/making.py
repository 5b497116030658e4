"""Putting modules together, publishing and retiring them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import now

from apps.accounts.models import User
from apps.briefing.checks import wording_of
from apps.errors import Invalid
from apps.feedback.redaction import redact
from apps.guidelines.queries import edition, in_force
from apps.ledger.operations import record
from apps.queues.models import Queue
from apps.training.access import may_make
from apps.training.errors import ModuleFixed, ModuleNotReady, ModuleUnusable, SayWhy
from apps.training.models import Module, ModuleCase
from apps.training.models.modules import DEFINITE

FEWEST = 3  # cases of a module
NONE = "none"  # the choice "no violation" of a confusion pair
SHORTEST, LONGEST = 10, 4000
BRACKETED = ("[url]", "[email]", "[name]", "[phone]")


@transaction.atomic
def open_module(
    *,
    actor: User,
    kind: str,
    title: str,
    chosen: str = "",
    instead_of: str = "",
    language: str = "",
    queue: Queue | None = None,
    pass_percent: int = 80,
) -> Module:
    """Begin a module, about a confusion pair or for a queue. Raises NotAllowed, or Invalid with a reason a field."""
    may_make(actor)
    current = in_force()
    known = {NONE, *current.rules}
    errors = []
    if kind not in Module.Kind.values:
        errors.append({"field": "kind", "reason": "Choose what the module is for."})
    if not 3 <= len(title.strip()) <= 120:
        errors.append({"field": "title", "reason": "A title of 3 to 120 characters."})
    if kind == Module.Kind.TARGETED:
        for name, value in (("chosen", chosen), ("instead_of", instead_of)):
            if value not in known:
                errors.append({"field": name, "reason": "A rule in force, or “none” for no violation."})
        if chosen == instead_of:
            errors.append({"field": "instead_of", "reason": "The two must differ."})
    elif queue is None:
        errors.append({"field": "queue", "reason": "Choose the queue it is for."})
    if not 50 <= pass_percent <= 100:
        errors.append({"field": "pass_percent", "reason": "Between 50 and 100."})
    if errors:
        raise Invalid(errors=errors)
    targeted = kind == Module.Kind.TARGETED
    module = Module.objects.create(
        kind=kind,
        title=title.strip(),
        chosen=chosen if targeted else "",
        instead_of=instead_of if targeted else "",
        language=language,
        queue=None if targeted else queue,
        version_id=current.id,
        pass_percent=pass_percent,
        made_by=actor,
    )
    record("module.opened", actor=actor, module=module.pk, of=kind)
    return module


@transaction.atomic
def add_case(
    *,
    actor: User,
    module_id: int,
    text: str,
    exposure: int,
    outcome: str,
    rule_codes: Sequence[str],
    about_rule: str,
    explanation: str,
    names_nobody: bool,
    decision_id: int | None = None,
    language: str = "",
) -> ModuleCase:
    """Put a case into a module being put together.

    Raises ModuleUnusable with a reason a field: for words that still hold an address, a number or an @name, or that
    nobody has read over for plain names; for a heavy case; for an answer without a rule; for an explanation that does
    not say which rule it follows (`about_rule`). Raises ModuleFixed once the module is in use.
    """
    may_make(actor)
    module = _draft(module_id)
    current = in_force()
    text, explanation = text.strip(), explanation.strip()
    codes = list(dict.fromkeys(rule_codes)) if outcome == "violates" else []
    errors = _refused(text, names_nobody)
    if not 0 <= exposure <= 2:
        errors.append(
            {"field": "exposure", "reason": "Only light cases, up to exposure 2, are learned from."}
        )
    if outcome not in DEFINITE or (outcome == "violates" and not codes):
        errors.append({"field": "outcome", "reason": "Say whether it breaks a rule, and which one."})
    if set(codes) - set(current.rules):
        errors.append({"field": "rules", "reason": "Only rules in force can be the answer."})
    if about_rule not in current.rules:
        errors.append({"field": "about_rule", "reason": "Name the rule in force whose text explains it."})
    if len(explanation) < SHORTEST:
        errors.append({"field": "explanation", "reason": "Explain the answer in a sentence or two."})
    if errors:
        raise ModuleUnusable(errors=errors)
    last = module.cases.aggregate(last=Max("position"))["last"] or 0
    try:
        with transaction.atomic():
            made = ModuleCase.objects.create(
                module=module,
                position=last + 1,
                decision_id=decision_id,
                text=text,
                language=language or module.language,
                exposure=exposure,
                outcome=outcome,
                rule_codes=codes,
                rule_version_id=current.rules[about_rule].id,
                explanation=explanation,
            )
    except IntegrityError as refusal:
        if "module_shows_a_decision_once" not in str(refusal):
            raise
        raise ModuleUnusable(
            errors=[{"field": "text", "reason": "This case is in the module already."}]
        ) from None
    record("module.case_added", actor=actor, module=module.pk, position=made.position)
    return made


def _refused(text: str, names_nobody: bool) -> list[dict[str, str]]:
    errors = []
    if not SHORTEST <= len(text) <= LONGEST:
        errors.append({"field": "text", "reason": f"Between {SHORTEST} and {LONGEST} characters."})
    elif redact(text) != text:
        errors.append(
            {"field": "text", "reason": "It still holds a web or e-mail address, a number or an @name."}
        )
    elif any(mark in text for mark in BRACKETED):
        errors.append({"field": "text", "reason": "Write what happened instead of the words in brackets."})
    if not names_nobody:
        errors.append({"field": "names_nobody", "reason": "Read it over for names and places, and say so."})
    return errors


@transaction.atomic
def take_out(*, actor: User, module_id: int, position: int) -> None:
    """Take a case out of a module being put together; not there: nothing changes. Raises ModuleFixed."""
    may_make(actor)
    module = _draft(module_id)
    if module.cases.filter(position=position).delete()[0]:
        record("module.case_removed", actor=actor, module=module.pk, position=position)


@transaction.atomic
def publish_module(*, actor: User, module_id: int) -> Module:
    """Put a module to use; from now on it does not change. Raises ModuleNotReady with fewer than three cases."""
    may_make(actor)
    module = _draft(module_id)
    if module.cases.filter(gone_at=None).count() < FEWEST:
        raise ModuleNotReady
    module.state, module.published_at = Module.State.PUBLISHED, now()
    module.save(update_fields=["state", "published_at"])
    record("module.published", actor=actor, module=module.pk)
    return module


@transaction.atomic
def retire_module(*, actor: User | None, module_id: int, because: str) -> None:
    """Take a module out of use, with a reason. What was learned from it stays. Again: nothing changes."""
    if actor is not None:
        may_make(actor)
    if not because.strip():
        raise SayWhy
    module = Module.objects.select_for_update().get(pk=module_id)
    if module.state == Module.State.RETIRED:
        return
    module.state, module.retired_at, module.retired_because = (
        Module.State.RETIRED,
        now(),
        because.strip()[:200],
    )
    module.save(update_fields=["state", "retired_at", "retired_because"])
    record("module.retired", actor=actor, module=module.pk)


def retire_reworded(at: datetime | None = None) -> list[int]:
    """Retire modules in use whose explanations follow a rule that is worded otherwise now, or is gone; their ids."""
    current = in_force(at)
    words = {wording_of(rule) for rule in current.rules.values()}
    retired = []
    for module in Module.objects.filter(state=Module.State.PUBLISHED).prefetch_related("cases__rule_version"):
        cited = {case.rule_version for case in module.cases.all()}
        moved = sorted(
            rule.code
            for rule in cited
            if wording_of(edition(rule.version_id).rules_by_id[rule.pk]) not in words
        )
        if moved:
            because = f"Worded anew or retired in guidelines {current.number}: {', '.join(moved)}."
            retire_module(actor=None, module_id=module.pk, because=because)
            retired.append(module.pk)
    return retired


def _draft(module_id: int) -> Module:
    module = Module.objects.select_for_update().get(pk=module_id)
    if module.state != Module.State.DRAFT:
        raise ModuleFixed
    return module
