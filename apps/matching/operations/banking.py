"""Banks: made, changed, and verified by somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.guidelines.queries import in_force
from apps.ledger.operations import record
from apps.matching.errors import BankNameTaken, BankUnusable, NotVerifiedByItsMaker
from apps.matching.models import Bank

# What needs a person, whatever a bank says: nobody loses an account, or is reported, by a program alone.
NEVER_AUTOMATIC = ("account_terminate", "report_authority")
WITHOUT_A_DOUBT = ("actions", "rule_code", "distance", "enabled_ratio", "child_safety")


@dataclass(frozen=True)
class BankFacts:
    """What a person says of a bank; ratios and shares from 0 to 1, `distance` in bits of 256."""

    name: str
    rule_code: str
    about: str = ""
    actions: Sequence[str] = ()
    child_safety: bool = False
    enabled_ratio: float = 1.0
    distance: int = 31
    audit_share: float = 0.05
    flood_at: int = 50
    source: str = Bank.Source.LOCAL

    def columns(self) -> dict[str, object]:
        return {**vars(self), "name": self.name.strip(), "actions": list(self.actions)}


def _check(facts: BankFacts) -> None:
    errors = []
    rule = in_force().rules.get(facts.rule_code)
    if not facts.name.strip():
        errors.append({"field": "name", "reason": "Give it a name."})
    if rule is None:
        errors.append({"field": "rule_code", "reason": "This is not a rule of the guidelines in force."})
    for action in facts.actions:
        if action in NEVER_AUTOMATIC or action.startswith("escalate_"):
            errors.append(
                {"field": "actions", "reason": "Only a person may ask for this; choose something else."}
            )
        elif rule is not None and action not in rule.actions:
            errors.append({"field": "actions", "reason": f"{rule.code} does not provide for “{action}”."})
    for field, low, high in (
        ("enabled_ratio", 0, 1),
        ("audit_share", 0.01, 1),
        ("distance", 0, 31),
        ("flood_at", 1, 100_000),
    ):
        if not low <= getattr(facts, field) <= high:
            errors.append({"field": field, "reason": f"Between {low} and {high:,}."})
    if errors:
        raise BankUnusable(errors=errors)


@transaction.atomic
def make_bank(*, actor: User, facts: BankFacts, because: str) -> Bank:
    """Make a bank; nothing is decided by it until somebody else has verified it.

    Raises BankUnusable (one reason a field), BankNameTaken.
    """
    _check(facts)
    if not because.strip():
        raise BankUnusable(errors=[{"field": "because", "reason": "Say why this bank is needed."}])
    try:
        with transaction.atomic():
            bank = Bank.objects.create(
                **facts.columns(), created_by=actor, created_because=because.strip()[:300]
            )
    except IntegrityError as refused:
        if "bank_name_once" in str(refused):
            raise BankNameTaken from None
        raise
    record("bank.made", actor=actor, bank=bank.pk, rule=bank.rule_code, source=bank.source)
    return bank


@transaction.atomic
def edit_bank(*, actor: User, bank_id: int, facts: BankFacts) -> Bank:
    """Change a bank. What a match leads to is changed only together with its verification, which then must be given anew.

    Raises BankUnusable, BankNameTaken.
    """
    _check(facts)
    bank = Bank.objects.select_for_update(no_key=True).get(pk=bank_id)
    before = {name: getattr(bank, name) for name in vars(facts)}
    for name, value in {**facts.columns(), "source": bank.source}.items():
        setattr(bank, name, value)
    changed = sorted(name for name, value in before.items() if getattr(bank, name) != value)
    if not changed:
        return bank
    bank.revision += 1
    again = bank.verified_at is not None and bool(set(changed) & set(WITHOUT_A_DOUBT))
    if again:
        bank.verified_by, bank.verified_at, bank.verified_because = None, None, ""
    try:
        with transaction.atomic():
            bank.save()
    except IntegrityError as refused:
        if "bank_name_once" in str(refused):
            raise BankNameTaken from None
        raise
    record(
        "bank.edited", actor=actor, bank=bank.pk, changed=changed, revision=bank.revision, verified_anew=again
    )
    return bank


@transaction.atomic
def verify_bank(*, actor: User, bank_id: int, because: str) -> None:
    """Vouch for a bank: from now on its matches are decided without anybody looking..

    Raises NotVerifiedByItsMaker, BankUnusable without a reason.
    """
    bank = Bank.objects.select_for_update(no_key=True).get(pk=bank_id)
    if not because.strip():
        raise BankUnusable(errors=[{"field": "because", "reason": "Say what you looked at to vouch for it."}])
    if bank.created_by_id == actor.pk:
        raise NotVerifiedByItsMaker
    bank.verified_by, bank.verified_at, bank.verified_because = actor, now(), because.strip()[:300]
    bank.revision += 1
    bank.save(update_fields=["verified_by", "verified_at", "verified_because", "revision"])
    record("bank.verified", actor=actor, bank=bank.pk, revision=bank.revision)


@transaction.atomic
def unverify_bank(*, actor: User, bank_id: int) -> None:
    """Take back that a bank may decide: from this moment its matches go to people."""
    bank = Bank.objects.select_for_update(no_key=True).get(pk=bank_id)
    if bank.verified_at is None:
        return
    bank.verified_by, bank.verified_at, bank.verified_because = None, None, ""
    bank.revision += 1
    bank.save(update_fields=["verified_by", "verified_at", "verified_because", "revision"])
    record("bank.unverified", actor=actor, bank=bank.pk, revision=bank.revision)
