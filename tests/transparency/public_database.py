"""The public database as its own documentation and answers have it, on this machine: it reads the Commission's schema itself, and
nothing of ours, so that what it takes does not depend on what we believe it takes."""

import json
import re
from datetime import date
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import apps.transparency

SCHEMA = json.loads((Path(apps.transparency.__file__).parent / "dsa_sor_schema.json").read_text())
DECISIONS = ("decision_visibility", "decision_monetary", "decision_provision", "decision_account")
NOT_UNIQUE = "The platform identifier(s) are not all unique within this call."


def held_against_the_schema(statement):
    """By field, the sentences with which the database refuses it."""
    wrong = {}
    for name, field in SCHEMA["fields"].items():
        value, words = statement.get(name), name.replace("_", " ")
        of, _, code = re.sub(" contains ", "=", field.get("required_if", "")).partition("=")
        asked = field.get("required") is True or (of and code in as_list(statement.get(of)))
        if value in (None, "", []):
            if asked or (name in DECISIONS and not any(statement.get(one) for one in DECISIONS)):
                wrong[name] = [f"The {words} field is required."]
        elif field["type"].startswith("array") != isinstance(value, list):
            wrong[name] = [f"The {words} must be {'an array' if isinstance(value, str) else 'a string'}."]
        elif not set(as_list(value)) <= allowed(name, field, value):
            wrong[name] = [f"The selected {words} is invalid."]
        elif "date" in field["type"] and not is_day(value):
            wrong[name] = [f"The {words} does not match the format YYYY-MM-DD."]
        elif isinstance(field.get("max"), int) and len(value) > field["max"]:
            wrong[name] = [f"The {words} must not be greater than {field['max']} characters."]
        elif name == "puid" and not re.fullmatch(r"[a-zA-Z0-9_-]+", value):
            wrong[name] = ["The puid format is invalid."]
    return wrong


def as_list(value):
    return value if isinstance(value, list) else [value]


def allowed(name, field, value):
    codes = field.get("values") or SCHEMA["enums"].get(field.get("enum")) or as_list(value)
    codes = SCHEMA["languages"] if name == "content_language" else codes
    return set(SCHEMA[codes] if isinstance(codes, str) else codes)


def is_day(value):
    try:
        return date.fromisoformat(value).isoformat() == value and "2000-01-01" <= value <= "2038-01-01"
    except ValueError:
        return False


class PublicDatabase(BaseHTTPRequestHandler):
    """A bearer token, 1 to 100 statements, all of a batch or none; what breaks the schema is said first, then which
    identifiers it has, and never both."""

    known: set[str] = set()
    batches: list[int] = []
    away = 0
    loses_answers = False
    also_refuses: set[str] = set()

    @classmethod
    def begin(cls):
        cls.known, cls.batches, cls.also_refuses, cls.away, cls.loses_answers = set(), [], set(), 0, False

    def do_POST(self):
        statements = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["statements"]
        if self.away:
            return self.answer(self.away, None)
        if self.path != "/api/v1/statements" or self.headers["Authorization"] != "Bearer token":
            return self.answer(401, {"message": "Unauthenticated."})
        self.batches.append(len(statements))
        if not 1 <= len(statements) <= 100:
            why = "The statements field must have between 1 and 100 items."
            return self.answer(422, {"message": why, "errors": {"statements": [why]}})
        errors = {}
        for place, one in enumerate(statements):
            wrong = held_against_the_schema(one)
            if one["puid"] in self.also_refuses:
                wrong["decision_facts"] = ["The decision facts field must not hold this."]
            if wrong:
                errors[f"statement_{place}"] = wrong
        if errors:
            return self.answer(422, {"errors": errors})
        there = [one["puid"] for one in statements if one["puid"] in self.known]
        if there:
            errors = {"puid": [NOT_UNIQUE], "existing_puids": there}
            return self.answer(422, {"message": NOT_UNIQUE, "errors": errors})
        self.known.update(one["puid"] for one in statements)
        if self.loses_answers:
            return self.connection.close()
        return self.answer(201, {"statements": statements})

    def answer(self, status, body):
        written = b"Limit Reached." if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def log_message(self, *args):
        pass
