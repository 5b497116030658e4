"""Nine frames of a film, read by OpenCV in a process of its own.

A film from outside may crash or stall its decoder; the child has a time, a memory and a pixel limit,
and takes nothing with it. Run as a script this file needs neither Django nor the rest of the house.
"""

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

FRAMES = 9
FRAME_WIDTH = 480
SECONDS = 60
MEMORY = 4 * 2**30
READ_AT_MOST = 2_000  # frames read one after the other when a film cannot be searched


def frame_path(path: Path, number: int) -> Path:
    """Where frame 1…9 of a film lies; 0 is the very first frame, for the veil."""
    return path.with_name(f"{path.name}.frame-{number}.webp")


def read_film(path: Path, *, pixels_below: int) -> dict[str, Any]:
    """Write the frames beside the film: {width, height, duration_s, frames, frame_offsets}, or {refused: why}.

    `frame_offsets`: milliseconds from the beginning to each frame; null where the film does not say how fast it runs.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-I", __file__, str(path), str(pixels_below)],
            capture_output=True,
            env={},
            timeout=SECONDS + 10,
            check=False,
        )
        answer: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
    except (subprocess.TimeoutExpired, ValueError):
        answer = {}
    return answer or {"refused": "This film cannot be read: the file is damaged or too demanding."}


def _read(path: Path, pixels_below: int) -> dict[str, Any]:
    import cv2

    cv2.setNumThreads(1)
    film = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    width, height = int(film.get(cv2.CAP_PROP_FRAME_WIDTH)), int(film.get(cv2.CAP_PROP_FRAME_HEIGHT))
    if not film.isOpened() or width < 1 or height < 1:
        return {"refused": "This film cannot be read: the file is damaged."}
    if width * height >= pixels_below:
        return {
            "refused": f"This film is {width:,} × {height:,} pixels; only films below {pixels_below:,} are opened."
        }
    rate, count = film.get(cv2.CAP_PROP_FPS), int(film.get(cv2.CAP_PROP_FRAME_COUNT))
    good, first = film.read()
    if not good:
        return {"refused": "This film cannot be read: the file is damaged."}

    def keep(frame: Any, number: int) -> None:
        scale = min(1.0, FRAME_WIDTH / frame.shape[1])
        small = (
            cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else frame
        )
        cv2.imwrite(str(frame_path(path, number)), small, [cv2.IMWRITE_WEBP_QUALITY, 70])

    keep(first, 0)
    chosen = _searched(cv2, film, count) or _in_turn(film, first)
    for number, (_, frame) in enumerate(chosen, 1):
        keep(frame, number)
    known = 0 < rate < 1000
    return {
        "width": width,
        "height": height,
        "duration_s": count / rate if count > 0 and known else None,
        "frames": len(chosen),
        "frame_offsets": [round(at * 1000 / rate) for at, _ in chosen] if known else None,
    }


def _searched(cv2: Any, film: Any, count: int) -> list[tuple[int, Any]]:
    """Frames evenly from the whole length, each with its number in the film, from 0."""
    if count < 1:
        return []
    chosen = []
    for at in sorted({int((n + 0.5) * count / FRAMES) for n in range(FRAMES)}):
        film.set(cv2.CAP_PROP_POS_FRAMES, at)
        good, frame = film.read()
        if good:
            chosen.append((at, frame))
    return chosen


def _in_turn(film: Any, first: Any) -> list[tuple[int, Any]]:
    """Evenly from what could be read, each with its number, thinning out as more comes, so that a long film fits in memory."""
    kept, step, n = [(0, first)], 1, 0
    while n < READ_AT_MOST:
        good, frame = film.read()
        n += 1
        if not good:
            break
        if n % step == 0:
            kept.append((n, frame))
        if len(kept) >= 2 * FRAMES:
            kept, step = kept[::2], step * 2
    return kept[:: max(1, len(kept) // FRAMES)][:FRAMES]


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    print(json.dumps(_read(Path(sys.argv[1]), int(sys.argv[2]))))
