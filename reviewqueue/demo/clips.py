"""Short silent clips: something moves over a drawn scene. WebM with VP8, which every browser plays."""

import hashlib
import math
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Lock

import cv2
import numpy as np
from PIL import Image, ImageDraw

from reviewqueue.demo.lettering import write
from reviewqueue.demo.scenes import draw_scene
from reviewqueue.demo.sheet import TINTS

CLIP = (320, 180)
FRAMES_A_SECOND = 8
ONE_AT_A_TIME = Lock()  # two at once would each save the other's silence, and standard error would stay lost

# Motions draw on a copy of the scene. `t` runs from 0 to 1 over the clip.


def _walk(frame: Image.Image, t: float, rng: Random, tint: tuple[str, ...]) -> Image.Image:
    draw = ImageDraw.Draw(frame)
    for _ in range(4):
        start, pace, height = rng.random(), rng.uniform(0.5, 0.9), rng.uniform(34, 52)
        x = ((start + t * pace) % 1.2 - 0.1) * CLIP[0]
        foot = CLIP[1] * 0.86 + 3 * abs(math.sin(t * 40 + start * 9))
        draw.rounded_rectangle((x - 6, foot - height * 0.7, x + 6, foot), 6, fill=tint[5])
        draw.ellipse((x - 6, foot - height, x + 6, foot - height + 12), fill=tint[5])
    return frame


def _traffic(frame: Image.Image, t: float, rng: Random, tint: tuple[str, ...]) -> Image.Image:
    draw = ImageDraw.Draw(frame)
    for lane in range(4):
        way = 1 if lane % 2 else -1
        x = ((rng.random() + way * t * rng.uniform(0.6, 1.3)) % 1.3 - 0.15) * CLIP[0]
        y = CLIP[1] * (0.78 + 0.055 * lane)
        draw.rounded_rectangle((x - 19, y - 9, x + 19, y + 4), 5, fill=tint[2 + lane % 2])
        draw.ellipse((x + way * 17 - 3, y - 4, x + way * 17 + 3, y + 2), fill=tint[6])
    return frame


def _rain(frame: Image.Image, t: float, rng: Random, tint: tuple[str, ...]) -> Image.Image:
    draw = ImageDraw.Draw(frame)
    for _ in range(70):
        x, y, pace = rng.random() * CLIP[0], rng.random(), rng.uniform(2.5, 4)
        fall = (y + t * pace) % 1 * CLIP[1]
        draw.line((x, fall, x - 2, fall + 9), fill=tint[6])
    return frame


def _pulse(frame: Image.Image, t: float, rng: Random, tint: tuple[str, ...]) -> Image.Image:
    draw = ImageDraw.Draw(frame)
    x, y = CLIP[0] * rng.uniform(0.35, 0.65), CLIP[1] * rng.uniform(0.35, 0.6)
    for ring in range(2):
        radius = ((t + ring / 2) % 1) * CLIP[0] * 0.36
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=tint[5], width=2)
    return frame


def _drift(frame: Image.Image, t: float, rng: Random, tint: tuple[str, ...]) -> Image.Image:
    edge = 0.1 * t  # a slow camera move towards a corner
    wide, high = frame.size
    left, top = rng.random() * edge * wide, rng.random() * edge * high
    box = (left, top, left + wide * (1 - edge), top + high * (1 - edge))
    return frame.resize(CLIP, Image.Resampling.BILINEAR, box)


def _shake(frame: Image.Image, t: float, rng: Random, tint: tuple[str, ...]) -> Image.Image:
    step = Random(f"{rng.random()}/{t:.3f}")
    return frame.transform(
        CLIP, Image.Transform.AFFINE, (0.94, 0, step.uniform(0, 14), 0, 0.94, step.uniform(0, 8)),
        Image.Resampling.BILINEAR,
    )  # fmt: skip


MOTIONS: dict[str, Callable[[Image.Image, float, Random, tuple[str, ...]], Image.Image]] = {
    "walk": _walk, "traffic": _traffic, "rain": _rain, "pulse": _pulse, "drift": _drift, "shake": _shake,
}  # fmt: skip


def make_clip(
    *,
    seed: str,
    scene: str,
    tint: str,
    motion: str,
    lines: list[str] | None = None,
    look: str = "",
    caption: str = "",
    seconds: int = 5,
) -> bytes:
    still = draw_scene(scene, tint=tint, lines=lines or [], look=look, size=CLIP, seed=seed)
    count, colours = seconds * FRAMES_A_SECOND, TINTS[tint]

    def frames() -> Iterator[np.ndarray]:
        for number in range(count):
            frame = MOTIONS[motion](still.copy(), number / count, Random(f"{motion}/{seed}"), colours)
            if caption:
                draw = ImageDraw.Draw(frame)
                draw.rounded_rectangle((8, CLIP[1] - 34, CLIP[0] - 8, CLIP[1] - 8), 6, fill=colours[4])
                write(draw, (CLIP[0] / 2, CLIP[1] - 21), caption, 18, colours[6], CLIP[0] - 40)
            yield cv2.cvtColor(np.asarray(frame), cv2.COLOR_RGB2BGR)

    return _webm(frames(), seed=seed)


def _webm(frames: Iterator[np.ndarray], *, seed: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.webm"
        with _quiet():
            vp8 = cv2.VideoWriter.fourcc(*"VP80")
            writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, vp8, FRAMES_A_SECOND, CLIP)
        if not writer.isOpened():
            raise RuntimeError("This OpenCV cannot write VP8 video.")
        for frame in frames:
            writer.write(frame)
        writer.release()
        clip = path.read_bytes()
    # The muxer numbers its track at random. A number from the seed keeps the bytes the same, and so the hash.
    mark = clip.index(b"\x73\xc5\x88") + 3
    return clip.replace(clip[mark : mark + 8], b"\x01" + hashlib.sha256(seed.encode()).digest()[:7])


@contextmanager
def _quiet() -> Iterator[None]:
    """OpenCV prints to file descriptor 2 that it does not know the tag, then writes the clip correctly."""
    with ONE_AT_A_TIME:
        saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            os.close(nowhere)
