"""Two people changed one part: both texts side by side, and what was chosen of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.guidelines import parts
from apps.guidelines.comparing import LABELS, Piece, said, words
from apps.guidelines.parts import Doc

NAMES = {
    "head": tuple(name for name in parts.HEAD if name != "language"),
    "policy": parts.POLICY,
    "rule": ("policy", *(name for name in parts.RULE if name != "was")),
}
MORE_LABELS = {
    "policy": "Policy",
    "number": "Number",
    "compatibility": "Compared with the version before",
    "predecessors": "Comes from",
    "note": "What changed",
    "actions": "Actions",
}
TYPED = ("title", "description", "note")  # fields one may write anew on the merge page


@dataclass(frozen=True)
class Row:
    """A field both texts do not agree on. `proposed` is theirs or yours: whoever alone changed it."""

    name: str
    label: str
    theirs: list[Piece]
    yours: list[Piece]
    own: str
    both: bool
    proposed: str

    @property
    def may_write(self) -> bool:
        return self.name in TYPED


def rows(part: str, base: Doc | None, theirs: Doc | None, yours: Doc | None) -> list[Row]:
    """The fields in which the two texts differ, each against what both began with."""
    found = []
    if theirs is None or theirs.get("retired") or yours is None or yours.get("retired"):
        return []
    base = base if base and not base.get("retired") else theirs
    for name in NAMES[part.partition(":")[0]]:
        if theirs[name] == yours[name]:
            continue
        was, there, mine = (said(name, doc.get(name, "")) for doc in (base, theirs, yours))
        only_mine = base.get(name) == theirs[name]
        only_theirs = base.get(name) == yours[name]
        label = MORE_LABELS.get(name) or LABELS.get(name, name)
        both = not only_mine and not only_theirs
        proposed = "theirs" if only_theirs else "yours"
        own = yours[name] if name in TYPED else ""
        found.append(Row(name, label, words(was, there), words(was, mine), own, both, proposed))
    return found


def chosen(part: str, theirs: Doc | None, yours: Doc | None, data: Mapping[str, Any]) -> Doc | None:
    """The document that was chosen: `whole` = theirs or yours, or for each field `take-NAME` = theirs, yours or own."""
    if whole := data.get("whole"):
        return theirs if whole == "theirs" else yours
    if theirs is None or yours is None or theirs.get("retired"):
        return theirs
    doc = dict(theirs)
    for name in NAMES[part.partition(":")[0]]:
        take = data.get(f"take-{name}", "theirs")
        if take == "yours":
            doc[name] = yours[name]
        elif take == "own" and name in TYPED:
            doc[name] = str(data.get(f"own-{name}", "")).replace("\r\n", "\n").strip()
    return doc
