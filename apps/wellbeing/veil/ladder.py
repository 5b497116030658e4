"""What a veil can do, each as a ladder of whole numbers: higher covers more. So "never below" is one comparison.

Comfort settings: the evidence for blur and grey is mixed, and none of them lowers what a look costs.
"""

from dataclasses import asdict, dataclass, fields

LEVELS = range(5)  # exposure
# What each kind of content can be veiled by.
KINDS: dict[str, tuple[str, ...]] = {
    "text": ("mask_text", "reveal"),
    "picture": ("blur", "grey", "small", "edges", "faces", "reveal"),
    "film": ("blur", "grey", "small", "edges", "faces", "frames", "sound", "reveal"),
    "sound": ("sound",),
}
KIND_NAMES = {"text": "Text", "picture": "Pictures", "film": "Films", "sound": "Sound"}
# Setting: its name, and its steps from the least to the most that is covered.
STEPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "blur": ("While it is covered", ("A light blur", "A strong blur", "A plain surface")),
    "grey": ("Colour", ("In colour", "In grey")),
    "small": ("Size", ("Full size", "Half size", "Quarter size")),
    "edges": ("Lines", ("As it is", "Only its lines")),
    "faces": ("Faces", ("As they are", "Faces blurred, where found")),
    "frames": ("Motion", ("May be played", "Stills only, no motion")),
    "sound": ("Sound", ("Off until asked for", "Off until its transcript was read", "Never any sound")),
    "mask_text": ("Text", ("Shown at once", "Covered until asked for")),
    "reveal": ("Uncovering", ("A press uncovers, a press covers", "Only while held", "Only a part at a time, while held")),
}  # fmt: skip
NAMES = tuple(STEPS)
MOST = {name: len(steps) - 1 for name, (_, steps) in STEPS.items()}


@dataclass(frozen=True)
class Veil:
    """One veil: a step of each ladder."""

    blur: int = 0
    grey: int = 0
    small: int = 0
    edges: int = 0
    faces: int = 0
    frames: int = 0
    sound: int = 0
    mask_text: int = 0
    reveal: int = 0

    def over(self, other: "Veil") -> "Veil":
        """At each ladder the one that covers more."""
        return Veil(**{name: max(getattr(self, name), getattr(other, name)) for name in NAMES})

    def below(self, floor: "Veil") -> list[str]:
        """The settings that cover less than the floor asks."""
        return [name for name in NAMES if getattr(self, name) < getattr(floor, name)]

    def values(self) -> dict[str, int]:
        return asdict(self)

    def filters(self) -> tuple[str, ...]:
        """What is done to a picture before it leaves the server."""
        return tuple(name for name in ("grey", "edges", "faces", "small") if getattr(self, name))

    @property
    def still(self) -> bool:
        """Whether moving pictures stay still: a filter cannot be put over each frame in time."""
        return bool(self.frames or self.edges or self.faces)


assert tuple(field.name for field in fields(Veil)) == NAMES
STRICTEST = Veil(**MOST)  # where nothing is known

# What everybody starts with before she sets anything. domain/WELLBEING.md: blur from 2 on, grey from 3 on.
START = {level: Veil(blur=1, grey=int(level >= 3)) for level in LEVELS}
