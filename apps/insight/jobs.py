"""Telling the dashboards: one snapshot, made once by whoever sees the change first, the same for all who watch."""

import asyncio

from channels.layers import get_channel_layer

from apps.insight.board import board
from apps.insight.operations import AT_LEAST_EVERY, AT_MOST_EVERY, take_pulse
from apps.insight.operations.rebuilding import SUBSCRIBER
from apps.insight.parts import AUDIENCE
from apps.insight.queries import snapshot
from apps.ledger.operations import relay

_loop: asyncio.AbstractEventLoop | None = None


def tell_dashboards() -> bool:
    """Send the numbers to everybody who watches, if they changed or it was quiet for five seconds.

    What is owed to the rollups is handed over first: a worker has eighteen others to go round to, and dashboards
    are promised a second. For one thread of a process: its event loop is kept, and with it the connection to Redis.
    Raises what Redis raises when it is away; pages then ask by themselves.
    """
    global _loop
    relay(SUBSCRIBER)
    if not take_pulse(at_most_every=AT_MOST_EVERY, at_least_every=AT_LEAST_EVERY):
        return False
    text = board(snapshot()).message()
    if _loop is None:
        _loop = asyncio.new_event_loop()
    _loop.run_until_complete(
        get_channel_layer().group_send(AUDIENCE, {"type": "board.changed", "text": text})
    )
    return True
