"""The routing pages: change, see what it would have done, confirm; never over somebody else's change."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import now

from apps.intake.models import Author
from apps.ledger.models import Event
from apps.queues import routing_preview
from apps.queues.models import Case, Queue, RoutingRule
from apps.queues.operations import refresh_cases
from apps.queues.operations.editing import stamp_of
from apps.queues.queries import routing_rules
from apps.queues.routing_preview import Tally, count_on
from tests import make


@pytest.fixture
def house(db):
    make.house()


@pytest.fixture
def web(house, signed_in):
    return signed_in("supervisor")


def rule(name):
    return RoutingRule.objects.get(name=name)


def queue(slug):
    return Queue.objects.get(slug=slug)


def typed(name, slug, **conditions):
    return {
        "name": name,
        "queue": queue(slug).pk,
        "active": "on",
        "stamp": stamp_of(routing_rules()),
        **conditions,
    }


def events():
    return list(Event.objects.filter(kind__startswith="routing.").values_list("kind", "data"))


def order():
    return [rule.name for rule in routing_rules()]


def hidden(answer):
    """The hidden fields of the page's form of the change, as a browser would send them."""
    form = re.search(r'<form id="change".*?</form>', answer.content.decode(), re.S).group()
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        if name != "csrfmiddlewaretoken":
            fields.setdefault(name, []).append(value)
    return fields


def test_the_rules_are_listed_in_order_in_words(web):
    text = web.get("/queues/routing/").content.decode()
    assert "When the policy is Youth safety (YS)." in text
    assert "severity is 4 or higher, and the author is a public figure" in text
    assert text.index("Youth safety") < text.index("Legal-only") < text.index("Whatever no rule matches")
    assert "Everything else" in text


@pytest.mark.parametrize("many", [1, 50])
def test_the_list_costs_the_same_for_any_number_of_rules(web, many, django_assert_num_queries):
    for n in range(many):
        RoutingRule.objects.create(name=f"rule {n}", position=100 + n, queue=queue("hate"))
    web.get("/queues/routing/")
    # session with its person, rules with their queues, queues
    with django_assert_num_queries(3):
        assert web.get("/queues/routing/").status_code == 200


def test_unreachable_and_overlapping_rules_are_pointed_out_beside_them(web):
    RoutingRule.objects.create(
        name="Hate in Khmer", position=90, queue=queue("escalations"),
        conditions={"rules": ["HT-1"], "languages": ["km"]},
    )  # fmt: skip
    RoutingRule.objects.create(
        name="Videos", position=91, queue=queue("graphic"), conditions={"kinds": ["video"]}
    )
    RoutingRule.objects.create(
        name="Old", position=92, queue=queue("graphic"), conditions={"policies": ["QQ"]}
    )
    text = web.get("/queues/routing/").content.decode()
    unreachable = text[text.index("Hate in Khmer") :]
    assert "Unreachable: every case it matches goes by an earlier rule already." in unreachable
    assert "6. Hate" in unreachable[: unreachable.index("Videos")]
    assert "Overlaps: a case that matches both goes by the earlier rule." in unreachable
    assert "Matches nothing: QQ is not in the guidelines in force." in unreachable


def test_the_starter_rules_are_all_reached_and_exceptions_stand_before_what_they_are_taken_from(web):
    text = web.get("/queues/routing/").content.decode()
    assert "Unreachable" not in text
    assert "Overlaps" not in text
    assert text.count("Some of its cases go by an exception above it.") == 9
    assert "Routing rules to look at" not in web.get("/queues/").content.decode()
    item = make.item(author=Author.objects.create(source="test", external_id="minister", public_figure=True))
    make.report(item, rule="VX-1")
    refresh_cases([item.pk])
    assert Case.objects.get(item=item).queue.slug == "escalations"


def test_the_queues_page_names_the_rules_to_look_at(web):
    unreachable = RoutingRule.objects.create(
        name="Hate in Khmer", position=90, queue=queue("escalations"),
        conditions={"rules": ["HT-1"], "languages": ["km"]},
    )  # fmt: skip
    text = web.get("/queues/").content.decode()
    said = text[text.index("Routing rules to look at") :]
    assert (
        f'<a href="/queues/routing/#rule-{unreachable.pk}">13. Hate in Khmer</a>: Unreachable: every case'
        in said
    )
    unreachable.active = False
    unreachable.save()
    assert "Routing rules to look at" not in web.get("/queues/").content.decode()


def test_nothing_is_saved_before_the_count_was_seen(web):
    answer = web.post("/queues/routing/new/", typed("Khmer first", "escalations", languages="km"))
    assert answer.status_code == 200
    assert "Nothing is saved yet" in answer.content.decode()
    assert (RoutingRule.objects.filter(name="Khmer first").exists(), events()) == (False, [])


def test_the_dry_run_says_how_many_cases_would_have_gone_where_and_shows_no_content(web):
    for _ in range(3):
        khmer = make.case(queue="hate", language="km", rule_codes=["HT-1"])
    make.case(queue="hate", rule_codes=["HT-1"])
    make.case(language="km")
    long_ago = make.case(queue="hate", language="km", rule_codes=["HT-1"])
    Case.objects.filter(pk=long_ago.pk).update(opened_at=now() - timedelta(days=8))
    before = rule("Youth safety").pk
    answer = web.post(
        "/queues/routing/new/", typed("Khmer first", "escalations", languages="km", before=before)
    )
    text = answer.content.decode()
    assert "<strong>4</strong> of 5 cases would have gone to another queue." in text
    assert re.search(
        r'data-label="From">Hate and discrimination</th><td data-label="To">Escalations</td>'
        r'<td data-label="Cases" class="num">3</td>',
        text,
    )
    assert f'href="/cases/{khmer.pk}/"' in text
    assert "A post somebody reported" not in text


def test_a_case_for_a_second_person_is_not_counted(web):
    make.case(queue="second-person", language="km", purpose="approval")
    answer = web.post("/queues/routing/new/", typed("Khmer", "escalations", languages="km"))
    assert "there is nothing to compare with" in answer.content.decode()


def test_what_was_confirmed_is_saved_and_written_down(web, supervisor):
    before = rule("Legal-only")
    change = typed("Khmer first", "escalations", languages="km", before=before.pk, step="preview")
    seen = web.post("/queues/routing/new/", change)
    answer = web.post("/queues/routing/new/", {**hidden(seen), "step": "save"})
    assert answer.status_code == 302
    made = rule("Khmer first")
    assert made.conditions == {"languages": ["km"]}
    assert order()[:3] == ["Youth safety", "Khmer first", "Legal-only"]
    ((kind, data),) = events()
    assert (kind, data["rule"], data["after"]["conditions"]) == (
        "routing.added",
        made.pk,
        {"languages": ["km"]},
    )
    assert Event.objects.get(kind="routing.added").actor_id == supervisor.pk


def test_a_rule_is_changed_with_what_was_before_and_after(web):
    hate = rule("Hate")
    change = typed("Hate", "hate", policies=["HT"], kinds=["text", "image"], version=hate.version)
    seen = web.post(f"/queues/routing/{hate.pk}/", change)
    assert "the kind is text or image" in seen.content.decode()
    web.post(f"/queues/routing/{hate.pk}/", {**hidden(seen), "step": "save"})
    hate.refresh_from_db()
    assert (hate.conditions, hate.version) == ({"policies": ["HT"], "kinds": ["text", "image"]}, 2)
    ((kind, data),) = events()
    assert kind == "routing.edited"
    assert data["before"]["conditions"] == {"policies": ["HT"]}
    assert data["after"]["conditions"] == {"policies": ["HT"], "kinds": ["text", "image"]}


def test_everything_a_rule_may_ask_for_is_kept(web):
    asked = {
        "policies": ["HT"], "rules": ["VX-1"], "kinds": ["text"], "sources": ["user_report"], "purposes": ["review"],
        "languages": "km, EN", "countries": ["KH", "VN"], "min_severity": 4, "min_views": 100, "min_views_per_hour": 10,
        "min_followers": 1000, "public_figure": "on", "minors": "on", "trusted": "on",
    }  # fmt: skip
    seen = web.post("/queues/routing/new/", typed("All of it", "hate", **asked))
    web.post("/queues/routing/new/", {**hidden(seen), "step": "save"})
    assert rule("All of it").conditions == {
        **asked,
        "languages": ["km", "en"],
        "countries": ["KH", "VN"],
        "public_figure": True,
        "minors": True,
        "trusted": True,
    }
    # The form of the saved rule says the same again.
    again = web.get(f"/queues/routing/{rule('All of it').pk}/").content.decode()
    assert 'value="km, en"' in again
    assert re.findall(r'name="countries" value="(\w\w)"[^>]*checked', again) == ["KH", "VN"]
    assert "Cambodia, Viet" in again


def test_switching_a_rule_off_goes_through_the_count_too(web):
    hate = rule("Hate")
    seen = web.post(f"/queues/routing/{hate.pk}/", {"step": "toggle"})
    assert "Nothing is saved yet" in seen.content.decode()
    hate.refresh_from_db()
    assert hate.active is True
    web.post(f"/queues/routing/{hate.pk}/", {**hidden(seen), "step": "save"})
    hate.refresh_from_db()
    assert (hate.active, hate.conditions) == (False, {"policies": ["HT"]})


def test_rules_are_moved_by_buttons_and_saved_only_after_the_count(web):
    before = routing_rules()
    typed_order = {"stamp": stamp_of(before), "order": [rule.pk for rule in before]}
    moved = web.post("/queues/routing/order/", {**typed_order, "move": f"{before[1].pk}:up"})
    assert order()[0] == "Youth safety"
    found = re.findall(r'name="order" value="(\d+)"', moved.content.decode())
    assert [int(pk) for pk in found[:2]] == [before[1].pk, before[0].pk]
    seen = web.post("/queues/routing/order/", {**typed_order, "order": found, "step": "preview"})
    assert (order()[0], events()) == ("Youth safety", [])
    web.post("/queues/routing/order/", {**hidden(seen), "step": "save"})
    assert order()[:2] == ["Legal-only", "Youth safety"]
    ((kind, data),) = events()
    assert (kind, data["before"][0], data["after"][0]) == ("routing.reordered", before[0].pk, before[1].pk)


def test_a_moved_row_comes_alone_when_the_page_asks_with_htmx(web):
    before = routing_rules()
    body = {"stamp": stamp_of(before), "order": [r.pk for r in before], "move": f"{before[0].pk}:down"}
    answer = web.post("/queues/routing/order/", body, headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith('<form id="order"')


@pytest.mark.parametrize("move", ["1:up", "999999:down", "nonsense", ":", "٣:up"])
def test_a_move_that_leads_nowhere_changes_nothing(web, move):
    before = routing_rules()
    body = {"stamp": stamp_of(before), "order": [r.pk for r in before], "move": move}
    if move == "1:up":
        body["move"] = f"{before[0].pk}:up"
    answer = web.post("/queues/routing/order/", body)
    found = re.findall(r'name="order" value="(\d+)"', answer.content.decode())
    assert [int(pk) for pk in found] == [r.pk for r in before]


def test_an_order_that_forgets_or_repeats_a_rule_is_not_taken(web):
    before = routing_rules()
    for wanted in ([r.pk for r in before[1:]], [before[0].pk] * len(before), []):
        body = {"stamp": stamp_of(before), "order": wanted, "step": "save"}
        assert web.post("/queues/routing/order/", body).status_code == 409
    assert (order(), events()) == ([r.name for r in before], [])


def test_a_rule_somebody_else_changed_is_shown_in_both_versions(web):
    hate = rule("Hate")
    mine = typed("Hate, mine", "hate", policies=["HT"], version=hate.version)
    RoutingRule.objects.filter(pk=hate.pk).update(name="Hate, theirs", version=2)
    for step in ("preview", "save"):
        answer = web.post(f"/queues/routing/{hate.pk}/", {**mine, "step": step})
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "Someone else changed this while you had it open. Nothing was overwritten." in text
        assert "Hate, theirs" in text
        assert "Hate, mine" in text
    assert (rule("Hate, theirs").pk, events()) == (hate.pk, [])


def test_when_another_rule_changed_the_count_is_made_again_before_saving(web):
    hate = rule("Hate")
    mine = typed("Hate, mine", "hate", policies=["HT"], version=hate.version, step="save")
    RoutingRule.objects.filter(name="Fraud and fake accounts").update(name="Fraud", version=2)
    answer = web.post(f"/queues/routing/{hate.pk}/", mine)
    assert answer.status_code == 409
    assert "the count below was made again. Nothing was saved yet." in answer.content.decode()
    hate.refresh_from_db()
    assert (hate.name, events()) == ("Hate", [])
    assert web.post(f"/queues/routing/{hate.pk}/", {**hidden(answer), "step": "save"}).status_code == 302
    hate.refresh_from_db()
    assert hate.name == "Hate, mine"


def test_an_order_somebody_else_changed_is_shown_in_both_versions(web):
    before = routing_rules()
    mine = {"stamp": stamp_of(before), "order": [r.pk for r in reversed(before)], "step": "save"}
    RoutingRule.objects.filter(pk=before[0].pk).update(name="Young people", version=2)
    answer = web.post("/queues/routing/order/", mine)
    assert answer.status_code == 409
    assert "1. Young people" in answer.content.decode()
    assert "12. Young people" in answer.content.decode()
    assert (order()[0], events()) == ("Young people", [])


@pytest.mark.parametrize(
    ("conditions", "sentence"),
    [
        ({"languages": "klingon"}, "use two-letter language codes"),
        ({"countries": "XX"}, "XX is not one of the available choices"),
        ({"min_views": -1}, "greater than or equal to 1"),
        ({"min_views": 10**13}, "less than or equal to"),
        ({"min_severity": 9}, "not one of the available choices"),
        ({"policies": ["QQ"]}, "not one of the available choices"),
        ({"name": "a\x00b"}, "Null characters are not allowed"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_beside_its_field(web, conditions, sentence):
    answer = web.post("/queues/routing/new/", typed("New", "hate") | conditions | {"step": "save"})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert (RoutingRule.objects.count(), events()) == (12, [])


def test_going_back_keeps_what_was_typed(web):
    answer = web.post("/queues/routing/new/", typed("Mine", "hate", languages="km", step="back"))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="Mine"' in text
    assert 'value="km"' in text


def test_a_long_count_goes_on_where_it_stopped_and_adds_up(web, monkeypatch):
    monkeypatch.setattr(routing_preview, "ROWS_A_READ", 4)
    for number in range(11):
        make.case(queue="hate", language="km" if number % 2 else "en", rule_codes=["HT-1"])
    change = typed("Khmer first", "escalations", languages="km", before=rule("Youth safety").pk)
    monkeypatch.setattr("apps.queues.views.routing.count_on", lambda *a, **k: count_on(*a, **k, seconds=0))
    seen = web.post("/queues/routing/new/", change)
    rounds = 0
    while "Counting:" in seen.content.decode():
        token = re.search(r'name="tally" value="([^"]+)"', seen.content.decode()).group(1)
        body = {**change, "tally": token, "step": "count"}
        seen = web.post("/queues/routing/new/", body, headers={"HX-Request": "true"})
        assert seen.content.decode().lstrip().startswith("<section")
        rounds += 1
    assert rounds >= 2
    assert "<strong>5</strong> of 11 cases would have gone to another queue." in seen.content.decode()


def test_a_count_stops_at_its_cap_and_says_so(web, monkeypatch):
    monkeypatch.setattr(routing_preview, "CASES_AT_MOST", 3)
    for _ in range(5):
        make.case(queue="hate", rule_codes=["HT-1"])
    text = web.post("/queues/routing/new/", typed("Khmer", "hate", languages="km")).content.decode()
    assert "There were more cases than are looked at here" in text
    assert "None of the 3 cases would have gone elsewhere." in text


def test_a_count_of_another_change_is_not_believed(web):
    rules = routing_rules()
    tally = Tally(seen=99, done=True)
    assert Tally.unpack(tally.pack("this"), "this").seen == 99
    assert Tally.unpack(tally.pack("this"), "that").seen == 0
    assert Tally.unpack("damaged", "this").seen == 0
    assert count_on(Tally(), before=rules, after=rules).done is True


@pytest.mark.parametrize("many", [1, 50])
def test_the_dry_run_costs_the_same_for_any_number_of_cases(web, many, django_assert_num_queries):
    for _ in range(many):
        make.case(queue="hate", rule_codes=["HT-1"])
    change = typed("Khmer", "hate", languages="km")
    web.post("/queues/routing/new/", change)
    # session with its person; rules, queues; the form's queue (checked, read) and the proposal's; default queue;
    # two reads of cases; queues by name
    with django_assert_num_queries(9):
        web.post("/queues/routing/new/", change)
