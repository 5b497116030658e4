"""What else the house has, shown on the first day: each room gets a little content, made by the room's own operations.

A room is filled once, after the history; one that was begun and interrupted is not begun again.
"""

from collections.abc import Callable, Iterator

from django.db import transaction

from apps.ledger.models import Event
from apps.ledger.operations import record
from reviewqueue.demo.rooms import learning, looks, machines, outside, report
from reviewqueue.demo.rooms.stage import Stage

ROOMS: dict[str, Callable[[Stage], None]] = {
    "banks": machines.fill_banks,
    "detectors": machines.propose_a_threshold,
    "second looks": looks.fill,
    "modules": learning.fill_modules,
    "calibrations": learning.fill_calibrations,
    "authorities": outside.fill_authorities,
    "notices of law": outside.fill_law_notices,
    "board": outside.fill_board,
    "appeals": outside.fill_appeals,
    "report": report.fill,
}


def fill_rooms() -> Iterator[str]:
    """Fill each room that has not been filled yet; its name, once it is."""
    stage = Stage()
    for name, fill in ROOMS.items():
        if Event.objects.filter(kind="demo.room_filled", data__room=name).exists():
            continue
        if name == "report" and not report.can_be_counted():
            continue  # at the next start
        with transaction.atomic():
            record("demo.room_filled", actor=None, room=name)
        fill(stage)
        yield name


__all__ = ["ROOMS", "fill_rooms"]
