"""Simple, abstract pictures that stand in for what people post. Nobody and nothing real is shown."""

from collections.abc import Callable
from random import Random

from PIL import Image, ImageFilter

from reviewqueue.demo.sheet import Sheet

LOOKS = ("", "short", "long", "bun", "hat")
FINER = 2  # drawn this many times larger, then reduced: smooth edges without an anti-aliasing library


def street(s: Sheet, lines: list[str]) -> None:
    s.disc(s.rng.uniform(15, 85), s.rng.uniform(12, 28), 7, s.tint[6])
    x = -4.0
    while x < 100:
        width, top = s.rng.uniform(11, 19), s.rng.uniform(22, 48)
        s.box(x, top, x + width, 76, s.rng.choice(s.tint[2:5]))
        for row in range(int((68 - top) // 11)):
            for col in range(int(width // 5)):
                lit = s.tint[6] if s.rng.random() < 0.55 else s.tint[1]
                s.box(x + 1.6 + col * 5, top + 4 + row * 11, x + 4.2 + col * 5, top + 10 + row * 11, lit, 0.3)
        awning = s.rng.choice((s.tint[5], s.tint[6]))
        s.shape([(x - 1, 64), (x + width + 1, 64), (x + width, 70), (x, 70)], awning)
        x += width + s.rng.uniform(0, 2)
    s.box(0, 76, 100, 100, s.tint[4])
    for mark in range(-2, 104, 14):
        s.box(mark, 87, mark + 7, 88.5, s.tint[6])
    for _ in range(s.rng.randint(2, 5)):
        s.person(s.rng.uniform(5, 95), s.rng.uniform(79, 84), s.rng.uniform(11, 15), s.tint[5])
    s.strip(lines)


def market(s: Sheet, lines: list[str]) -> None:
    for row in range(2):
        for col in range(9):
            x, y = col * 12.5 + s.rng.uniform(-2, 2), 10 + row * 13 + s.rng.uniform(-3, 3)
            s.disc(x, y, 2.4, s.rng.choice((s.tint[5], s.tint[2], s.tint[6])))
    stalls = s.rng.randint(3, 5)
    for stall in range(stalls):
        left, right = stall * 100 / stalls + 1.5, (stall + 1) * 100 / stalls - 1.5
        top = s.rng.uniform(34, 46)
        s.box(left + 2, top, right - 2, 88, s.rng.choice(s.tint[2:4]))
        stripes = 6
        for stripe in range(stripes):
            a, b = (left + (right - left) * edge / stripes for edge in (stripe, stripe + 1))
            colour = s.tint[5] if stripe % 2 else s.tint[6]
            s.shape([(a, top), (b, top), (b + 0.8, top + 13), (a - 0.8, top + 13)], colour)
        s.box(left, 70, right, 88, s.tint[4], 1)
        for _ in range(14):
            x, y = s.rng.uniform(left + 3, right - 3), s.rng.uniform(66, 72)
            s.disc(x, y, 1.9, s.rng.choice((s.tint[5], s.tint[6], s.tint[2])))
    s.box(0, 88, 100, 100, s.tint[3])
    s.strip(lines)


def poster(s: Sheet, lines: list[str]) -> None:
    for _ in range(26):
        s.disc(s.rng.uniform(0, 100), s.rng.uniform(0, 100), s.rng.uniform(1, 9), s.rng.choice(s.tint[:3]))
    s.box(13, 5, 89, 97, s.tint[3], 2)
    s.box(11, 3, 87, 95, s.tint[6], 2)
    s.box(11, 3, 87, 24, s.tint[4], 2)
    for dot in range(s.rng.randint(3, 7)):
        s.disc(19 + dot * 8, 13, s.rng.uniform(1.5, 3.4), s.tint[5])
    s.disc(s.rng.choice((17, 81)), s.rng.uniform(82, 88), s.rng.uniform(5, 9), s.tint[2])
    s.box(16, 88, s.rng.uniform(40, 80), 91, s.tint[5], 1)
    step = 56 / max(1, len(lines))
    for number, line in enumerate(lines):
        size = min(19, step * 0.72) if number else min(22, step)
        s.words(49, 28 + step * (number + 0.5), line, size, s.tint[4], 66)


def chart(s: Sheet, lines: list[str]) -> None:
    s.box(7, 8, 93, 92, s.tint[6], 2)
    for rule in range(4):
        s.box(14, 34 + rule * 14, 88, 34.5 + rule * 14, s.tint[1])
    bars, rising = s.rng.randint(5, 9), s.rng.choice((-1, 1))
    tops = sorted((s.rng.uniform(34, 74) for _ in range(bars)), reverse=rising > 0)
    width = 74 / bars
    for bar, top in enumerate(tops):
        s.box(15 + bar * width, top, 13 + (bar + 1) * width, 84, s.tint[2 + bar % 3], 0.6)
    points = [(14.5 + (bar + 0.5) * width, top - s.rng.uniform(3, 9)) for bar, top in enumerate(tops)]
    s.draw.line([s.at(*point) for point in points], fill=s.tint[5], width=max(2, s.image.width // 130))
    for point in points:
        s.disc(*point, 1.3, s.tint[5])
    s.box(13, 84, 89, 85.2, s.tint[4])
    for number, line in enumerate(lines[:2]):
        s.words(50, 16 + number * 11, line, 11 if number == 0 else 9, s.tint[4], 76)


def chat(s: Sheet, lines: list[str]) -> None:
    s.box(22, 2, 78, 98, s.tint[4], 4)
    s.box(24.5, 8, 75.5, 93, s.tint[6], 2)
    s.box(24.5, 8, 75.5, 19, s.tint[3], 2)
    s.disc(30, 13.5, 2.6, s.tint[5])
    s.box(35, 12, s.rng.uniform(48, 62), 15, s.tint[6], 1)
    step = 68 / (len(lines) + 1)
    for number, line in enumerate([*lines, ""]):
        mine = s.rng.random() < 0.5 if number else False
        left, right = (37, 73) if mine else (27, 63)
        top, bubble = 22 + number * step, s.tint[5] if mine else s.tint[2]
        s.box(left, top, right, top + step * 0.78, bubble, 2)
        if line:
            s.words((left + right) / 2, top + step * 0.39, line, step * 0.4, s.ink_on(bubble), 32)
        else:
            for dot in range(3):
                s.disc(left + 6 + dot * 5, top + step * 0.39, 1.1, s.ink_on(bubble))


def portrait(s: Sheet, lines: list[str]) -> None:
    x = s.rng.uniform(38, 62)
    for ring in range(5, 0, -1):
        s.disc(x, 46, ring * s.rng.uniform(7.5, 9.5), s.tint[(ring + 1) % 3 if ring % 2 else 1])
    cloth, hair = s.rng.choice(s.tint[3:6]), s.rng.choice((s.tint[4], s.tint[3]))
    look = s.look or s.rng.choice(LOOKS[1:])
    if look == "long":
        s.box(x - 13, 24, x + 13, 70, hair, 9)
    elif look == "bun":
        s.disc(x, 17, 6, hair)
    s.disc(x, 112, 33, cloth, 0.95)
    s.box(x - 4.5, 50, x + 4.5, 70, s.tint[2], 3)
    s.disc(x, 40, 11.5, s.tint[2], 1.15)
    if look == "hat":
        s.box(x - 17, 26, x + 17, 30, hair, 1)
        s.box(x - 9, 8, x + 9, 28, hair, 1)
    else:
        s.draw.pieslice((*s.at(x - 12.4, 16), *s.at(x + 12.4, 60)), 180, 360, fill=hair)
    for _ in range(s.rng.randint(3, 7)):
        beside = s.rng.choice((s.rng.uniform(2, 22), s.rng.uniform(78, 98)))
        s.disc(beside, s.rng.uniform(8, 92), s.rng.uniform(1.5, 5), s.tint[5])
    s.strip(lines)


def product(s: Sheet, lines: list[str]) -> None:
    s.shape([(50, -10), (s.rng.uniform(2, 20), 80), (s.rng.uniform(80, 98), 80)], s.tint[6])
    s.box(0, 72, 100, 100, s.tint[3])
    s.disc(50, 76, 30, s.tint[4], 0.22)
    count = s.rng.randint(1, 3)
    for number in range(count):
        x, kind = 50 + (number - (count - 1) / 2) * 23 + s.rng.uniform(-3, 3), s.rng.randrange(4)
        body, lid = s.rng.choice((s.tint[5], s.tint[2])), s.tint[4]
        if kind == 0:
            s.box(x - 9, 42, x + 9, 76, body, 1)
            s.box(x - 9, 42, x + 9, 50, lid, 1)
        elif kind == 1:
            s.box(x - 6, 36, x + 6, 76, body, 3)
            s.box(x - 2.5, 22, x + 2.5, 38, lid, 1)
        elif kind == 2:
            s.disc(x, 62, 10, body, 1.0)
            s.box(x - 7, 42, x + 7, 48, lid, 1)
        else:
            s.shape([(x - 11, 36), (x + 11, 36), (x + 8, 48), (x + 8, 76), (x - 8, 76), (x - 8, 48)], body)
            s.disc(x, 36, 3.4, lid, 0.7)
        s.box(x - 4, 56, x + 4, 62, s.tint[6], 1)
    s.strip(lines)


def landscape(s: Sheet, lines: list[str]) -> None:
    s.disc(s.rng.uniform(14, 86), s.rng.uniform(14, 34), s.rng.uniform(5, 9), s.tint[6])
    for _ in range(s.rng.randint(2, 4)):
        x, y = s.rng.uniform(0, 95), s.rng.uniform(8, 30)
        s.box(x, y, x + s.rng.uniform(10, 22), y + 4, s.tint[6], 2)
    for layer in range(3):
        base, points = 46 + layer * 15, [(-2.0, 101.0)]
        x = -2.0
        while x < 103:
            points.append((x, base + s.rng.uniform(-13, 10)))
            x += s.rng.uniform(9, 24)
        s.shape([*points, (103, 80), (103, 101)], s.tint[2 + layer])
    s.shape([(46, 66), (54, 66), (s.rng.uniform(60, 95), 101), (s.rng.uniform(5, 40), 101)], s.tint[1])
    for _ in range(s.rng.randint(3, 8)):
        x, y = s.rng.choice((s.rng.uniform(2, 38), s.rng.uniform(62, 98))), s.rng.uniform(66, 92)
        s.box(x - 0.5, y, x + 0.5, y + 7, s.tint[4])
        s.disc(x, y, s.rng.uniform(2, 4), s.rng.choice((s.tint[5], s.tint[2])))
    s.strip(lines)


def stage(s: Sheet, lines: list[str]) -> None:
    s.box(0, 0, 100, 100, s.tint[4])
    x = s.rng.uniform(36, 64)
    for lamp in sorted(s.rng.sample(range(8, 96, 8), s.rng.randint(2, 4))):
        left, right = x - s.rng.uniform(10, 20), x + s.rng.uniform(10, 20)
        s.shape([(lamp, -4), (left, 82), (right, 82)], s.rng.choice(s.tint[1:4]))
    s.disc(x, 80, 26, s.tint[6], 0.16)
    s.person(x, 80, s.rng.uniform(34, 46), s.tint[5])
    s.box(x + 9, 46, x + 9.8, 80, s.tint[4])
    s.disc(x + 9.4, 44, 1.8, s.tint[4])
    for fold in range(5):
        for side in (fold * 3.2, 100 - (fold + 1) * 3.2):
            s.box(side, 0, side + 3.2, 88, s.tint[2 + fold % 2], 1)
    for head in range(0, 104, 7):
        s.disc(head + s.rng.uniform(-2, 2), 97 + s.rng.uniform(-3, 3), s.rng.uniform(3.5, 5), s.tint[3])
    if lines:
        s.words(50, 10, " · ".join(lines), 9, s.tint[6], 60)


def withheld(s: Sheet, lines: list[str]) -> None:
    """Where the harm would be: soft colours without any content, and a closed eye."""
    for _ in range(14):
        s.disc(s.rng.uniform(0, 100), s.rng.uniform(0, 100), s.rng.uniform(8, 26), s.rng.choice(s.tint[:5]))
    s.image.paste(s.image.filter(ImageFilter.GaussianBlur(s.image.width / 14)))
    s.box(38, 34, 62, 66, s.tint[4], 4)
    s.draw.arc((*s.at(42, 36), *s.at(58, 58)), 20, 160, fill=s.tint[6], width=max(2, s.image.width // 110))
    for lash in (44, 48, 52, 56):
        s.box(lash - 0.3, 56, lash + 0.3, 61, s.tint[6])
    s.strip(lines)


SCENES: dict[str, Callable[[Sheet, list[str]], None]] = {
    scene.__name__: scene
    for scene in (street, market, poster, chart, chat, portrait, product, landscape, stage, withheld)
}


def draw_scene(
    scene: str, *, tint: str, lines: list[str], size: tuple[int, int], seed: str, look: str = ""
) -> Image.Image:
    """The scene in `size` pixels. The same words give the same picture, another seed another composition."""
    sheet = Sheet.blank((size[0] * FINER, size[1] * FINER), tint, Random(f"{scene}/{seed}"), look)
    SCENES[scene](sheet, lines)
    return sheet.image.resize(size, Image.Resampling.LANCZOS)
