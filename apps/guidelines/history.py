"""How the rules of each published version relate to those of the version before."""

from typing import Any

from apps.guidelines.models import GuidelineVersion


def compatibility_map() -> list[dict[str, Any]]:
    """One entry for each rule of each published version that follows another, oldest version first.

    `rule_version` and `from` are CODE@VERSION; `compatibility` is what the author chose, None where nobody said.
    A retired rule has its old name in `from` and the rules that take its place in `to`.
    """
    found: list[dict[str, Any]] = []
    versions = GuidelineVersion.objects.filter(published_at__isnull=False, base__isnull=False)
    for version in versions.select_related("base").order_by("published_at"):
        assert version.base is not None
        before = version.base.number
        for code, compatibility, predecessors in version.rules.order_by("position").values_list(
            "code", "compatibility", "predecessors"
        ):
            found.append(
                {
                    "rule_version": f"{code}@{version.number}",
                    "compatibility": compatibility or None,
                    "from": [f"{one}@{before}" for one in predecessors],
                }
            )
        for code, successors in version.retired_rules.order_by("code").values_list("code", "successors"):
            found.append(
                {
                    "rule_version": None,
                    "compatibility": "retired",
                    "from": [f"{code}@{before}"],
                    "to": [f"{one}@{version.number}" for one in successors],
                }
            )
    return found
