"""Media files of every kind, drawn on the spot."""

import io
import struct
import wave
import zlib

import cv2
import numpy
from PIL import Image


def picture(kind="PNG", size=(64, 48), colour=(200, 60, 40)) -> bytes:
    drawn = Image.new("RGB", size, colour)
    for x in range(0, size[0], 8):
        drawn.paste((x % 256, 90, 160), (x, 0, x + 4, size[1] // 2 + 1))
    written = io.BytesIO()
    drawn.save(written, kind)
    return written.getvalue()


def bomb(width=10_000, height=10_000) -> bytes:
    """A PNG of a few dozen bytes that says it is enormous."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


def sound(seconds=2) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\1" * 8000 * seconds)
    return written.getvalue()


def film(folder, frames=30, size=(160, 120), rate=10.0) -> bytes:
    path = folder / "film.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), rate, size)
    for n in range(frames):
        writer.write(numpy.full((size[1], size[0], 3), n * 255 // frames, dtype=numpy.uint8))
    writer.release()
    return path.read_bytes()


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
