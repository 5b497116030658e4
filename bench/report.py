"""The results as a page to read: what was wanted, what was measured, on which machine."""

import json
from pathlib import Path
from typing import Any

EXPLAINED = """
Everything runs on one machine: the web processes, the worker and the tick as `make run` starts them, the embedded
PostgreSQL and Redis, the load generator, the receiver of webhooks and whoever watches dashboards. So every number
includes the cost of measuring it.

- A *cycle* is one `POST /desk/claims/…/decide` as the desk's form sends it: the decision with all that belongs to it,
  and the page with the next case. While moderators decide, the ledger is sealed, rollups are kept, webhooks go to a
  receiver that answers at once, and a dashboard is open.
- *Paced*: each of 50 moderators begins a cycle at fixed moments whatever the last one took; the time counts from the
  moment at which it was due, so a queue that builds up shows.
- *The floor*: the statements the application sends for one cycle, recorded from real requests and replayed by
  `pgbench` with as many clients as the web has threads, on a copy of the same database, nothing else running.
- *CPU per cycle* is what each process really used, read from `/proc`; with the load average and
  `loop_milliseconds` (a fixed piece of Python, in CPU time) it lets runs on a busy machine be compared.
- *PSS* counts memory shared by several processes once, shared out among them; RSS is in the JSON beside it.
"""


def write_readme(folder: Path, parts: dict[str, str]) -> None:
    """`README.md` beside the JSON files, from whichever of them are there."""
    found = {
        name: json.loads(path.read_text()) for name in parts if (path := folder / f"{name}.json").exists()
    }
    if not found:
        return
    lines = [
        "# What `make bench` measured",
        "",
        *_machines(found),
        "",
        "| | wanted | measured | |",
        "|---|---|---|---|",
    ]
    for name, one in found.items():
        lines.append(f"| **{parts[name]}** | | | |")
        if "trouble" in one:
            lines.append(f"| could not be measured: {one['trouble']} | | | ✗ |")
        lines += [
            f"| {t['name']} | {t['wanted']} | {t['measured']} | {'✓' if t['met'] else '✗'} |"
            for t in one.get("targets", [])
        ]
    lines += ["", "## How to read this", EXPLAINED.strip(), ""]
    if "result" in found.get("decide", {}):
        lines += _costs(found["decide"]["result"])
    (folder / "README.md").write_text("\n".join(lines) + "\n")


def _machines(found: dict[str, Any]) -> list[str]:
    """Where and when; one line where all parts agree."""
    said: dict[str, list[str]] = {}
    for name, one in found.items():
        m = one["machine"]
        text = (f"{m['cores']} cores of {m['cpu']}, {m['memory_gb']} GB, {m['system']}, Python {m['python']}, "
                f"PostgreSQL {m['postgresql']}; commit {one['commit']}; {one['at'][:10]}")  # fmt: skip
        said.setdefault(text, []).append(f"{name} (load {one['load_average_before']})")
    return [
        f"{text}: {', '.join(names)}. The load is the machine's average as each part began."
        for text, names in said.items()
    ]


def _costs(result: dict[str, Any]) -> list[str]:
    """Where the CPU of a cycle goes."""
    rows = {
        "paced": result["paced"]["cpu_milliseconds_per_cycle"],
        "flat out": result["saturation"]["cpu_milliseconds_per_cycle"],
    }
    names = list(dict.fromkeys(name for row in rows.values() for name in row))
    floor = result["floor"]["postgres_cpu_milliseconds_per_cycle"]
    return [
        "## CPU milliseconds of one decide-and-next cycle",
        "",
        "| | " + " | ".join(names) + " |",
        "|---" * (len(names) + 1) + "|",
        *(
            f"| {name} | " + " | ".join(str(row.get(part, "")) for part in names) + " |"
            for name, row in rows.items()
        ),
        "",
        f"The floor: {floor} ms of PostgreSQL, {result['floor']['statements_per_cycle']} statements.",
    ]
