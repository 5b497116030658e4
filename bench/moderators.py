"""Fifty moderators deciding, in a process of its own. Reads its orders as JSON from stdin, answers in JSON.

Each has her own connection, cookies and page; what she posts is what the page's form would post.
"""

import asyncio
import json
import random
import re
import sys
import time
from collections import Counter
from typing import Any

from bench.wire import Line

CLAIM = re.compile(rb'action="/desk/claims/(\d+)/decide"')
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="(\w+)"')
RULE = re.compile(rb'name="rules" value="(\d+)"[^>]*data-usual="(\w*)"')
STATE = re.compile(rb'data-state="(\w+)"')
HTMX = "HX-Request: true\r\nHX-Current-URL: http://127.0.0.1/desk/\r\nHX-Target: desk\r\n"
# How decisions fall: shares of the outcome. A judgement; the statements of each outcome differ.
NOT, VIOLATES = 0.55, 0.43


class Moderator:
    def __init__(self, orders: dict[str, Any], person: dict[str, Any], run: "Run") -> None:
        self.line = Line(orders["host"], orders["port"], {"sessionid": person["session"]})
        self.chance = random.Random(person["id"])
        self.run = run
        self.page = b""
        self.since = 0.0

    async def sit_down(self) -> None:
        """Open the desk and take a first case, if she holds none."""
        status, self.page = await self.line.get("/desk/")
        if status != 200:
            raise RuntimeError(f"the desk answers {status}")
        if not CLAIM.search(self.page):
            await self._next()
        self.since = time.perf_counter()

    async def _next(self) -> None:
        token = TOKEN.search(self.page)
        fields = [
            ("csrfmiddlewaretoken", token[1].decode() if token else self.line.cookies.get("csrftoken", ""))
        ]
        status, self.page = await self.line.post_form("/desk/next", fields, HTMX)
        if not CLAIM.search(self.page):
            found = STATE.search(self.page)
            self.run.errors[f"next: {status} {found[1].decode() if found else '?'}"] += 1

    async def decide(self) -> bool:
        """One cycle: this case decided, the next one on the page. False when it went wrong."""
        claim, token = CLAIM.search(self.page), TOKEN.search(self.page)
        if claim is None or token is None:
            await self._next()
            self.since = time.perf_counter()
            return False
        status, self.page = await self.line.post_form(
            f"/desk/claims/{claim[1].decode()}/decide", self._form(claim[1].decode(), token[1].decode()), HTMX
        )
        self.since = time.perf_counter()
        if status == 200 and CLAIM.search(self.page):
            return True
        found = STATE.search(self.page)
        self.run.errors[f"decide: {status} {found[1].decode() if found else '?'}"] += 1
        return False

    def _form(self, claim: str, token: str) -> list[tuple[str, str]]:
        looked = max(0.0, (time.perf_counter() - self.since) * 1000 - 5)
        spans = (
            [{"block": "text:item", "from_ms": 0, "to_ms": round(looked)}]
            if self.chance.random() < 0.8
            else []
        )
        fields = [("csrfmiddlewaretoken", token), ("claim", claim), ("spans", json.dumps(spans))]
        drawn = self.chance.random()
        rules = [rule for rule in RULE.findall(self.page) if rule[1]]
        if drawn < NOT or not rules:
            fields += [("outcome", "not"), ("rationale", "context_missing")]
        elif drawn < NOT + VIOLATES:
            rule, action = rules[0]
            fields += [("outcome", "violates"), ("rules", rule.decode()), ("actions", action.decode())]
            fields += [
                ("rationale", "intent_clear"),
                ("label_text", ""),
                ("duration_days", "7"),
                ("countries", ""),
            ]
        else:
            fields += [("outcome", "unsure")]
        return [*fields, ("explanation", ""), ("private_note", ""), ("confidence", "sure"), ("q", "")]


class Run:
    """One measured stretch: what went through, how long each took, what went wrong."""

    def __init__(self) -> None:
        self.latencies: list[float] = []
        self.service: list[float] = []
        self.errors: Counter[str] = Counter()
        self.late = 0

    def summary(self, seconds: float) -> dict[str, Any]:
        return {
            "cycles": len(self.latencies),
            "seconds": round(seconds, 1),
            "per_second": round(len(self.latencies) / seconds, 1),
            "milliseconds": percentiles(self.latencies),
            "milliseconds_from_sending": percentiles(self.service),
            "errors": dict(self.errors),
        }


def percentiles(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    if not ordered:
        return {}
    at = {f"p{p}": ordered[min(len(ordered) - 1, int(len(ordered) * p / 100))] for p in (50, 90, 95, 99)}
    return {name: round(value * 1000, 1) for name, value in (at | {"max": ordered[-1]}).items()}


async def paced(moderator: Moderator, run: Run, began: float, seconds: float, every: float) -> None:
    """A cycle every so often, whatever the last one took; late ones count from when they were due."""
    due = began + moderator.chance.random() * every
    while due < began + seconds:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        sent = time.perf_counter()
        if await moderator.decide():
            run.latencies.append(time.perf_counter() - due)
            run.service.append(time.perf_counter() - sent)
        due += every


async def flat_out(moderator: Moderator, run: Run, began: float, seconds: float) -> None:
    """The next cycle as soon as the last one was answered."""
    while time.perf_counter() < began + seconds:
        sent = time.perf_counter()
        if await moderator.decide():
            run.latencies.append(time.perf_counter() - sent)


async def work(orders: dict[str, Any]) -> dict[str, Any]:
    run = Run()
    moderators = [Moderator(orders, person, run) for person in orders["people"]]
    for moderator in moderators:
        await moderator.sit_down()
    settling = Run()
    for moderator in moderators:
        moderator.run = settling
    await asyncio.gather(
        *(flat_out(one, settling, time.perf_counter(), orders["settle"]) for one in moderators)
    )
    for moderator in moderators:
        moderator.run = run
    print(json.dumps({"began": time.time()}), flush=True)
    began, cpu = time.perf_counter(), time.process_time()
    if rate := orders.get("rate"):
        every = len(moderators) / rate
        await asyncio.gather(*(paced(one, run, began, orders["seconds"], every) for one in moderators))
    else:
        await asyncio.gather(*(flat_out(one, run, began, orders["seconds"]) for one in moderators))
    took = time.perf_counter() - began
    answer = run.summary(took)
    answer["generator_cpu_share"] = round((time.process_time() - cpu) / took, 3)
    answer["page_bytes"] = round(sum(len(one.page) for one in moderators) / len(moderators))
    for moderator in moderators:
        moderator.line.close()
    return answer


if __name__ == "__main__":
    print(json.dumps(asyncio.run(work(json.load(sys.stdin)))), flush=True)
