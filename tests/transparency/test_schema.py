"""What is composed is what the public database takes, for everything the house can do; and what it would refuse is named."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from apps.guidelines.queries import in_force
from apps.transparency.composing import Facts, compose, source_type
from apps.transparency.schema import EEA, problems
from tests import make

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
SOURCES = ["user_report", "auto_flag", "hash", "trusted_flagger", "gov", "proactive_sample", "virality"]


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


@pytest.mark.django_db
def test_everything_the_house_can_do_is_a_valid_statement_or_none():
    make.house()
    edition = in_force()
    checked = 0
    rules = [(code,) for code in edition.rules] + [tuple(edition.rules)[:3], ()]
    for action, codes in product(edition.actions, rules):
        kinds = product(
            ["text", "image", "video", "audio", "live", "account"],
            SOURCES,
            ["human", "auto", "hash_propagated"],
        )
        for place, (kind, source, origin) in enumerate(kinds):
            if place % 11 != len(codes) % 11 and codes != ("AU-4",):
                continue  # all of them for one rule, a share of them for each other
            for ground in ("guideline", "legal_only"):
                if ground == "guideline" and not codes:
                    continue  # a violation cites a rule, says the database
                parameters = {"days": 30} if place % 2 else {"countries": ["FR", "KH"]}
                found = composed(
                    action=action, rule_codes=codes, kind=kind, source=source, origin=origin, ground=ground,
                    parameters=parameters, language=["km", "", "zz", "en-GB"][place % 4], posted_at=None if place % 3 else AT,
                )  # fmt: skip
                if found is None:
                    assert not edition.actions[action].dsa
                else:
                    assert problems(found.body) == []
                    checked += 1
    assert checked > 3_000


@pytest.mark.django_db
class TestDerived:
    @pytest.fixture(autouse=True)
    def _house(self):
        make.house()

    @pytest.mark.parametrize("source", SOURCES)
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
        body = composed().body | change
        ((found, said),) = problems({name: value for name, value in body.items() if value is not None})
        assert found == field
        assert why in said
