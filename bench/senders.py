"""A platform that sends reports, in a process of its own: single ones over many connections, or bulk over a few.

Orders as JSON from stdin, the answer in JSON. Bodies are made before the clock runs.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

from bench.moderators import percentiles
from bench.wire import Line

TEXTS = (
    "Everybody come and see what she wrote, and then tell her what you think of people like her.",
    "កុំទិញទំនិញពីហាងនេះ គេបោកប្រាស់អតិថិជនរាល់ថ្ងៃ។",
    "Đừng mua hàng ở đây, họ lừa khách mỗi ngày và không trả lại tiền cho ai cả.",
)
LANGUAGES = ("en", "km", "vi")
ITEMS_IN_TEN = 7  # of ten reports, three are about an item that was reported before


def report(run: str, number: int, rules: list[str]) -> dict[str, Any]:
    item = number if number % 10 < ITEMS_IN_TEN else number - number % 10
    language = item % 3
    return {
        "item": {
            "source": "bench", "external_id": f"{run}-{item}", "kind": "text", "text": f"{item}: {TEXTS[language]}",
            "language": LANGUAGES[language], "country": ("GB", "KH", "VN")[language],
            "author": {"external_id": f"{run}-author-{item % 5000}", "followers": item % 1000},
            "posted_at": "2026-01-05T08:30:00Z", "views": item % 7919,
        },
        "reason": "It breaks the rules", "rule": rules[item % len(rules)], "comment": "Please look at this one.",
        "reporter": {"external_id": f"{run}-reporter-{number % 20000}"},
    }  # fmt: skip


async def single(orders: dict[str, Any], line: Line, numbers: range, run: "Sent") -> None:
    for number in numbers:
        body = json.dumps(report(orders["run"], number, orders["rules"])).encode()
        since = time.perf_counter()
        if since >= run.until:
            return
        status, answer = await line.post("/api/v1/reports", body, "application/json")
        run.latencies.append(time.perf_counter() - since)
        run.count(
            status == 202, f"{status} {answer[:120].decode(errors='replace') if status != 202 else ''}", 1
        )


async def bulk(line: Line, bodies: list[tuple[int, bytes]], run: "Sent") -> None:
    for lines, body in bodies:
        since = time.perf_counter()
        status, answer = await line.post("/api/v1/bulk", body, "application/x-ndjson")
        run.latencies.append(time.perf_counter() - since)
        if status != 200:
            run.count(False, f"{status} {answer[:200].decode(errors='replace')}", lines)
            continue
        kinds = Counter(one["status"] for one in json.loads(answer))
        good = sum(many for kind, many in kinds.items() if kind in (200, 201, 202))
        run.count(True, "", good)
        if good < lines:
            run.count(False, f"lines refused: {dict(kinds)}", lines - good)


class Sent:
    def __init__(self, until: float) -> None:
        self.until = until
        self.accepted = 0
        self.refused: Counter[str] = Counter()
        self.latencies: list[float] = []

    def count(self, good: bool, why: str, many: int) -> None:
        if good:
            self.accepted += many
        else:
            self.refused[why] += many


async def work(orders: dict[str, Any]) -> dict[str, Any]:
    headers = f"Authorization: Bearer {orders['key']}\r\n"
    lines = [Line(orders["host"], orders["port"], headers=headers) for _ in range(orders["connections"])]
    run = Sent(time.perf_counter() + orders.get("seconds", 1e9))
    if orders["door"] == "bulk":
        chunks = []
        for first in range(0, orders["count"], orders["lines"]):
            numbers = range(first, min(first + orders["lines"], orders["count"]))
            told = (
                json.dumps({"type": "report", **report(orders["run"], n, orders["rules"])}) for n in numbers
            )
            chunks.append((len(numbers), "\n".join(told).encode()))
        shares = [chunks[i :: len(lines)] for i in range(len(lines))]
        jobs = [bulk(line, share, run) for line, share in zip(lines, shares, strict=True)]
    else:
        jobs = [single(orders, line, range(i, 10**9, len(lines)), run) for i, line in enumerate(lines)]
        run.until = time.perf_counter() + orders["seconds"]
    print(json.dumps({"began": time.time()}), flush=True)
    since, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*jobs)
    took = time.perf_counter() - since
    return {
        "accepted": run.accepted, "refused": dict(run.refused), "requests": len(run.latencies), "seconds": round(took, 2),
        "per_second": round(run.accepted / took, 1), "milliseconds": percentiles(run.latencies),
        "generator_cpu_share": round((time.process_time() - cpu) / took, 3),
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(asyncio.run(work(json.loads(sys.stdin.readline())))), flush=True)
