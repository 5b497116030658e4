"""The surface that demo pictures are drawn on: matching colours, and shapes in hundredths of the size."""

from dataclasses import dataclass
from random import Random

from PIL import Image, ImageColor, ImageDraw

from reviewqueue.demo.lettering import write

# sky above, sky below, far, middle, near, accent, light
TINTS: dict[str, tuple[str, ...]] = {
    "dawn": ("#f6b88f", "#fde8cf", "#e8927c", "#b5606e", "#6b3f5b", "#2f6f8f", "#fff7ea"),
    "dusk": ("#3b2f5c", "#d9776a", "#7c4a76", "#52366b", "#2a2145", "#f4b860", "#ffe9c9"),
    "rain": ("#7d8fa3", "#c3ced8", "#93a4b3", "#647688", "#3c4a5a", "#d98b5f", "#eef3f6"),
    "leaf": ("#bfe3c4", "#eff8e6", "#86bf8c", "#4c8f66", "#27583f", "#e07a4f", "#fbfff4"),
    "clay": ("#e3b48d", "#f7e6d3", "#c98a5f", "#9a5b3d", "#5c3424", "#2e7d7a", "#fff6ec"),
    "night": ("#0f1830", "#31456b", "#22345a", "#18233f", "#0a1020", "#e8c468", "#dfe7f7"),
    "lotus": ("#f3c1d8", "#fdeef5", "#d98bb2", "#a4558a", "#5d2f5f", "#3f8f84", "#fff8fc"),
    "sea": ("#8fd0e0", "#e6f7f8", "#57a9c2", "#2d7a9c", "#174a66", "#f0905a", "#f7feff"),
}


@dataclass(slots=True)
class Sheet:
    """A drawing surface measured in hundredths of its width (x) and of its height (y)."""

    image: Image.Image
    draw: ImageDraw.ImageDraw
    rng: Random
    tint: tuple[str, ...]
    look: str = ""

    @classmethod
    def blank(cls, size: tuple[int, int], tint: str, rng: Random, look: str) -> "Sheet":
        above, below = TINTS[tint][:2]
        fade = Image.linear_gradient("L").resize(size)
        image = Image.composite(Image.new("RGB", size, below), Image.new("RGB", size, above), fade)
        return cls(image, ImageDraw.Draw(image), rng, TINTS[tint], look)

    def at(self, x: float, y: float) -> tuple[float, float]:
        return x * self.image.width / 100, y * self.image.height / 100

    def box(self, x0: float, y0: float, x1: float, y1: float, fill: str, radius: float = 0) -> None:
        self.draw.rounded_rectangle(
            (*self.at(x0, y0), *self.at(x1, y1)), radius * self.image.width / 100, fill=fill
        )

    def disc(self, x: float, y: float, radius: float, fill: str, squash: float = 1) -> None:
        (px, py), r = self.at(x, y), radius * self.image.width / 100
        self.draw.ellipse((px - r, py - r * squash, px + r, py + r * squash), fill=fill)

    def shape(self, points: list[tuple[float, float]], fill: str) -> None:
        self.draw.polygon([self.at(*point) for point in points], fill=fill)

    def words(self, x: float, y: float, text: str, size: float, fill: str, room: float = 90) -> None:
        pixels = max(8, round(size * self.image.height / 100))
        write(self.draw, self.at(x, y), text, pixels, fill, room * self.image.width / 100)

    def person(self, x: float, foot: float, height: float, fill: str) -> None:
        head = height * 0.12
        self.box(x - height * 0.13, foot - height * 0.72, x + height * 0.13, foot, fill, height * 0.1)
        self.disc(x, foot - height * 0.86, head, fill)

    def ink_on(self, ground: str) -> str:
        """The lightest or the darkest colour of the tint, whichever stands out from the ground."""
        return max((self.tint[4], self.tint[6]), key=lambda ink: abs(_brightness(ink) - _brightness(ground)))

    def strip(self, lines: list[str]) -> None:
        """The lines of a scene that is no sheet of paper itself: a band along the bottom."""
        if lines:
            self.box(4, 82, 96, 96, self.tint[4], 2)
            self.words(50, 89, " · ".join(lines), 9, self.tint[6], 86)


def _brightness(colour: str) -> float:
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return 0.3 * red + 0.59 * green + 0.11 * blue
