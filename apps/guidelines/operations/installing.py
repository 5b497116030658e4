"""What the command line publishes: it follows on from whatever is in force."""

from apps.guidelines import parts
from apps.guidelines.models import GuidelineVersion, RetiredRule
from apps.guidelines.operations.drafting import stated


def follow_on(version: GuidelineVersion) -> None:
    """Base a loaded draft on the version in force: what is not in it any more is retired, what is kept says so."""
    current = GuidelineVersion.objects.filter(state=GuidelineVersion.State.PUBLISHED).first()
    if version.base_id == (current.pk if current else None):
        return
    GuidelineVersion.objects.filter(pk=version.pk).update(base=current)
    version.refresh_from_db()
    if current is None:
        return
    before = {rule.identity: parts.rule_doc(rule) for rule in current.rules.select_related("policy")}
    kept = set()
    for rule in version.rules.select_related("policy"):
        kept.add(rule.identity)
        was = before.get(rule.identity)
        compatibility, predecessors = stated(parts.rule_doc(rule), was) if was else ("new", [])
        version.rules.filter(pk=rule.pk).update(compatibility=compatibility, predecessors=predecessors)
    gone = set(version.retired_rules.values_list("identity", flat=True))
    RetiredRule.objects.bulk_create(
        RetiredRule(version=version, identity=identity, code=doc["code"], title=doc["title"])
        for identity, doc in before.items()
        if identity not in kept | gone
    )
