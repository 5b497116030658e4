"""Into which cluster each row falls, and on which side of the split that leaves it."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from apps.feedback.columnar import TEXT, each
from apps.feedback.keying import Pseudonyms
from apps.feedback.opinions import Around, Export


def groups_of(read: dict[str, pa.Array], around: Around, export: Export) -> tuple[pa.Array, pa.Array]:
    """Of every row: its cluster as it is now, and the side its cluster leaves it (null: left out)."""
    items, key = read["item_id"].to_numpy(), read["key"]
    cluster = pc.fill_null(read["cluster"], 0).to_numpy().copy()
    if around.groups:
        keys = key.to_pylist()
        for place in np.flatnonzero(pc.is_null(key).to_numpy(zero_copy_only=False)).tolist():
            cluster[place], keys[place] = around.groups[int(items[place])]
        key = pa.array(keys, TEXT)
    coded = key.dictionary_encode()
    side = pa.array(export.split.sides(coded.dictionary.to_pylist()), TEXT).take(coded.indices)
    if around.clusters:
        out = np.zeros(len(items), dtype=bool)
        members = np.fromiter(around.clusters, np.int64, len(around.clusters))
        for place in np.flatnonzero(np.isin(items, members)).tolist():
            now = around.clusters[int(items[place])]
            if now != cluster[place]:
                # Found to be a near-copy of something after it was settled: left out rather than on two sides.
                settled = around.keys.get(now)
                out[place] = settled is not None and export.split.side(settled) != side[place].as_py()
                cluster[place] = now
        side = pc.if_else(pa.array(out), pa.scalar(None, TEXT), side)
    return pa.array(cluster), side


def names_of_clusters(cluster: pa.Array, item: pa.Array, own: pa.Array, names: Pseudonyms) -> pa.Array:
    """A cluster of exact copies is called after its first item, which most items are themselves."""
    alone = pc.equal(cluster, pc.negate(item))
    others = cluster.filter(pc.invert(alone))
    named = each(others, lambda one: names.of("item", -one) if one < 0 else names.of("cluster", one), TEXT)
    return pc.replace_with_mask(own, pc.invert(alone), named)
