"""What is composed is what the public database takes, for everything the house can do; and what it would refuse is named."""

from datetime import UTC, datetime, timedelta
from itertools import combinations as combinations_of
from itertools import product

import pytest

from apps.decisions.models import Decision
from apps.feedback.rows import SOURCES
from apps.guidelines.queries import in_force
from apps.intake.models import Kind
from apps.transparency.composing import Facts, compose, source_type
from apps.transparency.schema import EEA, problems
from tests import make
from tests.transparency.public_database import held_against_the_schema

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)


def facts(**changed):
    given = {
        "enforcement_id": 7, "action": "remove", "parameters": {}, "applied_at": AT, "ground": "guideline", "purpose": "review",
        "origin": "human", "source": "user_report", "rule_codes": ("AU-4",), "kind": "text", "language": "km",
        "posted_at": AT - timedelta(days=3), "known_at": AT - timedelta(days=1), "art16": False,
    }  # fmt: skip
    return Facts(**(given | changed))


def composed(**changed):
    return compose(
        facts(**changed),
        in_force(),
        prefix="rq",
        public_url="https://review.example",
        commercial=frozenset({"AU-1"}),
    )


GROUNDS = ("guideline", "legal_only")
LANGUAGES = ("km", "vi", "en-GB", "", "zz")
PARAMETERS = ({}, {"days": 30}, {"days": 0}, {"countries": ["FR", "KH"]}, {"countries": ["KH"]})


def refused(statement):
    """What our own check and the public database's own schema say of a statement: both must be empty."""
    return problems(statement), held_against_the_schema(statement)


@pytest.mark.django_db
def test_whatever_happened_to_whatever_is_a_valid_statement_or_none():
    """Every action, kind of item, source, origin, ground, language and measure, by the models' own lists."""
    make.house()
    actions, checked = in_force().actions, 0
    combinations = product(
        actions, Kind.values, sorted(SOURCES), Decision.Origin.values, GROUNDS, (True, False), PARAMETERS
    )
    for place, (action, kind, source, origin, ground, art16, parameters) in enumerate(combinations):
        found = composed(
            action=action, kind=kind, source=source, origin=origin, ground=ground, art16=art16, parameters=parameters,
            rule_codes=("AU-4",) if ground == "guideline" else (), language=LANGUAGES[place % len(LANGUAGES)],
            posted_at=None if place % 3 else AT, purpose="review" if place % 2 else "authority_request",
        )  # fmt: skip
        if found is None:
            assert not actions[action].dsa
        elif not found.withheld:
            assert refused(found.body) == ([], {})
            checked += 1
    stated = sum(bool(action.dsa) for action in actions.values())
    assert stated >= 8
    assert checked > stated * len(Kind.values) * len(SOURCES) * len(Decision.Origin.values) * 10


@pytest.mark.django_db
def test_every_rule_and_every_two_of_them_are_a_valid_statement_under_every_action():
    make.house()
    edition = in_force()
    stated = [code for code, action in edition.actions.items() if action.dsa]
    codes = [*((code,) for code in edition.rules), *combinations_of(edition.rules, 2), tuple(edition.rules)]
    for place, cited in enumerate(codes):
        found = compose(
            facts(action=stated[place % len(stated)], rule_codes=cited),
            edition,
            prefix="rq",
            public_url="https://review.example",
            commercial=frozenset(),
        )
        assert (found.withheld, *refused(found.body)) == ("", [], {})
    assert len(codes) > 1_000


@pytest.mark.django_db
def test_an_enforcement_has_one_identifier_for_ever_and_no_two_have_the_same():
    make.house()
    puids = [composed(enforcement_id=number).body["puid"] for number in (*range(1, 2_000), 2**63 - 1)]
    assert len(set(puids)) == len(puids)
    assert puids == [composed(enforcement_id=number).body["puid"] for number in (*range(1, 2_000), 2**63 - 1)]
    assert refused(composed(enforcement_id=2**63 - 1).body) == ([], {})


@pytest.mark.django_db
class TestDerived:
    @pytest.fixture(autouse=True)
    def _house(self):
        make.house()

    @pytest.mark.parametrize("source", sorted(SOURCES))
    def test_detection_is_derived_from_what_came_first(self, source):
        body = composed(source=source).body
        assert body["automated_detection"] == ("Yes" if source in ("auto_flag", "hash") else "No")

    def test_the_source_is_a_notice_only_when_it_was_one(self):
        assert source_type("user_report", True) == "SOURCE_ARTICLE_16"
        assert source_type("user_report", False) == "SOURCE_TYPE_OTHER_NOTIFICATION"
        assert source_type("trusted_flagger", True) == "SOURCE_TRUSTED_FLAGGER"
        assert source_type("hash", True) == source_type("proactive_sample", False) == "SOURCE_VOLUNTARY"

    def test_it_says_what_the_rule_says_with_the_link_to_its_version(self):
        body = composed(parameters={"days": 7}, action="account_suspend").body
        assert body["puid"] == "rq-7"
        assert body["incompatible_content_ground"].startswith("AU-4 ")
        assert body["decision_ground_reference_url"].endswith(
            "/community-guidelines/versions/1.1.0/rules/AU-4/"
        )
        assert (body["decision_account"], body["end_date_account_restriction"]) == (
            "DECISION_ACCOUNT_SUSPENDED",
            "2026-11-27",
        )
        assert (body["content_language"], body["content_date"]) == ("KM", "2026-11-17")
        assert body["territorial_scope"] == list(EEA)

    def test_it_is_withheld_where_the_law_withholds_it(self):
        assert composed(ground="legal_only", purpose="authority_request").withheld == "order_of_an_authority"
        assert composed(rule_codes=("AU-1",)).withheld == "deceptive_commercial_content"
        assert (
            composed(action="geo_restrict", parameters={"countries": ["KH"]}).withheld == "not_in_the_union"
        )
        some = composed(action="geo_restrict", parameters={"countries": ["KH", "FR"]})
        assert (some.withheld, some.body["territorial_scope"]) == ("", ["FR"])

    @pytest.mark.parametrize(
        ("change", "field", "why"),
        [
            ({"decision_visibility": None}, "decision_visibility", "one of the four"),
            ({"decision_visibility": ["DECISION_VISIBILITY_OTHER"]}, "decision_visibility_other", "is required with"),
            ({"decision_facts": "x" * 5001}, "decision_facts", "at most 5000"),
            ({"decision_facts": None}, "decision_facts", "is required"),
            ({"category": "STATEMENT_CATEGORY_PORNOGRAPHY_OR_SEXUALIZED_CONTENT"}, "category", "not a code"),
            ({"territorial_scope": ["KH"]}, "territorial_scope", "not a list of codes"),
            ({"content_date": "2026-02-30"}, "content_date", "not a day"),
            ({"content_language": "km"}, "content_language", "not a code"),
            ({"puid": "rq 7"}, "puid", "other characters"),
            ({"end_date_visibility_restriction": "2026-11-01"}, "end_date_visibility_restriction", "before it begins"),
            ({"automated_detection": True}, "automated_detection", "not a code"),
            ({"moderator": "x"}, "moderator", "not a field"),
        ],
    )  # fmt: skip
    def test_what_would_be_refused_is_named(self, change, field, why):
        body = {name: value for name, value in (composed().body | change).items() if value is not None}
        ((found, said),) = problems(body)
        assert found == field
        assert why in said
