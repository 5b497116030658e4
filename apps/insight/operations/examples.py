"""A real case told as an example in a draft, so that nobody in it can be recognised."""

from django.db import transaction

from apps.accounts.models import User
from apps.feedback.redaction import redact
from apps.guidelines import parts
from apps.guidelines.access import draft_for
from apps.guidelines.operations import save_part
from apps.insight.errors import ExampleRefused

KINDS = {"violating": "violating_examples", "allowed": "allowed_examples"}
SHORTEST, LONGEST = 10, 500


@transaction.atomic
def add_example(*, actor: User, draft: str, code: str, kind: str, text: str, names_nobody: bool) -> None:
    """Put an example into a rule of a draft, as its author's own edit. The draft keeps no word of the case.

    Raises ExampleRefused with a reason a field: for a text that still holds an address, a number or a name with
    an @, or that nobody has read over for plain names; NotFound when the draft or the rule is not there.
    """
    text = " ".join(text.split())
    errors: list[dict[str, str]] = []
    if kind not in KINDS:
        errors.append({"field": "kind", "reason": "Say whether it breaks the rule or is allowed."})
    if not SHORTEST <= len(text) <= LONGEST:
        errors.append(
            {"field": "text", "reason": f"Between {SHORTEST} and {LONGEST} characters; this has {len(text)}."}
        )
    elif redact(text) != text:
        errors.append(
            {"field": "text", "reason": "It still holds a web or e-mail address, a number or an @name."}
        )
    elif any(mark in text for mark in ("[url]", "[email]", "[name]", "[phone]")):
        errors.append({"field": "text", "reason": "Write what happened instead of the words in brackets."})
    if not names_nobody:
        errors.append({"field": "names_nobody", "reason": "Read it over for names and places, and say so."})
    version = draft_for(actor, draft)
    rule = version.rules.filter(code=code).first()
    if rule is None:
        errors.append({"field": "draft", "reason": f"This draft has no rule {code}."})
    if errors or rule is None:
        raise ExampleRefused(errors=errors)
    part = parts.rule_part(rule.identity)
    doc = parts.read(version, part)
    assert doc is not None
    doc[KINDS[kind]] = [*doc[KINDS[kind]], text]
    save_part(actor=actor, version_id=version.pk, part=part, doc=doc, seen=version.revision)
