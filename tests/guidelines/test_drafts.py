"""Drafts: edited by several at once without overwriting, undone, reviewed, approved to the revision, rolled back."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from apps.errors import NotAllowed
from apps.guidelines import parts
from apps.guidelines.errors import (
    AuthorCannotApprove,
    BaseOutdated,
    CodeTaken,
    CommentsOpen,
    EditedMeanwhile,
    NotADraft,
    NotApproved,
    NotComplete,
    NothingToUndo,
    RevisionMoved,
    UndoOvertaken,
    VersionExists,
)
from apps.guidelines.models import Approval, DraftEdit, GuidelineVersion, RetiredRule, RuleVersion
from apps.guidelines.operations import (
    approve,
    ask_for_review,
    bring_up_to_date,
    comment,
    discard,
    load,
    open_draft,
    publish,
    redo,
    resolve,
    save_part,
    undo,
    withdraw_approval,
)
from apps.ledger.models import Event
from tests import make
from tests.conftest import person
from tests.guidelines.test_loading import STARTER
from tests.patience import PATIENCE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_at_once")]


@pytest.fixture
def base(db) -> GuidelineVersion:
    return publish(load(STARTER, actor=None), actor=None, reason="The first.")


@pytest.fixture
def draft(base, policy) -> GuidelineVersion:
    return open_draft(actor=policy)


def part_of(version: GuidelineVersion, code: str) -> str:
    return parts.rule_part(version.rules.get(code=code).identity)


def change(version: GuidelineVersion, of: str, *, by: str = "policy", seen: int | None = None, **fields):
    part = part_of(version, of)
    version.refresh_from_db()
    doc = {**parts.read(version, part), "compatibility": "", **fields}
    seen = version.revision if seen is None else seen
    return save_part(actor=person(by), version_id=version.pk, part=part, doc=doc, seen=seen)


def test_a_draft_begins_as_a_copy_of_what_is_in_force(base, draft):
    assert (draft.state, draft.number, draft.base) == ("draft", "1.2.0", base)

    def words(version):
        return [parts.rule_doc(rule) for rule in version.rules.select_related("policy")]

    before, copy = words(base), words(draft)
    assert [{**doc, "compatibility": "", "predecessors": []} for doc in copy] == [
        {**doc, "compatibility": "", "predecessors": []} for doc in before
    ]
    assert {doc["compatibility"] for doc in copy} == {"same"}
    assert all(doc["predecessors"] == [doc["code"]] for doc in copy)


def test_an_edit_moves_the_revision_and_keeps_what_was_before(draft, policy):
    seen = draft.revision
    edit = change(draft, "VX-1", title="Threats, plainly")
    draft.refresh_from_db()
    assert draft.revision > seen
    assert edit.revision == draft.revision
    assert (edit.before["title"], edit.after["title"]) == (
        "Credible threats and incitement to violence",
        "Threats, plainly",
    )
    event = Event.objects.get(kind="guidelines.edited")
    assert event.data == {"version": draft.pk, "part": edit.part, "revision": edit.revision, "how": "edit"}
    assert change(draft, "VX-1", title="Threats, plainly") is None
    assert DraftEdit.objects.count() == 1


def test_any_way_of_changing_a_draft_moves_its_revision(draft):
    for touch in (
        lambda: draft.rules.filter(code="VX-1").update(title="Otherwise"),
        lambda: draft.policies.filter(code="VX").update(title="Otherwise"),
        lambda: draft.rules.get(code="VX-1").delete(),
        lambda: RetiredRule.objects.create(version=draft, identity="0" * 32, code="XX-1", title="x"),
        lambda: GuidelineVersion.objects.filter(pk=draft.pk).update(principles=["Other."]),
    ):
        before = GuidelineVersion.objects.get(pk=draft.pk).revision
        touch()
        assert GuidelineVersion.objects.get(pk=draft.pk).revision > before
    with pytest.raises(IntegrityError, match="never_changed"), transaction.atomic():
        GuidelineVersion.objects.filter(pk=draft.pk).update(revision=0)


def test_two_who_change_one_rule_both_keep_their_words(draft, policy2):
    seen = draft.revision
    change(draft, "VX-1", title="By the first")
    before = DraftEdit.objects.count()
    with pytest.raises(EditedMeanwhile) as told:
        change(draft, "VX-1", by="policy2", seen=seen, title="By the second")
    conflict = told.value
    assert (conflict.base["title"], conflict.theirs["title"], conflict.yours["title"]) == (
        "Credible threats and incitement to violence",
        "By the first",
        "By the second",
    )
    assert conflict.by == "M-policy"
    assert draft.rules.get(code="VX-1").title == "By the first"
    assert DraftEdit.objects.count() == before
    change(draft, "VX-1", by="policy2", seen=conflict.revision, title="By both")
    assert draft.rules.get(code="VX-1").title == "By both"


def test_two_who_change_different_rules_do_not_meet(draft, policy2):
    seen = draft.revision
    change(draft, "VX-1", title="By the first")
    change(draft, "VX-2", by="policy2", seen=seen, title="By the second")
    assert draft.rules.get(code="VX-2").title == "By the second"


def test_undo_and_redo_go_through_ones_own_changes(draft, policy, policy2):
    change(draft, "VX-1", title="One")
    change(draft, "VX-1", title="Two")
    change(draft, "VX-2", by="policy2", title="Hers")

    def title():
        return draft.rules.get(code="VX-1").title

    undo(actor=policy, version_id=draft.pk)
    assert title() == "One"
    undo(actor=policy, version_id=draft.pk)
    assert title() == "Credible threats and incitement to violence"
    with pytest.raises(NothingToUndo):
        undo(actor=policy, version_id=draft.pk)
    redo(actor=policy, version_id=draft.pk)
    assert title() == "One"
    redo(actor=policy, version_id=draft.pk)
    assert title() == "Two"
    with pytest.raises(NothingToUndo):
        redo(actor=policy, version_id=draft.pk)
    undo(actor=policy, version_id=draft.pk)
    assert title() == "One"
    assert draft.rules.get(code="VX-2").title == "Hers"


def test_undo_never_overwrites_what_somebody_wrote_since(draft, policy, policy2):
    change(draft, "VX-1", title="One")
    change(draft, "VX-1", by="policy2", title="Hers")
    with pytest.raises(UndoOvertaken):
        undo(actor=policy, version_id=draft.pk)
    assert draft.rules.get(code="VX-1").title == "Hers"


def test_a_rule_that_was_in_force_is_retired_never_deleted(draft, policy):
    part = part_of(draft, "VX-1")
    where = [rule.code for rule in draft.rules.filter(policy__code="VX")]
    with pytest.raises(CodeTaken, match="Retire it instead"):
        save_part(actor=policy, version_id=draft.pk, part=part, doc=None, seen=draft.revision)
    doc = {"retired": True, "code": "VX-1", "title": "Threats", "successors": ["VX-2"], "note": "Covered."}
    save_part(actor=policy, version_id=draft.pk, part=part, doc=doc, seen=draft.revision)
    assert not draft.rules.filter(code="VX-1").exists()
    assert draft.retired_rules.get().successors == ["VX-2"]
    undo(actor=policy, version_id=draft.pk)
    assert [rule.code for rule in draft.rules.filter(policy__code="VX")] == where
    assert not draft.retired_rules.exists()


def test_the_database_refuses_to_drop_a_rule_silently(draft):
    draft.rules.filter(code="VX-1").delete()
    make.approved(GuidelineVersion.objects.get(pk=draft.pk))
    with pytest.raises(BaseOutdated):
        publish(draft, actor=person("policy"), reason="x")
    draft.refresh_from_db()
    assert draft.state == "in_review"


def test_a_renamed_rule_stays_the_same_rule_and_its_code_is_never_given_away(draft, policy):
    identity = draft.rules.get(code="VX-1").identity
    change(draft, "VX-1", code="VX-9")
    renamed = draft.rules.get(code="VX-9")
    assert (renamed.identity, renamed.was, renamed.compatibility, renamed.predecessors) == (
        identity,
        "VX-1",
        "same",
        ["VX-1"],
    )
    with pytest.raises(CodeTaken, match="named another rule once"):
        change(draft, "VX-2", code="VX-1")
    with pytest.raises(CodeTaken, match="belongs to another rule of this draft"):
        change(draft, "VX-2", code="VX-9")
    publish(make.approved(draft), actor=policy, reason="Renamed.")
    other = open_draft(actor=policy)
    other.rules.filter(code="VX-2").update(code="VX-1")
    make.approved(GuidelineVersion.objects.get(pk=other.pk))
    with pytest.raises(CodeTaken):
        publish(other, actor=policy, reason="Takes an old name.")


def test_words_that_change_ask_for_their_compatibility(draft, policy):
    change(draft, "VX-1", description="Something else.")
    assert draft.rules.get(code="VX-1").compatibility == ""
    with pytest.raises(NotComplete) as told:
        ask_for_review(actor=policy, version_id=draft.pk)
    assert [error["reason"] for error in told.value.errors] == [
        "Say how VX-1 relates to its wording before: same meaning, narrowed, widened, split or merged."
    ]
    change(draft, "VX-1", compatibility="narrowed")
    ask_for_review(actor=policy, version_id=draft.pk)
    undo(actor=policy, version_id=draft.pk)
    undo(actor=policy, version_id=draft.pk)
    assert draft.rules.get(code="VX-1").compatibility == "same"


def test_an_approval_is_of_one_revision(draft, policy, policy2):
    change(draft, "VX-1", title="Better", compatibility="same")
    make.approved(draft)
    change(draft, "VX-1", title="Better still", compatibility="same")
    with pytest.raises(NotApproved):
        publish(draft, actor=policy, reason="x")
    with pytest.raises(RevisionMoved):
        approve(actor=policy2, version_id=draft.pk, revision=draft.revision - 1)
    assert not Event.objects.filter(kind="guidelines.published").exclude(data__how="installed").exists()
    draft.refresh_from_db()
    approve(actor=policy2, version_id=draft.pk, revision=draft.revision)
    publish(draft, actor=policy, reason="Now.")
    assert GuidelineVersion.objects.get(state="published").pk == draft.pk


def test_who_wrote_any_of_it_does_not_approve(draft, policy, policy2):
    change(draft, "VX-1", by="policy2", title="Hers", compatibility="same")
    ask_for_review(actor=policy, version_id=draft.pk)
    draft.refresh_from_db()
    for name in ("policy", "policy2"):
        with pytest.raises(AuthorCannotApprove):
            approve(actor=person(name), version_id=draft.pk, revision=draft.revision)
        with pytest.raises(IntegrityError, match="author_never_approves"), transaction.atomic():
            Approval.objects.create(version=draft, revision=draft.revision, person=person(name))
    with pytest.raises(NotAllowed):
        approve(actor=person("moderator"), version_id=draft.pk, revision=draft.revision)
    approve(actor=person("admin"), version_id=draft.pk, revision=draft.revision)
    assert Approval.objects.count() == 1


def test_a_withdrawn_approval_counts_no_more(draft, policy, policy2):
    make.approved(draft)
    withdraw_approval(actor=policy2, version_id=draft.pk)
    with pytest.raises(NotApproved):
        publish(draft, actor=policy, reason="x")
    with pytest.raises(IntegrityError, match="withdrawn_once"), transaction.atomic():
        Approval.objects.update(withdrawn_at=None)


def test_comments_are_resolved_before_publishing(draft, policy, policy2):
    make.approved(draft)
    identity = str(draft.rules.get(code="VX-1").identity)
    said = comment(actor=policy2, version_id=draft.pk, text="Too wide?", rule=identity)
    with pytest.raises(CommentsOpen):
        publish(draft, actor=policy, reason="x")
    rows, given = GuidelineVersion.objects, {"state": "published", "publication": "reviewed", "reason": "x"}
    with transaction.atomic():
        rows.filter(pk=draft.base_id).update(state="retired", retired_at=said.at)
        with (
            pytest.raises(IntegrityError, match="comments_are_resolved_before_publishing"),
            transaction.atomic(),
        ):
            rows.filter(pk=draft.pk).update(published_at=said.at, published_by=policy, **given)
        transaction.set_rollback(True)
    resolve(actor=policy, version_id=draft.pk, comment_id=said.pk)
    publish(draft, actor=policy, reason="Answered.")
    assert GuidelineVersion.objects.get(state="published").pk == draft.pk


def test_a_draft_that_another_overtook_is_brought_up_to_date_first(draft, policy):
    other = open_draft(actor=policy)
    change(other, "VX-2", title="From the other", compatibility="same")
    change(other, "VX-3", title="Changed by both, there", compatibility="widened")
    change(draft, "VX-1", title="Mine", compatibility="narrowed")
    change(draft, "VX-3", title="Changed by both, here", compatibility="narrowed")
    publish(make.approved(other), actor=policy, reason="First.")
    make.approved(draft)
    with pytest.raises(BaseOutdated):
        publish(draft, actor=policy, reason="Second.")
    assert bring_up_to_date(actor=policy, version_id=draft.pk) == ["VX-3"]
    titles = dict(draft.rules.values_list("code", "title"))
    assert (titles["VX-1"], titles["VX-2"], titles["VX-3"]) == (
        "Mine",
        "From the other",
        "Changed by both, here",
    )
    draft.refresh_from_db()
    assert draft.base == other
    with pytest.raises(NotApproved):
        publish(draft, actor=policy, reason="Second.")
    approve(actor=person("policy2"), version_id=draft.pk, revision=draft.revision)
    with pytest.raises(CommentsOpen):
        publish(draft, actor=policy, reason="Second.")


def test_going_back_makes_a_new_version_with_the_old_words(base, draft, policy):
    change(draft, "VX-1", title="A mistake", compatibility="same")
    publish(make.approved(draft), actor=policy, reason="x")
    back = open_draft(actor=policy, restore=base)
    assert (back.restores, back.base.pk) == (base, draft.pk)
    rule = back.rules.get(code="VX-1")
    assert (rule.title, rule.compatibility) == ("Credible threats and incitement to violence", "")
    assert back.rules.get(code="VX-2").compatibility == "same"
    assert draft.rules.get(code="VX-1").title == "A mistake"


def test_a_draft_is_thrown_away_whole_and_a_published_version_never(base, draft, policy):
    change(draft, "VX-1", title="x")
    undo(actor=policy, version_id=draft.pk)
    discard(actor=policy, version_id=draft.pk)
    assert list(GuidelineVersion.objects.all()) == [base]
    assert RuleVersion.objects.count() == 51
    with pytest.raises(NotADraft):
        discard(actor=policy, version_id=base.pk)
    with pytest.raises(VersionExists):
        open_draft(actor=policy, number=base.number)


def test_reordering_writes_only_what_moves(draft, policy):
    order = parts.order_doc(draft)
    order["policies"][0]["rules"].reverse()
    save_part(actor=policy, version_id=draft.pk, part="order", doc=order, seen=draft.revision)
    assert parts.order_doc(GuidelineVersion.objects.get(pk=draft.pk)) == order
    undo(actor=policy, version_id=draft.pk)
    assert [rule.code for rule in draft.rules.filter(policy__code="YS")][:2] == ["YS-1", "YS-2"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.races
def test_of_two_who_save_one_rule_at_once_one_is_shown_both(policy, policy2):
    make.house()
    draft = open_draft(actor=policy)
    part = part_of(draft, "VX-1")
    doc, seen = parts.read(draft, part), draft.revision
    together, outcomes = threading.Barrier(2), []

    def go(name: str) -> None:
        together.wait(PATIENCE)
        try:
            save_part(
                actor=person(name), version_id=draft.pk, part=part, doc={**doc, "title": name}, seen=seen
            )
            outcomes.append((name, "saved"))
        except EditedMeanwhile as conflict:
            outcomes.append((name, conflict.theirs["title"]))
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(name,)) for name in ("policy", "policy2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    [(first, _)] = [one for one in outcomes if one[1] == "saved"]
    assert [said for name, said in outcomes if name != first] == [first]
    assert draft.rules.get(code="VX-1").title == first
