"""The pages of a bank that an exchange fills, of an entry a program speaks of, and of a case with a frame that matches."""

from django.db import transaction
from django.utils.timezone import now

from apps.accounts.keys import issue
from apps.accounts.models import MachineKey
from apps.intake.models import Media
from apps.ledger.operations import drain, record
from apps.matching import operations
from apps.matching.hashes import NewEntry
from apps.matching.models import Entry, Exchange, OwedOpinion
from apps.matching.operations.entering import add_entries
from apps.queues.models import Case
from tests.browser.test_pages import look
from tests.conftest import person
from tests.matching.conftest import HASH, bank, flipped, sent


def test_what_an_exchange_is_told_and_when_a_frame_is_shown_are_clean(visit, axe):
    into = bank("Shared list", source="exchange", verified=False)
    exchange = Exchange.objects.create(name="Sharing", kind="sharing", bank=into)
    operations.let_tell(actor=person("admin"), bank_id=into.pk, on=True)
    values = [HASH, *(flipped(HASH, 50 * n) for n in (1, 2, 3))]
    with transaction.atomic():
        news = [NewEntry(signal="pdq", value=one, ref=f"pdq:{one}") for one in values]
        add_entries(bank=into, entries=news, actor=None)
    entries = list(Entry.objects.filter(bank=into).order_by("id"))
    for number, one in enumerate(entries, 1):
        operations.opine_by_decision(
            person_id=person("moderator").pk,
            entry_ids=[one.pk],
            upheld=number < 3,
            decision_id=number,
            item_id=0,
        )
    owed = list(OwedOpinion.objects.order_by("id").values_list("pk", flat=True))
    for pk, state, reason in zip(
        owed[1:], ("sent", "refused", "dropped"),
        ("", "The exchange refused it (HTTP 403).", "No decision here says so by now."), strict=True,
    ):  # fmt: skip
        OwedOpinion.objects.filter(pk=pk).update(state=state, reason=reason, settled_at=now())
    OwedOpinion.objects.filter(pk=owed[0]).update(
        attempts=2, reason="The exchange did not answer as it should (TimeoutError)."
    )
    issue("hash service", ["banks"])
    operations.opine(
        actor=MachineKey.objects.latest("id"), entry_id=entries[0].pk, says="negative", why="A weather map."
    )
    item = sent(kind="video", report="HR-1")
    Media.objects.create(
        item=item, revision=item.revision, position=0, mime="video/mp4", state="ready", file="x", sha256="ab" * 32,
        frame_pdqs=[["0f" * 32, 90], [flipped(HASH, 3), 90]], frame_offsets=[3_000, 12_400], frames=2,
    )  # fmt: skip
    with transaction.atomic():
        record("item.prepared", actor=None, item=item, revision=item.revision)
    drain()
    case = Case.objects.get(item=item)
    page = visit("admin")
    wrong = []
    for path, said in (
        (f"/banks/{into.pk}/", "Tell it nothing more"),
        (f"/banks/entries/{entries[0].pk}/", "hash service"),
        (f"/cases/{case.pk}/", "a frame at 0:12 matches"),
    ):
        page.goto(path, wait_until="load")
        assert said in page.locator("main").inner_text()
        wrong += look(page, axe, path)
    assert wrong == []
    page.goto(f"/banks/{into.pk}/")
    page.get_by_role("button", name="Tell it nothing more").click()
    page.get_by_text("It is told nothing more; what waited is not sent.").wait_for()
    exchange.refresh_from_db()
    assert exchange.tells_since is None
