"""`make bench`: everything the project promises of speed and size, measured on this machine.

python -m bench                  all parts, over a million cases, into bench/results/
python -m bench decide claims    some parts
python -m bench --quick          all parts at a twentieth, into a folder that is thrown away: does it work at all?
python -m bench export --var F --keep    the data folder stays: what is loaded need not be loaded again
"""

import argparse
import json
import os
import signal
import sys
import time
import traceback
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.report import write_readme
from bench.system import System, installation

# In this order: what needs the fresh folder first, what fills the tables most last.
PARTS = {
    "start": "make run, the first desk page, memory at rest",
    "claims": "one claim among a million",
    "decide": "fifty moderators deciding, and the floor",
    "sampling": "what second looks add to deciding",
    "dashboards": "two hundred dashboards",
    "publishing": "publishing guidelines while people decide, and the preview before",
    "scorecards": "what detectors are worth, over five million decisions",
    "memory": "memory under load",
    "intake": "reports coming in",
    "export": "five million decisions as training data",
    "statements": "a hundred thousand statements of reasons",
    "reports": "a quarter's public report over twenty million restrictions",
    "search": "search in a thousand rules in ten languages",
    "matching": "looking up picture hashes among a million",
    "agreement": "how far people agree, in bulk, and whether intervals hold",
    "quality": "the quality pages over millions of decisions",
}
WITHOUT_CASES = {"start", "agreement"}  # parts that need none loaded
CASES = 1_000_000
QUICK = 1 / 20
RESULTS = Path(__file__).parent / "results"


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything started is stopped
    asked = arguments()
    scale = QUICK if asked.quick else 1.0
    folder = asked.results or (Path("var/bench-quick") if asked.quick else RESULTS)
    folder.mkdir(parents=True, exist_ok=True)
    since, failed = time.monotonic(), []
    parts = asked.parts or list(PARTS)
    with installation(asked.var, keep=asked.keep) as system:
        from bench.meter import commit, machine

        about = {"machine": machine(), "commit": commit(), "quick": asked.quick}
        cases = asked.cases or int(CASES * scale)
        loaded: dict[str, Any] = {}
        for name in parts:
            if name not in WITHOUT_CASES and not loaded:
                say(f"Loading {cases:,} waiting cases …")
                if import_module("bench.load").holds(cases):
                    loaded = {"seconds": 0}
                else:
                    loaded = import_module("bench.load").load(cases, say=say)
                    write(folder, "load", about | {"part": "load", "cases": cases, "result": loaded})
            if not measure(
                name, system, scale, folder, about | {"cases_waiting": 0 if name in WITHOUT_CASES else cases}
            ):
                failed.append(name)
    write_readme(folder, PARTS)
    say(f"\nAll of it took {(time.monotonic() - since) / 60:.1f} minutes. Results: {folder}")
    if failed:
        say(f"These parts could not be measured: {', '.join(failed)}.")
    return 1 if failed else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="a twentieth of everything")
    parser.add_argument("--cases", type=int, help=f"waiting cases to load (default {CASES:,})")
    parser.add_argument("--results", type=Path, help="where results go (default bench/results)")
    parser.add_argument("--var", type=Path, help="data folder to use (default: a temporary one)")
    parser.add_argument("--keep", action="store_true", help="leave the data folder, for another run over it")
    asked = parser.parse_args()
    for name in asked.parts:
        if name not in PARTS:
            parser.error(f"there is no part {name!r}; the parts are {', '.join(PARTS)}")
    return asked


def measure(name: str, system: System, scale: float, folder: Path, about: dict[str, Any]) -> bool:
    """Run one part and write what it found; a part that breaks does not take the others with it."""
    say(f"\n{name}: {PARTS[name]} …")
    since = time.monotonic()
    began = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "load_average_before": round(os.getloadavg()[0], 1),
    }
    try:
        result = import_module(f"bench.{name}").run(system, scale)
    except Exception:
        trouble = traceback.format_exc()
        say(trouble)
        say(last_words(system))
        write(folder, name, about | began | {"part": name, "trouble": trouble.splitlines()[-1]})
        return False
    targets = result.pop("targets")
    took = {"seconds": round(time.monotonic() - since, 1)}
    write(folder, name, about | began | took | {"part": name, "targets": targets, "result": result})
    for one in targets:
        say(
            f"  {'met   ' if one['met'] else 'MISSED'}  {one['name']}: {one['measured']} (wanted: {one['wanted']})"
        )
    say(f"  ({took['seconds']} s)")
    return True


def last_words(system: System) -> str:
    return "\n".join(f"{name}: {child.last_words()}" for name, child in system.processes.items())


def write(folder: Path, name: str, what: dict[str, Any]) -> None:
    text = json.dumps(what, indent=1, default=str, ensure_ascii=False)
    (folder / f"{name}.json").write_text(text + "\n")


def say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
