"""Open dashboards that note when each snapshot arrived and how many decisions it told of.

Orders as JSON on the first line of stdin; ends when stdin closes; answers in JSON.
"""

import asyncio
import json
import re
import sys
import time

from bench.wire import Socket

DECIDED = re.compile(rb'"total\.decided":\[?"([^"]*)"')


class Watchers:
    def __init__(self) -> None:
        self.arrivals: dict[int, list[float]] = {}  # decided so far -> when each socket was told of it first
        self.messages = 0
        self.bytes = 0
        self.refused: list[str] = []
        self.ended = 0

    async def watch(self, orders: dict, session: str, opened: asyncio.Event) -> None:
        socket = Socket(orders["host"], orders["port"], "/ws/live/", session)
        try:
            await socket.open()
        except (ConnectionError, OSError, asyncio.IncompleteReadError) as trouble:
            self.refused.append(str(trouble))
            opened.set()
            return
        opened.set()
        seen = -1
        async for raw in socket.messages():
            self.messages += 1
            self.bytes += len(raw)
            if found := DECIDED.search(raw):
                decided = int(re.sub(rb"\D", b"", found[1]) or 0)
                if decided > seen:
                    self.arrivals.setdefault(decided, []).append(time.time())
                    seen = decided
        self.ended += 1


async def main() -> None:
    loop = asyncio.get_running_loop()
    orders = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    watchers, tasks, opening = Watchers(), [], []
    for _ in range(orders["count"]):
        opened = asyncio.Event()
        opening.append(opened)
        tasks.append(asyncio.create_task(watchers.watch(orders, orders["session"], opened)))
        if len(opening) % 20 == 0:
            await opened.wait()
    await asyncio.gather(*(opened.wait() for opened in opening))
    print(json.dumps({"open": orders["count"] - len(watchers.refused)}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    for task in tasks:
        task.cancel()
    answer = {
        "sockets": orders["count"], "refused": watchers.refused[:5], "ended_early": watchers.ended,
        "messages": watchers.messages, "bytes": watchers.bytes, "arrivals": sorted(watchers.arrivals.items()),
    }  # fmt: skip
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
