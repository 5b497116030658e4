"""Sides of a split, settled once: a version of it never changes, and an item is never on two sides of one."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from apps.accounts.models import User
from apps.feedback import queries
from apps.feedback.errors import SplitIsFrozen
from apps.feedback.facts import facts
from apps.feedback.keying import SHARES
from apps.feedback.models import SplitCluster, SplitGroup, SplitVersion
from apps.intake.models import Item
from apps.ledger.operations import record

# The first item with the same first media file, else with the same text; often the item itself. That neither is
# empty is said once more of the other: the planner takes a partial index only where it can see its condition.
COPIES = """
SELECT item.id, item.author_id, LEAST(item.id, COALESCE(
    CASE WHEN media.sha256 <> '' THEN
        (SELECT min(other.item_id) FROM intake_media other WHERE other.sha256 = media.sha256
         AND other.sha256 <> '' AND other.position = 0)
    WHEN item.text_sha256 <> '' THEN
        (SELECT min(other.id) FROM intake_item other WHERE other.text_sha256 = item.text_sha256
         AND other.text_sha256 <> '')
    END, item.id))
FROM intake_item item
LEFT JOIN intake_media media ON media.item_id = item.id AND media.position = 0 AND media.revision = item.revision
WHERE item.id = ANY(%s) ORDER BY item.id
"""
LOCK = "SELECT pg_advisory_xact_lock(hashtext('feedback'), hashtext('splits'))"


@transaction.atomic
def settle_groups(items: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Settle cluster and key of the items that have none yet; (cluster, key) of all of them.

    The key is that of the item's cluster, if any item of it is known here, else its author's, else its own. Where
    no cluster is known, exact copies are one: its number is the first one's, below zero. One transaction at a
    time; a key never changes, so that neither does a side of a split.
    """
    known = queries.groups_of(items)
    missing = [item for item in items if item not in known]
    if not missing:
        return known
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        known |= queries.groups_of(missing)
        missing = [item for item in missing if item not in known]
        cursor.execute(COPIES, [missing])
        found = cursor.fetchall()
    near = facts.clusters_of(missing) if facts.clusters_of and missing else {}
    clusters = {item: near.get(item, -copy) for item, _, copy in found}
    first_authors = _authors_of_first({copy for item, _, copy in found if copy != item})
    keys = queries.keys_of_clusters(clusters.values())
    fresh: dict[int, str] = {}
    for item, author, _ in found:
        cluster = clusters[item]
        if cluster not in keys:
            author = first_authors.get(-cluster, author)
            keys[cluster] = fresh[cluster] = f"author:{author}" if author else f"item:{item}"
    SplitCluster.objects.bulk_create(SplitCluster(cluster=one, key=key) for one, key in fresh.items())
    SplitGroup.objects.bulk_create(
        SplitGroup(item_id=item, cluster=cluster, key=keys[cluster]) for item, cluster in clusters.items()
    )
    return known | {item: (cluster, keys[cluster]) for item, cluster in clusters.items()}


def _authors_of_first(clusters: set[int]) -> dict[int, int]:
    """The authors of first copies that have no decision here yet: their own items must fall on the same side."""
    named = Item.objects.filter(pk__in=clusters, author__isnull=False).values_list("id", "author_id")
    return {item: author for item, author in named if author is not None}


@transaction.atomic
def settle_clusters(members: Iterable[tuple[int, str]]) -> dict[int, str]:
    """Settle the keys of clusters that came to be after their items were settled, from (cluster, key of an item of it).

    The first item counts. The keys of all of them.
    """
    first: dict[int, str] = {}
    for cluster, key in members:
        first.setdefault(cluster, key)
    keys = queries.keys_of_clusters(first)
    if missing := sorted(set(first) - set(keys)):
        SplitCluster.objects.bulk_create(
            [SplitCluster(cluster=one, key=first[one]) for one in missing], ignore_conflicts=True
        )
        keys |= queries.keys_of_clusters(missing)
    return keys


def freeze_split(
    *,
    actor: User | None,
    name: str,
    seed: str | None,
    test_from: datetime | None,
    last: Callable[[], datetime],
) -> SplitVersion:
    """The split of this name; made and frozen now if there is none; unless said, its test set begins where `last` says.

    Raises SplitIsFrozen when it exists with another seed or another beginning of the test set.
    """
    frozen = queries.split_version(name)
    if frozen is None:
        begins = test_from or last()
        try:
            with transaction.atomic():
                frozen = SplitVersion.objects.create(
                    name=name, seed=seed or f"reviewqueue-{name}", train=SHARES[0][1], validation=SHARES[1][1],
                    test_from=begins, created_by=actor,
                )  # fmt: skip
                record("feedback.split_frozen", actor=actor, split=name, seed=frozen.seed, test_from=begins)
        except IntegrityError:
            frozen = SplitVersion.objects.get(name=name)
    if (seed and seed != frozen.seed) or (test_from and test_from != frozen.test_from):
        raise SplitIsFrozen(
            f"The split “{name}” is frozen: its seed is {frozen.seed} and its test set begins at "
            f"{frozen.test_from:%Y-%m-%d %H:%M} UTC. Give another split a name of its own. Nothing was written."
        )
    return frozen
