"""Memory of a process that writes an export: given back soon."""

import contextlib
import ctypes

import pyarrow as pa

M_ARENA_MAX = -8  # <malloc.h> of glibc: one heap for all threads, or each keeps the largest batch it ever saw


def be_thrifty() -> None:
    """For the whole process, once, before it begins. Where there is another allocator, it stays as it is."""
    if "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
