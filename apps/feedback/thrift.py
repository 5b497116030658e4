"""Memory of a process that writes an export: given back soon."""

import contextlib
import ctypes

import pyarrow as pa

# <malloc.h> of glibc
M_ARENA_MAX = -8
M_MMAP_THRESHOLD = -3
LARGE = 384 * 1024  # bytes: as what was read of a batch is, and its texts


def be_thrifty() -> None:
    """For the whole process, once, before it begins. Where there is another C library, it stays as it is.

    Arrow's own allocators keep much of what was freed, because it will be wanted again: 40 MB more, for nothing that could
    be measured. Here one heap serves all threads, or each would keep the largest batch it ever saw; and what is large
    lies outside the heap, and is gone when it is freed.
    """
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        if mallopt(M_ARENA_MAX, 1) and mallopt(M_MMAP_THRESHOLD, LARGE):
            pa.set_memory_pool(pa.system_memory_pool())
