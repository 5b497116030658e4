"""The editor's pages: what is typed is saved, two people never overwrite each other, and the way to publishing."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import localtime, now

from apps.accounts.models import User
from apps.guidelines import parts, queries
from apps.guidelines.models import Comment, DraftEdit, GuidelineVersion, LeadNotice, Schedule
from apps.guidelines.operations import load, open_draft, publish, publish_due, save_part
from apps.guidelines.operations.publishing import LEAD
from apps.ledger.models import Event
from tests import make
from tests.conftest import person
from tests.guidelines.test_loading import SMALL

pytestmark = pytest.mark.django_db
EDIT = "/guidelines/versions/0.2/edit/"
REVIEW = "/guidelines/versions/0.2/review/"


@pytest.fixture
def draft(db, policy) -> GuidelineVersion:
    publish(load(SMALL, actor=None), actor=None, reason="The first.")
    return open_draft(actor=policy, number="0.2")


def address(draft: GuidelineVersion, code: str = "AB-1") -> str:
    return f"{EDIT}rules/{draft.rules.get(code=code).identity}/"


def filled(page: str, **changes) -> dict[str, list[str]]:
    """The form of a page as a browser would send it, with changes."""
    form = page[page.index('id="editor"') : page.index("</form>", page.index('id="editor"'))]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r'name="([^"]+)"', tag)
        kind = re.search(r'type="([^"]+)"', tag)
        if not name or (kind and kind[1] in ("checkbox", "radio") and " checked" not in tag):
            continue
        value = re.search(r'value="([^"]*)"', tag)
        sent.setdefault(name[1], []).append(value[1] if value else "")
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?([^<]*)</textarea>', form):
        sent.setdefault(name, []).append(text)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)"[^>]* selected', options)
        sent.setdefault(name, []).append(chosen[1] if chosen else "")
    return sent | {name: value if isinstance(value, list) else [value] for name, value in changes.items()}


def test_a_form_that_is_sent_back_unchanged_changes_nothing(draft, signed_in):
    client = signed_in("policy")
    page = client.get(address(draft)).content.decode()
    response = client.post(address(draft), filled(page))
    assert (response.status_code, response.url) == (302, EDIT)
    assert not DraftEdit.objects.exists()


def test_new_words_are_asked_what_they_mean(draft, signed_in):
    """The form has no answer ready: "Same meaning" is what somebody says, never what nobody did."""
    client = signed_in("policy")
    page = client.get(address(draft)).content.decode()
    client.post(address(draft), filled(page, description="It says something else now."))
    assert draft.rules.get(code="AB-1").compatibility == ""
    assert "1 thing still missing" in client.get(EDIT).content.decode()
    page = client.get(address(draft)).content.decode()
    client.post(address(draft), filled(page, compatibility="same"))
    assert draft.rules.get(code="AB-1").compatibility == "same"
    page = client.get(address(draft)).content.decode()
    client.post(address(draft), filled(page, title="Another title"))
    assert draft.rules.get(code="AB-1").compatibility == "same"


def test_a_draft_in_review_stands_where_policy_leads_begin(draft, signed_in):
    client = signed_in("policy")
    page = client.get(address(draft)).content.decode()
    client.post(address(draft), filled(page, description="Says more.", compatibility="narrowed"))
    waits = f'<a href="{REVIEW}">Draft 0.2</a> waits for a review'
    assert waits not in client.get("/guidelines/").content.decode()
    client.post(f"{REVIEW}ask/")
    assert waits in signed_in("policy2").get("/guidelines/").content.decode()
    assert waits not in signed_in("moderator").get("/guidelines/").content.decode()


def test_every_field_of_a_rule_is_saved(draft, signed_in):
    client = signed_in("policy")
    page = client.get(address(draft)).content.decode()
    client.post(
        address(draft),
        filled(
            page,
            title="Another rule",
            code="ab-4",
            description="Says *more*.\r\nIn two lines.",
            severity="5",
            exposure="2",
            violating_examples=["One.", " ", "Two."],
            allowed_examples=["None of it."],
            usual="no_action",
            others=["remove", "no_action"],
            compatibility="narrowed",
            note="Covers less.",
            check_required="on",
            **{
                "question-key": ["", ""],
                "question-text": ["Recovery or promotion?", ""],
                "question-options": ["recovery\r\npromotion\r\n", ""],
                "handling-dual_review": [],
                "handling-order_deadline_minutes": "30",
            },
        ),
    )
    rule = draft.rules.get()
    assert (rule.title, rule.code, rule.was, rule.severity, rule.exposure) == (
        "Another rule",
        "AB-4",
        "AB-1",
        5,
        2,
    )
    assert (rule.description, rule.violating_examples) == ("Says *more*.\nIn two lines.", ["One.", "Two."])
    assert (rule.allowed_examples, rule.actions) == (["None of it."], ["no_action", "remove"])
    assert rule.questions == [
        {
            "key": "recovery_or_promotion",
            "text": "Recovery or promotion?",
            "options": ["recovery", "promotion"],
        }
    ]
    assert rule.handling == {"order_deadline_minutes": 30, "notify": "somebody"}
    assert (rule.compatibility, rule.predecessors, rule.note, rule.check_required) == (
        "narrowed",
        ["AB-1"],
        "Covers less.",
        True,
    )


def test_what_cannot_be_used_is_said_and_what_was_typed_stays(draft, signed_in):
    client = signed_in("policy")
    page = client.get(address(draft)).content.decode()
    sent = filled(
        page, title="Typed words", predecessors="ZZ-1", **{"handling-order_deadline_minutes": "soon"}
    )
    response = client.post(address(draft), sent)
    assert response.status_code == 422
    answer = response.content.decode()
    assert "The version before has no rule ZZ-1." in answer
    assert "needs a whole number from 1 to 100,000" in answer
    assert 'value="Typed words"' in answer
    assert not DraftEdit.objects.exists()


def test_it_is_saved_while_one_writes_and_never_over_somebody_elses_words(draft, signed_in, policy2):
    mine, hers = signed_in("policy"), signed_in("policy2")
    at = address(draft)
    page = mine.get(at).content.decode()
    other = hers.get(at).content.decode()
    saved = mine.post(at, filled(page, title="Mine"), headers={"HX-Request": "true"}).content.decode()
    assert "Saved" in saved
    assert "<html" not in saved
    told = hers.post(at, filled(other, title="Hers", note="A note"), headers={"HX-Request": "true"})
    assert "M-policy changed this while you were writing. Nothing of either is lost." in told.content.decode()
    assert draft.rules.get().title == "Mine"
    response = hers.post(at, filled(other, title="Hers", note="A note"))
    assert response.status_code == 409
    page = response.content.decode()
    assert "Two people wrote at once" in page
    for part in ("<del>A rule</del><ins>Mine</ins>", "<del>A rule</del><ins>Hers</ins>", "both changed it"):
        assert part in page
    kept = re.search(r'name="kept" value="([^"]+)"', page)[1]
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    choice = {"kept": kept, "seen": seen, "take-title": "own", "own-title": "Ours", "take-note": "yours"}
    assert hers.post(f"{EDIT}merge/", choice).status_code == 302
    rule = draft.rules.get()
    assert (rule.title, rule.note) == ("Ours", "A note")
    assert hers.post(f"{EDIT}merge/", {**choice, "own-title": "Again"}).status_code == 409
    assert draft.rules.get().title == "Ours"


def test_a_preview_is_sanitised_and_saves_nothing(draft, signed_in):
    client = signed_in("policy")
    page = client.get(address(draft)).content.decode()
    text = "Very *plain* <script>alert(1)</script> [x](javascript:alert(1))"
    preview = client.post(address(draft), filled(page, description=text, step="preview")).content.decode()
    assert "Very <em>plain</em>" in preview
    assert "<script>" not in preview
    assert 'href="javascript' not in preview
    assert not DraftEdit.objects.exists()


def test_rules_are_added_moved_undone_and_retired(draft, signed_in):
    client = signed_in("policy")
    policy_identity = draft.policies.get().identity
    response = client.post(f"{EDIT}add/", {"policy": str(policy_identity)})
    made = draft.rules.get(code="AB-2")
    assert response.url == f"{EDIT}rules/{made.identity}/"
    seen = GuidelineVersion.objects.get(pk=draft.pk).revision
    client.post(f"{EDIT}order/", {"move": f"{made.identity}:up", "seen": seen})
    assert [rule.code for rule in draft.rules.all()] == ["AB-2", "AB-1"]
    client.post(f"{EDIT}undo/")
    assert [rule.code for rule in draft.rules.all()] == ["AB-1", "AB-2"]
    order = parts.order_doc(draft)
    order["policies"][0]["rules"].reverse()
    import json

    seen = GuidelineVersion.objects.get(pk=draft.pk).revision
    page = client.post(
        f"{EDIT}order/", {"order": json.dumps(order), "seen": seen}, headers={"HX-Request": "true"}
    ).content.decode()
    assert page.index("AB-2") < page.index("AB-1")
    order["policies"][0]["rules"].pop()
    client.post(f"{EDIT}order/", {"order": json.dumps(order), "seen": seen + 100})
    assert draft.rules.count() == 2
    page = client.get(f"{address(draft)}retire/").content.decode()
    assert "retired, never deleted" in page
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    client.post(f"{address(draft)}retire/", {"successors": "ab-2", "note": "Covered.", "seen": seen})
    gone = draft.retired_rules.get()
    assert (gone.code, gone.successors, gone.note) == ("AB-1", ["AB-2"], "Covered.")
    assert "Retired in this draft" in client.get(EDIT).content.decode()


def test_the_whole_way_from_a_draft_to_being_in_force(draft, signed_in, policy2):
    author, reviewer, reader = signed_in("policy"), signed_in("policy2"), signed_in("moderator")
    page = author.get(address(draft)).content.decode()
    author.post(
        address(draft), filled(page, description="Says what truly breaks it.", compatibility="narrowed")
    )
    assert author.post(f"{REVIEW}ask/").status_code == 302
    page = reviewer.get(REVIEW).content.decode()
    assert "Says what<ins> truly</ins> breaks it." in page
    identity = draft.rules.get().identity
    reviewer.post(f"{REVIEW}comment/", {"rule": str(identity), "text": "Really?"})
    revision = re.search(r'name="revision" value="(\d+)"', page)[1]
    assert reviewer.post(f"{REVIEW}approve/", {"revision": revision}).status_code == 302
    refused = author.post("/guidelines/versions/0.2/publish/", {"revision": revision, "reason": "Clearer."})
    assert refused.status_code == 409
    assert "There are comments that nobody has resolved." in refused.content.decode()
    assert "Clearer." in refused.content.decode()
    author.post(f"{REVIEW}comments/{Comment.objects.get().pk}/resolve/")
    with time_machine.travel(now(), tick=False) as clock:
        done = author.post("/guidelines/versions/0.2/publish/", {"revision": revision, "reason": "Clearer."})
        assert (done.status_code, done.url) == (302, "/guidelines/versions/0.2/")
        assert "truly" not in reader.get("/guidelines/rules/AB-1/").content.decode()
        clock.shift(LEAD)
        assert "Says what truly breaks it." in reader.get("/guidelines/rules/AB-1/").content.decode()
    page = reader.get("/guidelines/versions/0.2/").content.decode()
    for words in ("Clearer.", "M-policy", "M-policy2", "reviewed and approved"):
        assert words in page
    diff = reader.get("/guidelines/compare/?from=0.1&to=0.2&rule=AB-1").content.decode()
    assert "<ins> truly</ins>" in diff
    assert "Narrowed" in diff


def test_the_author_and_a_stale_reader_do_not_approve(draft, signed_in, policy2):
    author, reviewer = signed_in("policy"), signed_in("policy2")
    author.post(f"{REVIEW}ask/")
    draft.refresh_from_db()
    refused = author.post(f"{REVIEW}approve/", {"revision": draft.revision})
    assert (refused.status_code, "You wrote part of this draft" in refused.content.decode()) == (403, True)
    refused = reviewer.post(f"{REVIEW}approve/", {"revision": draft.revision - 1})
    assert (refused.status_code, "has changed since you read it" in refused.content.decode()) == (409, True)
    assert not Event.objects.filter(kind="guidelines.approved").exists()


def plan(client, draft, at, revision) -> int:
    moment = localtime(at)
    return client.post(
        "/guidelines/versions/0.2/publish/",
        {
            "revision": revision,
            "reason": "Later.",
            "when": "later",
            "day": f"{moment:%Y-%m-%d}",
            "time": f"{moment:%H:%M}",
        },
    ).status_code


@pytest.fixture
def planned(draft, signed_in, policy2):
    """The draft, approved and planned for two hours from now, with the clock in hand."""
    start = now().replace(second=0, microsecond=0)
    with time_machine.travel(start, tick=False) as clock:
        make.approved(draft)
        draft.refresh_from_db()
        assert plan(signed_in("policy"), draft, start + timedelta(hours=2), draft.revision) == 302
        yield clock


def test_a_planned_publication_takes_effect_at_its_very_moment(planned, draft):
    before = queries.in_force().id
    due = Schedule.objects.get()
    planned.shift(timedelta(hours=2) - LEAD - timedelta(seconds=1))
    assert publish_due() == 0
    planned.shift(timedelta(seconds=1))
    assert publish_due() == 1
    assert publish_due() == 0
    draft.refresh_from_db()
    assert draft.published_at == due.effective_at
    queries.forget_in_force()
    assert queries.in_force().id == before
    planned.shift(LEAD)
    assert queries.in_force().id == draft.pk
    assert Schedule.objects.get().state == "done"


def lose_the_role(draft):
    User.objects.filter(username="policy").update(roles=["moderator"])


def approver_loses_the_role(draft):
    User.objects.filter(username="policy2").update(roles=[])


def overtaken(draft):
    other = load(SMALL.replace('"0.1"', '"9"'), actor=None)
    publish(other, actor=None, reason="Meanwhile.")


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (lose_the_role, "M-policy, who planned it, is not a policy lead any more."),
        (approver_loses_the_role, "Its approval was withdrawn, or who gave it may not approve any more."),
        (overtaken, "Version 9 was published after this draft was begun."),
    ],
)
def test_a_planned_publication_that_cannot_stand_is_refused_and_the_leads_are_told(
    planned, draft, what, reason, signed_in
):
    what(draft)
    published = Event.objects.filter(kind="guidelines.published").count()
    planned.shift(timedelta(hours=2))
    assert publish_due() == 0
    schedule = Schedule.objects.get()
    assert schedule.state == "refused"
    assert schedule.refusal.startswith(reason)
    draft.refresh_from_db()
    assert draft.state == "in_review"
    assert Event.objects.filter(kind="guidelines.published").count() == published
    notices = LeadNotice.objects.exclude(person__username="admin")
    assert notices.count() == User.objects.filter(roles__contains=["policy_lead"]).count() >= 1
    assert all(reason in notice.text for notice in notices)
    lead = notices.first().person
    client = signed_in(lead)
    page = client.get("/guidelines/versions/").content.decode()
    assert "will not be published as planned" in page
    client.post(f"/guidelines/notices/{notices.get(person=lead).pk}/seen/")
    assert "will not be published as planned" not in client.get("/guidelines/versions/").content.decode()


def test_a_change_and_a_withdrawn_approval_call_the_plan_off_at_once(planned, draft, signed_in):
    signed_in("policy2").post(f"{REVIEW}withdraw/")
    assert Schedule.objects.get().refusal == "M-policy2 withdrew the approval."
    assert LeadNotice.objects.filter(person__username="policy").count() == 1
    make.approved(draft)
    draft.refresh_from_db()
    assert plan(signed_in("policy"), draft, now() + timedelta(hours=2), draft.revision) == 302
    signed_in("policy").post(f"{EDIT}add/", {})
    assert Schedule.objects.first().refusal.startswith("M-policy changed version 0.2")


def test_two_publications_are_never_planned_at_once(planned, draft, signed_in):
    other = open_draft(actor=person("policy"), number="0.3")
    make.approved(other)
    other.refresh_from_db()
    moment = localtime(now() + timedelta(hours=3))
    response = signed_in("policy").post(
        "/guidelines/versions/0.3/publish/",
        {
            "revision": other.revision,
            "reason": "x",
            "when": "later",
            "day": f"{moment:%Y-%m-%d}",
            "time": f"{moment:%H:%M}",
        },
    )
    assert response.status_code == 409
    assert "Version 0.2 is already planned for" in response.content.decode()
    assert Schedule.objects.count() == 1
    assert plan(signed_in("policy"), draft, now() - timedelta(hours=1), draft.revision) == 422


def test_an_emergency_takes_two_people_and_is_marked_for_ever(draft, signed_in, policy2):
    first, second = signed_in("policy"), signed_in("policy2")
    draft.refresh_from_db()
    asked = {"revision": draft.revision, "reason": "It cannot wait."}
    assert second.post(f"{REVIEW}confirm/", asked).status_code == 409
    assert first.post(f"{REVIEW}emergency/", asked).status_code == 302
    alone = first.post(f"{REVIEW}confirm/", asked)
    assert (alone.status_code, "takes two people" in alone.content.decode()) == (403, True)
    assert "M-policy</strong> asks for it: “It cannot wait.”" in second.get(REVIEW).content.decode()
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert second.post(f"{REVIEW}confirm/", asked).status_code == 409
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert second.post(f"{REVIEW}confirm/", asked).status_code == 302
    draft.refresh_from_db()
    assert (draft.publication, draft.published_by.username, draft.seconded_by.username) == (
        "emergency",
        "policy",
        "policy2",
    )
    page = signed_in("moderator").get("/guidelines/versions/0.2/").content.decode()
    assert "Published in an emergency by two people, without review." in page


def test_faults_of_a_file_are_listed_with_their_lines_and_nothing_is_loaded(draft, signed_in):
    bad = (
        SMALL.replace('"0.1"', '"5"')
        .replace("exposure: 1", "exposure: 9")
        .replace("title: A rule", "titel: A rule")
    )
    bad = bad.replace("actions: [remove, no_action]", "actions: [vanish]").replace(
        "[One that does not.]", "[]"
    )
    response = signed_in("policy").post("/guidelines/load/", {"text": bad})
    assert response.status_code == 422
    page = response.content.decode()
    for fault in (
        "unknown entry “titel”",
        "exposure of AB-1",
        "“vanish” is not known",
        "“allowed_examples” of AB-1 needs",
    ):
        assert fault in page
    assert len(re.findall(r"<li><strong>Line \d+</strong>", page)) == 5
    assert "titel: A rule" in page
    assert not GuidelineVersion.objects.filter(number="5").exists()
    good = SMALL.replace('"0.1"', '"5"')
    assert signed_in("policy").post("/guidelines/load/", {"text": good}).url == "/guidelines/versions/5/edit/"


def test_pages_cost_the_same_number_of_queries_however_many_rules(
    signed_in, policy, django_assert_max_num_queries
):
    make.house()
    open_draft(actor=policy, number="0.2")
    client = signed_in("policy")
    client.get(EDIT)
    with django_assert_max_num_queries(23):
        client.get(EDIT)
    with django_assert_max_num_queries(30):
        client.get(REVIEW)
    with django_assert_max_num_queries(16):
        client.get("/guidelines/compare/?from=1.1.0&to=0.2")


def test_a_draft_that_changes_nothing_is_not_offered_for_review(signed_in, policy):
    make.house()
    version = open_draft(actor=policy, number="0.2")
    client = signed_in("policy")
    for page in (EDIT, REVIEW):
        assert "Ask for a review" not in client.get(page).content.decode()
    assert "It changes nothing yet" in client.get(EDIT).content.decode()
    rule = version.rules.get(code="VX-1")
    doc = {**parts.rule_doc(rule), "title": "Threats that are meant"}
    save_part(
        actor=policy,
        version_id=version.pk,
        part=parts.rule_part(rule.identity),
        doc=doc,
        seen=version.revision,
    )
    for page in (EDIT, REVIEW):
        assert "Ask for a review" in client.get(page).content.decode()
