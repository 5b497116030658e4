"""The queues page: seeing who may work where, adding and changing queues, and never losing a case by it."""

import pytest

from apps.ledger.models import Event
from apps.queues.models import Queue
from apps.queues.operations import claim_next
from apps.wellbeing.operations import start_shift
from tests import make


@pytest.fixture
def house(db):
    make.house()


@pytest.fixture
def web(house, signed_in):
    return signed_in("supervisor")


def as_typed(queue, **changes):
    typed = {
        "name": queue.name,
        "description": queue.description,
        "roles": queue.roles,
        "skill": queue.skill,
        "claim_minutes": queue.claim_minutes,
        "escalates_to": queue.escalates_to_id or "",
        "position": queue.position,
        "mixes": "on",
        "active": "on",
        "version": queue.version,
        **changes,
    }
    return {name: value for name, value in typed.items() if value is not None}


def events(*kinds):
    return list(Event.objects.filter(kind__in=kinds).values_list("kind", "data"))


@pytest.mark.parametrize("who", ["moderator", "senior", "policy", "wellbeing", "legal"])
def test_only_supervisors_and_admins_set_queues_up(house, signed_in, who):
    for path in ("/queues/", "/queues/new/", "/queues/hate/", "/queues/routing/", "/queues/routing/order/"):
        assert signed_in(who).get(path).status_code == 403
    assert signed_in("admin").get("/queues/").status_code == 200


def test_every_queue_says_who_may_work_it_and_in_which_languages(web, moderator, moderator2, senior):
    make.case(queue="hate", language="th")
    text = web.get("/queues/").content.decode()
    assert "English 3" in text
    assert "Khmer 2" in text
    assert "certified “specialist”" in text
    assert "Cases in th wait, and nobody who may work here reads it." in text


@pytest.mark.parametrize("many", [1, 50])
def test_the_page_costs_the_same_for_any_number_of_queues(web, many, django_assert_num_queries):
    for n in range(many):
        Queue.objects.create(slug=f"q{n}", name=f"Queue {n}", roles=["moderator"])
        make.case(queue=f"q{n}")
    web.get("/queues/")
    # session with its person, queues, rules, people, languages waiting
    with django_assert_num_queries(5):
        assert web.get("/queues/").status_code == 200


def test_a_new_queue_is_there_and_written_down(web, supervisor):
    answer = web.post(
        "/queues/new/",
        {"name": "Night desk", "roles": ["moderator"], "claim_minutes": 20, "position": 3, "active": "on"},
    )
    assert answer.status_code == 302
    queue = Queue.objects.get(slug="night-desk")
    assert (queue.claim_minutes, queue.roles, queue.is_default) == (20, ["moderator"], False)
    ((_, data),) = events("queue.added")
    assert data["after"]["name"] == "Night desk"
    assert Event.objects.get(kind="queue.added").actor_id == supervisor.pk


@pytest.mark.parametrize("name", ["Routing", "New", "រូបភាព"])
def test_a_queue_never_takes_the_address_of_another_page(web, name):
    web.post("/queues/new/", {"name": name, "roles": ["moderator"], "claim_minutes": 20, "position": 3})
    slug = Queue.objects.get(name=name).slug
    assert slug not in ("routing", "new", "")
    assert web.get(f"/queues/{slug}/").status_code == 200


def test_a_name_that_is_taken_is_refused_in_place_and_nothing_typed_is_lost(web):
    before = Queue.objects.count()
    typed = {"name": "Hate and discrimination", "roles": ["moderator"], "claim_minutes": 21, "position": 3}
    answer = web.post("/queues/new/", typed)
    assert answer.status_code == 422
    assert "Another queue has this name." in answer.content.decode()
    assert 'value="21"' in answer.content.decode()
    assert (Queue.objects.count(), events("queue.added")) == (before, [])


def test_a_change_is_saved_with_what_was_before_and_after(web):
    queue = Queue.objects.get(slug="hate")
    answer = web.post("/queues/hate/", as_typed(queue, claim_minutes=25))
    assert answer.status_code == 302
    queue.refresh_from_db()
    assert (queue.claim_minutes, queue.version) == (25, 2)
    ((_, data),) = events("queue.edited")
    assert (data["before"]["claim_minutes"], data["after"]["claim_minutes"]) == (15, 25)


def test_saving_without_a_change_leaves_no_event(web):
    web.post("/queues/hate/", as_typed(Queue.objects.get(slug="hate")))
    assert (Queue.objects.get(slug="hate").version, events("queue.edited")) == (1, [])


def test_two_supervisors_never_overwrite_each_other_unseen(web):
    queue = Queue.objects.get(slug="hate")
    mine = as_typed(queue, claim_minutes=25)
    web.post("/queues/hate/", as_typed(queue, description="Changed by a colleague."))
    answer = web.post("/queues/hate/", mine)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Someone else changed this while you had it open. Nothing was overwritten." in text
    assert "Changed by a colleague." in text
    assert ">25" in text
    queue.refresh_from_db()
    assert (queue.claim_minutes, queue.description) == (15, "Changed by a colleague.")
    assert len(events("queue.edited")) == 1
    # Going on with hers is a deliberate second step.
    assert web.post("/queues/hate/", {**mine, "version": queue.version}).status_code == 302
    queue.refresh_from_db()
    assert (queue.claim_minutes, queue.description) == (25, "Attacks on people for who they are.")


def refused(web, slug, sentence):
    queue = Queue.objects.get(slug=slug)
    answer = web.post(f"/queues/{slug}/", as_typed(queue, active=None))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    queue.refresh_from_db()
    assert (queue.active, queue.version, events("queue.edited")) == (True, 1, [])


def test_the_default_queue_stays_switched_on(web):
    refused(web, "everything-else", "This is the default queue: what no rule matches goes here")


def test_a_queue_with_waiting_cases_is_not_switched_off(web):
    make.case(queue="hate")
    refused(web, "hate", "Cases are still open in this queue.")


def test_a_queue_with_a_case_in_somebodys_hands_is_not_switched_off(web, moderator):
    make.case(queue="hate")
    start_shift(actor=moderator)
    claim_next(actor=moderator)
    refused(web, "hate", "Cases are still open in this queue.")


def test_a_queue_with_a_case_being_prepared_is_not_switched_off(web):
    make.case(queue="hate", state="preparing")
    refused(web, "hate", "Cases are still open in this queue.")


def test_a_queue_others_escalate_to_is_not_switched_off(web):
    refused(web, "escalations", "Cases escalate to this queue from Youth safety")


def test_an_empty_queue_is_switched_off_and_its_rule_says_that_it_is_passed_over(web):
    assert web.post("/queues/hate/", as_typed(Queue.objects.get(slug="hate"), active=None)).status_code == 302
    assert Queue.objects.get(slug="hate").active is False
    assert "is switched off, so this rule is passed over" in web.get("/queues/routing/").content.decode()


def test_a_case_left_in_a_queue_that_is_off_is_pointed_out(web):
    make.case(queue="hate")
    Queue.objects.filter(slug="hate").update(active=False)
    assert "Cases wait here although it is switched off" in web.get("/queues/").content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"claim_minutes": 0}, "greater than or equal to 1"),
        ({"claim_minutes": "soon"}, "Enter a whole number"),
        ({"roles": []}, "This field is required"),
        ({"roles": ["emperor"]}, "not one of the available choices"),
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"escalates_to": 10**9}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(web, changes, sentence):
    answer = web.post("/queues/hate/", as_typed(Queue.objects.get(slug="hate"), **changes))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert (Queue.objects.get(slug="hate").version, events("queue.edited")) == (1, [])


def test_a_queue_that_is_not_there_is_not_found(web):
    assert web.get("/queues/nowhere/").status_code == 404
