"""The floor: what the application sends to the database for one decide-and-next, replayed by pgbench without it.

One real request per outcome is recorded, with its transaction borders; the ids in it become variables, which
each pgbench client looks up anew (two small look-ups more than the application makes).
"""

import contextlib
import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client

from bench.meter import cpu_seconds, spin
from bench.moderators import CLAIM, RULE
from bench.people import FIRST_ID, Person
from bench.system import postgres_program
from reviewqueue.embedded import postgres
from reviewqueue.embedded.places import places

COPY = "bench_floor"
SAID = {
    "tps": r"tps = ([\d.]+)",
    "latency": r"latency average = ([\d.]+)",
    "cycles": r"actually processed: (\d+)",
}
MINE = """SELECT claim.id AS claim, claim.case_id AS kase, cs.item_id AS item, claim.shift_id AS shift
FROM queues_claim claim JOIN queues_case cs ON cs.id = claim.case_id
WHERE claim.holder_id = :person AND claim.ended_at IS NULL"""
# Always a row: zeros say that rivals held every case this claim looked at.
NEXT = """SELECT COALESCE(max(claim.id), 0) AS next_claim, COALESCE(max(claim.case_id), 0) AS next_kase,
COALESCE(max(cs.item_id), 0) AS next_item FROM queues_claim claim JOIN queues_case cs ON cs.id = claim.case_id
WHERE claim.holder_id = :person AND claim.ended_at IS NULL"""
DECISION = "SELECT currval(pg_get_serial_sequence('decisions_decision', 'id')) AS decision"


@dataclass
class Recording:
    """The statements of one request in order; `within` says whether a transaction was open."""

    statements: list[tuple[str, bool]] = field(default_factory=list)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        with connection.connection.cursor() as raw:
            text = raw.mogrify(sql, params).decode() if params else sql
        self.statements.append((text, connection.in_atomic_block))
        return answer


@dataclass(frozen=True)
class Recorded:
    """pgbench scripts, by the share of decisions that go this way."""

    shares: dict[Path, int]
    statements: int
    prepared: int


def record(spare: Person, folder: Path) -> Recorded:
    """Take two real decisions as `spare`, one of each kind, and write them down as scripts."""
    settings.ALLOWED_HOSTS.append("testserver")
    client = Client()
    client.cookies["sessionid"] = spare.session
    if not CLAIM.search(client.get("/desk/").content):
        client.post("/desk/next", headers={"HX-Request": "true"})
    _decide(client, client.get("/desk/").content, "not")  # now what is prepared once per connection is there
    scripts = {outcome: _script(client, spare, outcome) for outcome in ("not", "violates")}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement FROM pg_prepared_statements WHERE statement ILIKE 'prepare %' ORDER BY prepare_time"
        )
        prepared = [row[0].rstrip("; \n") for row in cursor.fetchall()]
    shares = {}
    for outcome, share in (("not", 57), ("violates", 43)):
        path = folder / f"floor-{outcome}.sql"
        path.write_text(_head(prepared) + scripts[outcome].text)
        shares[path] = share
    return Recorded(shares, scripts["violates"].count, len(prepared))


def replay(recorded: Recorded, *, clients: int, seconds: int) -> dict[str, Any]:
    """Cycles per second of pgbench, on a copy of the database: what it writes fits no other rollup or account.

    The first `clients` moderators hold a claim each. Nobody else may be connected.
    """
    name = connection.settings_dict["NAME"]
    connection.close()
    with contextlib.closing(postgres.connect(places(), "postgres", "postgres")) as session:
        session.autocommit = True
        cursor = session.cursor()
        cursor.execute(f"CREATE DATABASE {COPY} TEMPLATE {name} STRATEGY file_copy OWNER {postgres.DATABASE}")
        try:
            warm = _pgbench(recorded, clients, max(2, seconds // 4))
            head = min(postgres.pids(places()))
            before = cpu_seconds(head)
            said = _pgbench(recorded, clients, seconds)
            used = cpu_seconds(head) - before
        finally:
            cursor.execute(f"DROP DATABASE {COPY} WITH (FORCE)")
    return {
        "clients": clients,
        "per_second": said["tps"],
        "mean_milliseconds": said["latency"],
        "cycles": said["cycles"],
        "failed": said["failed"] or warm["failed"],
        "statements_per_cycle": recorded.statements,
        "prepared_statements": recorded.prepared,
        "postgres_cpu_milliseconds_per_cycle": round(used / max(1, said["cycles"]) * 1000, 2),
        "loop_milliseconds": spin(),
        "load_average": round(os.getloadavg()[0], 1),
    }


def _decide(client: Client, page: bytes, outcome: str) -> None:
    claim, rules = CLAIM.search(page), [rule for rule in RULE.findall(page) if rule[1]]
    assert claim, "the recorded person has no case"
    fields = [("outcome", outcome), ("spans", "[]"), ("confidence", "sure")]
    if outcome == "violates":
        fields += [("rules", rules[0][0].decode()), ("actions", rules[0][1].decode())]
    answer = client.post(
        f"/desk/claims/{claim[1].decode()}/decide",
        urlencode(fields),
        content_type="application/x-www-form-urlencoded",
        headers={"HX-Request": "true"},
    )
    assert CLAIM.search(answer.content), f"the recorded decision was not taken: {answer.status_code}"


@dataclass
class Script:
    text: str
    count: int


def _script(client: Client, spare: Person, outcome: str) -> Script:
    """Record until a decision went the ordinary way: a first one, and not held."""
    for _ in range(50):
        before = _row(MINE.replace(":person", str(spare.id)))
        recording = Recording()
        page = client.get("/desk/").content
        if outcome == "violates" and not [rule for rule in RULE.findall(page) if rule[1]]:
            _decide(client, page, "not")
            continue
        with connection.execute_wrapper(recording):
            _decide(client, page, outcome)
        decided = _row(
            f"SELECT id, held OR supersedes_id IS NOT NULL FROM decisions_decision WHERE claim_id = {before[0]}"
        )
        if not decided[1]:
            break
    after = _row(MINE.replace(":person", str(spare.id)))
    names = {
        str(spare.id): "person",
        str(before[0]): "claim", str(before[1]): "kase", str(before[2]): "item", str(before[3]): "shift",
        str(after[0]): "next_claim", str(after[1]): "next_kase", str(after[2]): "next_item",
        str(decided[0]): "decision",
    }  # fmt: skip
    lookups = {"decision": DECISION, "next_claim": NEXT, "next_kase": NEXT, "next_item": NEXT}
    assert all(len(name) == 8 for name in names), f"ids that could be mistaken for other numbers: {names}"
    number = re.compile(r"(?<!\d)(" + "|".join(names) + r")(?!\d)")
    lines, open_, known = [], False, set()
    for text, within in recording.statements:
        replaced = number.sub(lambda found: ":" + names[found[1]], text.strip().rstrip(";"))
        if within != open_:
            lines.append("BEGIN;" if within else "COMMIT;")
            open_ = within
        for name in re.findall(r":(\w+)", replaced):
            if (lookup := lookups.get(name)) and lookup not in known:
                known.add(lookup)
                lines += _ask_until_claimed(lines[-1]) if lookup is NEXT else [f"{_one_line(lookup)} \\gset"]
        lines.append(_together(_one_line(replaced)) + ";")
    if open_:
        lines.append("COMMIT;")
    return Script(f"{_one_line(MINE)} \\gset\n" + "\n".join(lines) + "\n", len(recording.statements))


def _ask_until_claimed(claim: str) -> list[str]:
    """Look up the claim just made; up to three times again where rivals were quicker, as the application would."""
    ask = f"{_one_line(NEXT)} \\gset"
    again = ["\\if :next_claim = 0", claim, ask, "\\endif"]
    return [ask, *again * 3]


def _head(prepared: list[str]) -> str:
    prepares = "".join(_one_line(statement) + ";\n" for statement in prepared)
    return f"\\set person {FIRST_ID} + :client_id\n\\if :ready = 0\n{prepares}\\set ready 1\n\\endif\n"


def _one_line(text: str) -> str:
    """pgbench ends a command at a line only when it holds a semicolon; blanks inside literals stay."""
    bare = "\n".join(re.sub(r"--.*$", "", line) if "'" not in line else line for line in text.splitlines())
    return bare.replace("\n", " ")


def _together(text: str) -> str:
    r"""Several statements sent as one stay one: `\;` between them, outside literals."""
    parts = re.split(r"('(?:[^']|'')*')", text)
    return "".join(part if part.startswith("'") else part.replace(";", "\\;") for part in parts)


def _pgbench(recorded: Recorded, clients: int, seconds: int) -> dict[str, Any]:
    where = connection.settings_dict
    command = [
        postgres_program("pgbench"), "--no-vacuum", "--protocol=simple", f"--client={clients}", "--jobs=1",
        f"--time={seconds}", "--define=ready=0", f"--host={where['HOST']}", f"--port={where['PORT'] or 5432}",
        f"--username={where['USER']}", *(f"--file={path}@{share}" for path, share in recorded.shares.items()), COPY,
    ]  # fmt: skip
    environment = os.environ | {"PGOPTIONS": where.get("OPTIONS", {}).get("options", "")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    said = {name: re.search(pattern, done.stdout) for name, pattern in SAID.items()}
    if not said["tps"]:
        raise RuntimeError(f"pgbench: {done.stderr[-1500:]}")
    numbers = {name: float(found[1]) if found else 0.0 for name, found in said.items()}
    return {
        **numbers,
        "cycles": int(numbers["cycles"]),
        "failed": len(re.findall("aborted", done.stderr)) and done.stderr[-600:],
    }


def _row(sql: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    assert row, sql
    return tuple(row)
