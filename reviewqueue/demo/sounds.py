"""Short sounds made of tones: a rhythm says when, a pitch says how high. WAV, mono, 16 bits, 8 kHz."""

import io
import wave
from random import Random

import numpy as np

HERTZ = 8000

# Rhythms: which notes sound when, as (start, length, factor on the pitch, loudness), over one second.
RHYTHMS: dict[str, tuple[tuple[float, float, float, float], ...]] = {
    "speech": ((0.0, 0.16, 1.0, 0.7), (0.2, 0.1, 1.15, 0.6), (0.36, 0.22, 0.92, 0.8), (0.7, 0.14, 1.05, 0.6)),
    "drum": ((0.0, 0.12, 0.5, 1.0), (0.25, 0.06, 1.6, 0.5), (0.5, 0.12, 0.5, 0.9), (0.75, 0.06, 1.6, 0.6)),
    "melody": ((0.0, 0.45, 1.0, 0.6), (0.5, 0.24, 1.2, 0.6), (0.75, 0.24, 1.5, 0.5)),
    "alarm": ((0.0, 0.45, 1.0, 0.7), (0.5, 0.45, 1.33, 0.7)),
    "calm": ((0.0, 0.95, 1.0, 0.4),),
}
SCALE = (1.0, 9 / 8, 5 / 4, 3 / 2, 5 / 3)  # five notes that sound well in any order


def make_sound(*, seed: str, rhythm: str, pitch: float = 220, seconds: int = 5) -> bytes:
    rng, track = Random(f"{rhythm}/{seed}"), np.zeros(seconds * HERTZ)
    for second in range(seconds):
        for start, length, factor, loudness in RHYTHMS[rhythm]:
            sung = rhythm in ("melody", "calm")
            note = pitch * factor * (rng.choice(SCALE) if sung else rng.uniform(0.92, 1.08))
            t = np.arange(int(length * HERTZ)) / HERTZ
            swell = np.minimum(1, t / 0.02) * np.minimum(1, (length - t) / 0.05).clip(0)
            if rhythm == "drum":
                swell = swell * np.exp(-t * 18)
            wave_form = sum(np.sin(2 * np.pi * note * k * t) / k**1.6 for k in (1, 2, 3))
            begin = int((second + start) * HERTZ)
            track[begin : begin + len(t)] += loudness * swell * wave_form
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(HERTZ)
        file.writeframes((track / max(1.0, np.abs(track).max()) * 0.6 * 32767).astype("<i2").tobytes())
    return out.getvalue()
