"""Memory of a process that writes an export: given back as soon as it is free, so that it stays below what is promised."""

import contextlib
import ctypes

import pyarrow as pa

# <malloc.h> of glibc. Batches come and go in pieces of megabytes: mapped each for itself, none keeps a heap from shrinking.
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
LARGE = 1 << 20


def be_thrifty() -> None:
    """For the whole process, once, before it begins. Where there is another allocator, it stays as it is."""
    if "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(M_MMAP_THRESHOLD, LARGE)
        mallopt(M_ARENA_MAX, 1)
