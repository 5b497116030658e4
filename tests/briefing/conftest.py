"""Guidelines that change: the starter set, then versions of it with other words."""

from copy import deepcopy

import pytest
import yaml

from apps.guidelines import queries
from apps.guidelines.models import GuidelineVersion
from apps.guidelines.operations import load, publish
from tests import make
from tests.guidelines.test_loading import STARTER


@pytest.fixture
def house(db, published_at_once):
    make.house()


@pytest.fixture
def publish_anew(published_at_once):
    """`publish_anew("2", VX_1={"description": "…"})`: a version in which those fields of rules read so."""
    source = yaml.safe_load(STARTER)

    def put(number: str, **rules) -> queries.Edition:
        source["guideline_set"]["version"] = number
        for policy in source["policies"]:
            for rule in policy["rules"]:
                if (key := rule["code"].replace("-", "_")) in rules:
                    rule.update(deepcopy(rules[key]))
        version = load(yaml.safe_dump(source, allow_unicode=True), actor=None)
        publish(version, actor=None, reason="Clearer.")
        queries.forget_in_force()
        assert GuidelineVersion.objects.get(state="published").number == number
        return queries.in_force()

    return put
