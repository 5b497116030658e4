"""Taking the content of an item away for good. What was decided, by which rule and when, stays; so do ids and hashes."""

from typing import Any

from django.db import connection, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.erasure.access import may_erase
from apps.erasure.errors import ContentNeeded
from apps.erasure.models import Erasure
from apps.erasure.queries import needed_because
from apps.errors import Invalid, NotFound
from apps.intake.media.erased import EMPTIED, FULL
from apps.intake.models import Item
from apps.ledger.operations import record
from apps.quality.operations import make_way
from apps.trends.operations import forget_words

# In this order, so that two erasures never wait for each other. Nobody is shown its media from that moment on; the files
# that nothing points to any more are taken from the disk by the tick.
TAKEN = {
    "revisions": """
        UPDATE intake_itemcontent SET text = '', context = '[]', erased_at = %(at)s
        WHERE item_id = %(item)s AND erased_at IS NULL
    """,
    "media": f"UPDATE intake_media media SET {EMPTIED} WHERE item_id = %(item)s AND {FULL}",  # noqa: S608  (constants)
    "evidence": """
        UPDATE intake_accountevidence SET facts = '{}', erased_at = %(at)s
        WHERE item_id = %(item)s AND erased_at IS NULL
    """,
    # That there was a notice, in good faith and on which ground, stays; what it said of the item, and who said it, goes.
    "comments": """
        UPDATE intake_report SET comment = '', notice = notice - '{explanation,name,email,url}'::text[]
        WHERE item_id = %(item)s AND (comment <> '' OR notice ?| '{explanation,name,email,url}'::text[])
    """,
    "decisions": """
        UPDATE decisions_decisionwords words SET evidence = '{}', erased_at = %(at)s
        FROM decisions_decision decision
        WHERE decision.item_id = %(item)s AND words.decision_id = decision.id AND words.erased_at IS NULL
    """,
}


@transaction.atomic
def erase(
    *,
    source: str = "",
    external_id: str = "",
    item_id: int | None = None,
    because: str,
    reference: str = "",
    actor: User | None = None,
    key_id: int | None = None,
) -> Erasure:
    """Erase what an item says and showed, in all its revisions, with the evidence of decisions about it.

    1. Lock the item, named by (source, external id) or by its id. Raises NotFound.
    2. Refuse while its content is needed to decide something (ContentNeeded). What only measures makes way.
    3. Empty its texts, its thread, its media, an account's evidence, what reporters wrote about it, and the evidence of
       decisions; take words that it alone bore out of the counts of trends; write down that it was done, and at whose word: a
       person's who may (NotAllowed), or a program's.

    What follows follows by itself: its labels leave the training data as tombstones within a minute, its files leave
    the disk within two hours, cases of training are emptied within an hour. Asked again, the answer is the same.
    """
    if actor is not None:
        may_erase(actor)
    if because not in Erasure.Because.values:
        reason = f"Say why: {', '.join(Erasure.Because.values)}."
        raise Invalid(errors=[{"field": "because", "reason": reason}])
    named: dict[str, Any] = {"pk": item_id} if item_id else {"source": source, "external_id": external_id}
    # Against all that would refer to it: what is asked about it at this moment is seen, or waits and finds it erased.
    item = Item.objects.select_for_update().filter(**named).first()
    if item is None:
        raise NotFound("There is no such item here.")
    done = Erasure.objects.filter(item=item, revision=item.revision).first()
    if done is not None:
        return done
    make_way(item.pk)  # undone with everything else, if it is refused
    if refusal := needed_because(item.pk):
        raise ContentNeeded(refusal)
    at, counts = now(), {}
    forget_words(item)  # while they can still be read
    with connection.cursor() as cursor:
        for what, statement in TAKEN.items():
            cursor.execute(statement, {"item": item.pk, "at": at})
            counts[what] = cursor.rowcount
    erasure = Erasure.objects.create(
        item=item, revision=item.revision, because=because, reference=reference.strip()[:200], asked_by=actor,
        key_id=key_id, erased_at=at,
    )  # fmt: skip
    record(
        "content.erased", actor=actor, item=item, erasure=erasure.pk, because=because, revision=item.revision,
        key=key_id, **counts,
    )  # fmt: skip
    return erasure
