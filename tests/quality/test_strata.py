"""How likely a decision is to be looked at again, as laws: pure, and for every plan the database lets in."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from apps.quality.models import SamplingPlan
from apps.quality.models.sampling import SHARES
from apps.quality.strata import Stratum, certain_because, chance, share

pytestmark = pytest.mark.laws
at_least_three = some.floats(0.03, 1)
plans = some.builds(
    SamplingPlan,
    **dict.fromkeys(SHARES, at_least_three),
    finer=some.lists(
        some.fixed_dictionaries(
            {"rule": some.sampled_from(["", "AU-4", "VX-1"]), "language": some.sampled_from(["", "km"]), "share": at_least_three}
        ),
        max_size=3,
    ),
)  # fmt: skip
strata = some.builds(
    Stratum,
    rule=some.sampled_from(["", "AU-4", "VX-1"]),
    language=some.sampled_from(["", "en", "km"]),
    action=some.sampled_from(["no_action", "remove"]),
    origin=some.sampled_from(["human", "auto", "hash_propagated"]),
    outcome=some.sampled_from(["violates", "no_violation"]),
    exposure=some.integers(0, 4),
    certain=some.sampled_from(["", "irreversible"]),
)


@given(plans, strata)
def test_every_decision_may_be_drawn_and_what_is_certain_always_is(plan, stratum):
    likely = share(plan, stratum)
    assert 0.03 <= likely <= 1
    if stratum.certain:
        assert likely == 1
    elif stratum.exposure == 4:
        assert likely == plan.extreme_share
    else:
        assert likely >= {"human": plan.random_share, "auto": plan.automatic_share}.get(stratum.origin, 0)
        assert stratum.outcome != "no_violation" or likely >= plan.clear_share


@given(some.text(max_size=8), some.integers(0, 10**12))
def test_chance_is_the_same_each_time_and_other_for_what_else_is_asked(seed, number):
    assert chance(seed, "look", number) == chance(seed, "look", number) != chance(seed, "golden", number)
    assert 0 <= chance(seed, "look", number) < 1


def test_as_many_are_drawn_as_the_plan_says():
    """Of 20,000, three standard errors of a share of 4 % are 83."""
    assert sum(chance("a seed", "look", number) < 0.04 for number in range(20_000)) == pytest.approx(
        800, abs=83
    )


@pytest.mark.parametrize(
    ("facts", "because"),
    [
        ({"actions": ["remove"], "ground": "guideline", "public_figure": False}, ""),
        (
            {"actions": ["remove", "account_terminate"], "ground": "guideline", "public_figure": False},
            "irreversible",
        ),
        ({"actions": ["report_authority"], "ground": "guideline", "public_figure": False}, "irreversible"),
        ({"actions": [], "ground": "guideline", "public_figure": True}, "public_figure"),
        ({"actions": ["geo_restrict"], "ground": "legal_only", "public_figure": False}, "legal"),
    ],
)
def test_what_is_always_looked_at_again(facts, because):
    assert certain_because(**facts) == because
