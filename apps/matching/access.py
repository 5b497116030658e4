from apps.accounts.models import Role, User
from apps.errors import NotFound
from apps.intake.models import Item
from apps.matching.models import Bank, Entry, Says

KEEPS = (Role.POLICY_LEAD, Role.ADMIN)  # make and change banks
DISPUTES = (Role.SENIOR_MODERATOR, *KEEPS)  # say what they hold of an entry
ALLOWS_TELLING = (Role.ADMIN,)  # lets an exchange be told what is decided here
READS = (Role.SUPERVISOR, *DISPUTES)


def access_bank(bank_id: int) -> Bank:
    bank = Bank.objects.select_related("created_by", "verified_by").filter(pk=bank_id).first()
    if bank is None:
        sentence = "There is no bank with this number."
        raise NotFound(sentence, errors=[{"field": "bank_id", "reason": sentence}])
    return bank


def access_entry(entry_id: int) -> Entry:
    entry = Entry.objects.select_related("bank", "added_by").filter(pk=entry_id).first()
    if entry is None:
        sentence = "There is no entry with this number."
        raise NotFound(sentence, errors=[{"field": "entry_id", "reason": sentence}])
    return entry


def access_item(item_id: int) -> Item:
    item = Item.objects.filter(pk=item_id).first()
    if item is None:
        raise NotFound("There is no item with this number.")
    return item


def says_when_adding(person: User) -> str:
    """Who keeps banks vouches for what she adds; others' additions are to be looked into first."""
    return Says.POSITIVE if person.has_role(*KEEPS) else Says.SEED
