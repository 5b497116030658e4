"""Where all runs on one machine, whoever waits for a page goes before what nobody waits for."""

import contextlib
import os
from pathlib import Path

AUTOGROUP = Path("/proc/self/autogroup")


def give_way(by: int) -> None:
    """This process gives way to others by so many steps of niceness (0 to 19).

    Linux may put each session of processes into a group of its own and divide the processor between groups first;
    niceness then counts within the group alone (sched(7), "The autogroup feature"). `make run` starts every process
    in its own session, so the group is told too.
    """
    os.nice(by)
    with contextlib.suppress(OSError):  # no such groups here, or not ours to change: niceness is all there is
        AUTOGROUP.write_text(str(by))
