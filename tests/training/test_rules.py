"""Rules before people: counted once, ranked by disagreement × volume, before and after versions, nothing below thirty."""

import pytest

from apps.accounts.models import User
from apps.agreement import SHOWN_FROM, wilson
from apps.guidelines.operations import open_draft, publish
from apps.guidelines.queries import forget_in_force, in_force
from apps.ledger.models import Event
from apps.ledger.operations import drain
from apps.quality.models import Adjudication, Comparison
from apps.training.choices import pair_of
from apps.training.models import Assignment, Counted, PairDay
from apps.training.operations import accompany, answer, give, recount
from apps.training.operations.counting import count
from apps.training.queries.figures import effect_of, figures_of, verdict_of
from apps.training.queries.rules import overview, rule_page
from tests import make
from tests.conftest import person
from tests.guidelines.test_drafts import change
from tests.quality import conftest as looks
from tests.training.conftest import AU1, AU4, NONE, module, pairs

pytestmark = pytest.mark.django_db
BOTH = ("violates", ["AU-4", "AU-1"])
UNSURE = ("unsure", [])


def cells() -> dict:
    return {
        (row.first, row.second, row.found): (row.n, row.weight)
        for row in PairDay.objects.exclude(n=0).order_by("id")
    }


@pytest.mark.parametrize(
    ("first", "second", "third", "told"),
    [
        (AU4, AU4, None, ("AU-4", "AU-4", "AU-4")),
        (AU4, NONE, None, ("AU-4", "none", "")),
        (AU4, NONE, NONE, ("AU-4", "none", "none")),
        (AU4, NONE, AU4, ("AU-4", "none", "AU-4")),
        (AU4, NONE, AU1, ("AU-4", "none", "AU-1")),
        (AU4, NONE, UNSURE, ("AU-4", "none", "")),
        (UNSURE, AU4, AU4, ("unsure", "AU-4", "AU-4")),
        (BOTH, AU4, None, ("AU-1", "AU-4", "")),
        (BOTH, ("violates", ["AU-1", "AU-4"]), None, ("AU-4", "AU-1", "AU-4")),
    ],
)
def test_two_judgements_are_one_pair_of_words(first, second, third, told):
    assert pair_of(first, second, third) == told


def test_a_pair_is_counted_once_and_moves_when_a_third_has_spoken(floor):
    looks.plan()
    first = looks.decided("moderator", looks.case())
    looks.decided("moderator2", looks.second_look_of(first), looks.CLEAR)
    assert cells() == {("AU-4", "none", ""): (1, 1000)}
    looks.decided("senior", Adjudication.objects.get().case, looks.CLEAR)
    once = {("AU-4", "none", "none"): (1, 1000)}
    assert cells() == once
    count(list(Event.objects.filter(kind__startswith="second_look.")))
    assert cells() == once
    recount()
    assert cells() == once
    drain()
    assert (cells(), Counted.objects.count()) == (once, Comparison.objects.count())


def test_rules_come_by_disagreement_times_volume_and_few_are_not_told(floor):
    pairs(40, AU4, AU4)
    pairs(20, AU4, NONE, AU4, probability=0.05)
    pairs(29, AU1, NONE, NONE)
    found = overview(days=90)
    scam, few = found.rules
    assert (scam.code, scam.n, scam.shown, round(scam.volume), round(scam.weight)) == (
        "AU-4",
        60,
        True,
        440,
        400,
    )
    assert scam.worst == ("AU-4", "none", 20)
    assert scam.agree.value == pytest.approx(40 / 440)
    assert scam.agree.low < 40 / 440 < scam.agree.high
    assert (few.code, few.n, few.shown) == ("AU-1", 29, False)
    assert found.n == 89
    assert found.alpha.low <= found.alpha.value <= found.alpha.high
    assert {name: one.agreement.shown for name, one in found.classes} == {
        "AU-1": False,
        "AU-4": True,
        "none": True,
    }


def test_a_rule_page_tells_what_was_chosen_instead_of_what(floor):
    pairs(28, AU4, AU4)
    pairs(12, NONE, AU4, AU4)
    pairs(2, NONE, AU4)  # nobody has settled these
    page = rule_page("AU-4", days=90)
    [confusion] = page.confusions
    assert (confusion.chosen, confusion.instead_of, confusion.n) == ("none", "AU-4", 12)
    assert (confusion.right.value, confusion.right.n, confusion.below) == (0.7, 40, True)
    assert [(name, share.n) for name, share in page.languages] == [("en", 42)]


def test_agreement_before_and_after_a_version(floor, policy, published_at_once):
    old = in_force()
    pairs(30, AU4, AU4)
    pairs(30, AU4, NONE)
    version = open_draft(actor=policy, number="2")
    change(version, "AU-4", description="Only what is promised for money.", compatibility="narrowed")
    publish(make.approved(version), actor=policy, reason="clearer")
    forget_in_force()
    pairs(31, AU4, AU4)
    before, after = rule_page("AU-4", days=90).versions
    assert (before.number, before.agree.n, before.change) == (old.number, 60, None)
    assert (after.number, after.agree.n, after.agree.value) == ("2", 31, 1)
    assert after.change[0] == 0.5
    assert 0.3 < after.change[1] < 0.5 < after.change[2] < 0.7


def test_automatic_and_propagated_decisions_are_told_apart(floor):
    pairs(31, AU4, AU4, origin="auto")
    pairs(30, AU4, NONE, NONE, origin="hash_propagated")
    assert overview(days=90).n == 0
    assert overview(days=90, origins=["auto"]).rules[0].agree.value == 1
    assert overview(days=90, origins=["hash_propagated"]).rules[0].agree.value == 0


def test_one_rater_one_class_and_nothing_are_told_in_words(floor, signed_in):
    lead = signed_in("policy")
    assert "Nothing was compared yet" in page(lead, "/quality/rules/")
    assert "Too few second looks" in page(lead, "/quality/rules/AU-4/")
    pairs(35, AU4, AU4)
    found = overview(days=90)
    assert (found.alpha.value, found.alpha.why) == (None, "one_class")
    assert "agreement cannot be told from chance" in page(lead, "/quality/rules/")
    assert "No settled second look found anything else" in page(lead, "/quality/rules/AU-4/")
    assert lead.get("/quality/rules/ZZ-9/").status_code == 404


def page(client, at: str) -> str:
    answer = client.get(at)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_leads_to_wording_examples_calibration_and_training(floor, signed_in):
    pairs(28, AU4, AU4)
    pairs(12, NONE, AU4, AU4)
    words = page(signed_in("policy"), "/quality/rules/AU-4/")
    for link in (
        "/guidelines/versions/", "/guidelines/rules/AU-4/in-use/", "/training/calibrations/?rule=AU-4",
        "/training/modules/?kind=targeted&amp;chosen=none&amp;instead_of=AU-4",
    ):  # fmt: skip
        assert f'href="{link}"' in words
    assert "M-moderator" not in words
    made = module()
    assert f"/training/modules/{made.pk}/" in page(signed_in("supervisor"), "/quality/rules/AU-4/")


def test_the_pages_read_rollups_alone(floor, signed_in, django_assert_num_queries):
    pairs(31, AU4, AU4)
    overview(days=90)
    for more in (0, 40):
        pairs(more, NONE, AU4, AU4)
        with django_assert_num_queries(1):
            overview(days=90)
        with django_assert_num_queries(2):
            rule_page("AU-4", days=90)


# --- One person's own figures ------------------------------------------------------------------------------------


def test_figures_are_hers_and_her_seniors_alone_and_nothing_below_thirty(floor, signed_in):
    pairs(SHOWN_FROM - 1, AU4, AU4)
    hers = f"/training/figures/{floor.pk}/"
    assert "Too few to say anything" in page(signed_in("moderator"), hers)
    pairs(15, NONE, AU4, AU4)
    words = page(signed_in("moderator"), f"{hers}?days=30")
    assert "66 % (" in words
    for who in ("moderator2", "senior"):
        assert signed_in(who).get(hers).status_code == 404
    for who in ("supervisor", "policy", "wellbeing"):
        assert signed_in(who).get(hers).status_code == 403
    accompany(actor=person("supervisor"), person=floor, senior=person("senior"))
    assert "66 % (" in page(signed_in("senior"), hers)
    assert "Figures of M-moderator" in page(signed_in("senior"), hers)
    User.objects.filter(pk=floor.pk).update(is_active=False)
    assert signed_in("senior").get(hers).status_code == 404


def test_a_module_is_suggested_where_the_whole_interval_is_below_target(floor):
    made, elsewhere = module(), module(language="km")
    pairs(30, AU4, AU4)
    pairs(3, NONE, AU4, AU4)
    assert figures_of(floor, days=90).suggested == []  # 91 %: may well be on target
    pairs(9, NONE, AU4, AU4)
    assert figures_of(floor, days=90).suggested == [made]
    assert figures_of(floor, days=90).confusions[0].below
    assert elsewhere not in figures_of(floor, days=90).suggested
    give(actor=floor, person=floor, module_id=made.pk)
    assert figures_of(floor, days=90).suggested == []
    assert figures_of(person("moderator2"), days=90).right.n == 0


def done(made, people: list[User]) -> None:
    for one in people:
        mine = give(actor=one, person=one, module_id=made.pk)
        for position, (outcome, codes) in enumerate((AU4, NONE, AU4), start=1):
            answer(actor=one, assignment_id=mine.pk, position=position, outcome=outcome, rule_codes=codes)


def test_the_effect_of_a_module_is_told_with_its_interval_and_none_as_none(floor, signed_in):
    made = module()
    team = [looks.newcomer(f"team-{number}", "moderator") for number in range(5)]
    done(made, team[:4])
    assert effect_of(made).verdict == "few_people"
    done(made, team[4:])
    pairs(21, AU4, AU4, by=team[0])
    pairs(10, NONE, AU4, AU4, by=team[1])
    assert effect_of(made).verdict == "few"
    pairs(22, AU4, AU4, by=team[2], days_ago=-1)
    pairs(9, NONE, AU4, AU4, by=team[2], days_ago=-1)
    found = effect_of(made)
    assert (found.verdict, found.people, found.before.n, found.after.n) == ("none", 5, 31, 31)
    assert found.change[1] < 0 < found.change[2]
    assert "No effect can be told." in page(signed_in("senior"), f"/training/modules/{made.pk}/")
    assert effect_of(made, person=team[0]).verdict == "few"
    assert effect_of(module("practice", queue="fraud")) is None
    assert Assignment.objects.filter(passed=True).count() == 5


def test_an_effect_is_called_one_only_beyond_its_interval():
    told = {
        (5, 20, 24): "none",
        (5, 20, 30): "better",
        (5, 30, 15): "worse",
        (4, 20, 30): "few_people",
    }
    for (people, before, after), verdict in told.items():
        assert verdict_of(people, wilson(before, 31), wilson(after, 31)) == verdict
    assert verdict_of(5, wilson(20, 29), wilson(30, 31)) == "few"
