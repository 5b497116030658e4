"""The forms of the editor. They accept what is unfinished: completeness is asked for at the review."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.timezone import get_current_timezone

from apps.guidelines import legal, levels, parts
from apps.guidelines.handling import HANDLING
from apps.guidelines.models import Compatibility, GuidelineVersion
from apps.guidelines.parts import Doc

EMPTY_RULE: Doc = {
    "policy": "", "code": "", "title": "", "description": "", "severity": 3, "exposure": 1, "violating_examples": [],
    "allowed_examples": [], "actions": [], "dsa_category": "", "dsa_keywords": [], "handling": {}, "questions": [],
    "check_required": False, "compatibility": "", "predecessors": [], "was": "", "note": "",
}  # fmt: skip


def tidy(text: str) -> str:
    """A text as it is kept: one kind of line end, nothing around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


class Texts(forms.Widget):
    """Several texts under one name; the page shows each in a box of its own (`parts/texts.html`)."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        given = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [text for one in given if (text := tidy(one))]


class TextsField(forms.Field):
    widget = Texts

    def clean(self, value: Any) -> list[str]:
        for text in value:
            if len(text) > 2_000:
                raise forms.ValidationError(f"An entry has {len(text):,} characters; 2,000 is the most.")
            if "\x00" in text:
                raise forms.ValidationError("The text contains a character that cannot be stored.")
        return list(value)


def prose(label: str, rows: int = 6, at_most: int = 10_000) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "class": "prose-input"})
    return forms.CharField(label=label, required=False, max_length=at_most, widget=widget)


class HeadForm(forms.Form):
    title = forms.CharField(label="Title", max_length=200, required=False)
    number = forms.RegexField(
        label="Number",
        regex=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,19}$",
        help_text="It becomes the version's address for ever, like 1.2.0.",
        error_messages={"invalid": "Letters, digits, dots and dashes, at most 20, like 1.2.0."},
    )
    principles = TextsField(label="Principles", required=False)
    actions = forms.CharField(
        label="Actions",
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "mono", "spellcheck": "false"}),
        help_text="One a line: code, title, then what it means in law where it means something. "
        "Example: remove | Remove content | decision_visibility=DECISION_VISIBILITY_CONTENT_REMOVED",
    )

    def clean_actions(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for number, line in enumerate(tidy(self.cleaned_data["actions"]).splitlines(), start=1):
            if not line.strip():
                continue
            code, title, *effects = [*(piece.strip() for piece in line.split("|")), ""]
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", code) or not title or len(title) > 100:
                raise forms.ValidationError(
                    f"Line {number}: write a code like age_restrict, then | and a title."
                )
            if code in found:
                raise forms.ValidationError(f"Line {number}: the action {code} is there twice.")
            found[code] = {"title": title, "dsa": _effects(number, effects)}
        return found

    def doc(self, version: GuidelineVersion) -> Doc:
        given = self.cleaned_data
        return {
            **parts.head_doc(version),
            **{name: given[name] for name in ("title", "number", "principles", "actions")},
        }

    @staticmethod
    def initial_of(doc: Doc) -> dict[str, Any]:
        lines = [
            " | ".join([code, entry["title"], *(f"{k}={v}" for k, v in (entry.get("dsa") or {}).items())])
            for code, entry in doc["actions"].items()
        ]
        return {**doc, "actions": "\n".join(lines)}


def _effects(number: int, effects: list[str]) -> dict[str, str] | None:
    found = {}
    for effect in filter(None, effects):
        name, _, code = (piece.strip() for piece in effect.partition("="))
        if name not in legal.DECISIONS or code not in legal.DECISIONS[name]:
            raise forms.ValidationError(f"Line {number}: “{effect}” is not a legal effect that is known.")
        found[name] = code
    return found or None


class PolicyForm(forms.Form):
    code = forms.CharField(label="Code", max_length=10, help_text="Two to eight capital letters, like YS.")
    title = forms.CharField(label="Title", max_length=200, required=False)
    severity = forms.TypedChoiceField(
        label="Severity", coerce=int, choices=[(n, f"{n} · {word}") for n, word in levels.SEVERITY.items()]
    )
    description = prose("What it is about")
    dsa_category = forms.ChoiceField(
        label="Legal category",
        required=False,
        choices=[("", "Not chosen"), *((code, words[0]) for code, words in legal.CATEGORIES.items())],
    )

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).upper()

    def doc(self) -> Doc:
        return {name: _kept(self.cleaned_data[name]) for name in parts.POLICY}


def _kept(value: Any) -> Any:
    return tidy(value) if isinstance(value, str) else value


class RuleForm(forms.Form):
    policy = forms.ChoiceField(label="Policy")
    code = forms.CharField(
        label="Code", max_length=20, help_text="The policy's code and a number, like YS-1."
    )
    title = forms.CharField(label="Title", max_length=200, required=False)
    description = prose("The rule", rows=8)
    severity = PolicyForm.base_fields["severity"]
    exposure = forms.TypedChoiceField(
        label="Exposure", coerce=int, choices=[(n, f"{n} · {word}") for n, word in levels.EXPOSURE.items()]
    )
    violating_examples = TextsField(label="Breaks the rule", required=False)
    allowed_examples = TextsField(label="Allowed", required=False)
    usual = forms.ChoiceField(label="The usual action", required=False)
    others = forms.MultipleChoiceField(
        label="Also possible", required=False, widget=forms.CheckboxSelectMultiple
    )
    dsa_category = PolicyForm.base_fields["dsa_category"]
    dsa_keywords = forms.MultipleChoiceField(
        label="Legal keywords",
        required=False,
        choices=[(code, legal.keyword_words(code)) for code in sorted(legal.KEYWORDS)],
        widget=forms.CheckboxSelectMultiple,
    )
    check_required = forms.BooleanField(
        label="Moderators show in a short check that they understood it before they get cases under it",
        required=False,
    )
    compatibility = forms.ChoiceField(
        label="Compared with the version before",
        required=False,
        choices=[("", "Not said (unchanged words mean the same)"), *Compatibility.choices],
    )
    predecessors = forms.CharField(
        label="Comes from",
        max_length=300,
        required=False,
        help_text="Codes of the version before, for a split or merged rule: VX-1, VX-2",
    )
    note = forms.CharField(label="What changed, in a sentence for moderators", max_length=500, required=False)

    def __init__(self, *args: Any, version: GuidelineVersion, current: Doc, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = self.initial_of(current)
        self.version, self.current = version, current
        policies = version.policies.order_by("position")
        self.fields["policy"].choices = [(str(p.identity), f"{p.code} {p.title}") for p in policies]  # type: ignore[attr-defined]
        actions = [(code, entry["title"]) for code, entry in version.actions.items()]
        self.fields["usual"].choices = [("", "Not chosen"), *actions]  # type: ignore[attr-defined]
        self.fields["others"].choices = actions  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(doc: Doc) -> dict[str, Any]:
        return {
            **doc,
            "usual": doc["actions"][0] if doc["actions"] else "",
            "others": doc["actions"][1:],
            "predecessors": ", ".join(doc["predecessors"]),
        }

    @property
    def handling_fields(self) -> list[dict[str, Any]]:
        """The instructions of a rule as the template shows them: name, kind, sentence and value."""
        given = self._handling(self.data) if self.is_bound else self.current["handling"]
        return [
            {
                "name": f"handling-{key}",
                "kind": kind,
                "sentence": sentence.replace("{}", "…"),
                "value": given.get(key, ""),
            }
            for key, (kind, sentence) in HANDLING.items()
        ]

    @property
    def question_rows(self) -> list[dict[str, Any]]:
        """The questions with an empty one at the end."""
        given = self._questions(self.data) if self.is_bound else self.current["questions"]
        rows = [{**one, "lines": "\n".join(one["options"])} for one in given]
        return [*rows, {"key": "", "text": "", "lines": ""}]

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).upper()

    def clean_predecessors(self) -> list[str]:
        codes = [code.upper() for code in re.split(r"[\s,;]+", self.cleaned_data["predecessors"]) if code]
        base = self.version.base
        known = set(base.rules.values_list("code", flat=True)) if base else set()
        if unknown := [code for code in codes if code not in known]:
            raise forms.ValidationError(f"The version before has no rule {', '.join(unknown)}.")
        return list(dict.fromkeys(codes))

    def clean(self) -> dict[str, Any]:
        given = dict(super().clean() or {})
        given["handling"] = self._handling(self.data)
        given["questions"] = self._questions(self.data)
        for name, value in given["handling"].items():
            if HANDLING[name][0] == "number" and not isinstance(value, int):
                self.add_error(
                    None, f"“{HANDLING[name][1].format('…')}” needs a whole number from 1 to 100,000."
                )
            elif isinstance(value, str) and len(value) > 300:
                self.add_error(None, "An instruction has at most 300 characters.")
        for question in given["questions"]:
            if len(question["text"]) > 300 or any(len(one) > 100 for one in question["options"]):
                self.add_error(None, "A question has at most 300 characters, an answer at most 100.")
        return given

    def _handling(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """In the order in which the rule had it; what is new comes last."""
        found: dict[str, Any] = {}
        order = [*self.current["handling"], *(key for key in HANDLING if key not in self.current["handling"])]
        for key in order:
            value = tidy(data.get(f"handling-{key}", "") or "")
            kind = HANDLING[key][0] if key in HANDLING else "words"
            if kind == "flag":
                if value:
                    found[key] = True
                elif self.current["handling"].get(key) is False:
                    found[key] = False
            elif kind == "number" and value:
                whole = value.isascii() and value.isdigit() and 1 <= int(value) <= 100_000
                found[key] = int(value) if whole else value
            elif value:
                found[key] = value
        return found

    def _questions(self, data: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        rows = zip(
            data.getlist("question-key"),
            data.getlist("question-text"),
            data.getlist("question-options"),
            strict=False,
        )
        for key, text, options in rows:
            text = tidy(text)
            if not text:
                continue
            taken = {one["key"] for one in found}
            key = tidy(key) if re.fullmatch(r"[a-z][a-z0-9_]{0,39}", tidy(key)) else _key_for(text, taken)
            answers = [answer for line in options.splitlines() if (answer := tidy(line))]
            found.append({"key": key, "text": text, "options": list(dict.fromkeys(answers))})
        return found

    def doc(self) -> Doc:
        given = self.cleaned_data
        names = [name for name in parts.RULE if name not in ("actions", "was")]
        others = set(given["others"]) - {given["usual"]}
        order = [*self.current["actions"], *(code for code in self.version.actions)]
        usual = [given["usual"]] if given["usual"] else []
        return {
            "policy": given["policy"],
            **{name: _kept(given[name]) for name in names},
            "actions": [*usual, *dict.fromkeys(code for code in order if code in others)],
            "dsa_keywords": _in_their_order(self.current["dsa_keywords"], given["dsa_keywords"]),
            "was": self.current["was"],
        }


def _in_their_order(before: list[str], chosen: list[str]) -> list[str]:
    return [*(one for one in before if one in chosen), *(one for one in chosen if one not in before)]


def _key_for(text: str, taken: set[str]) -> str:
    plain = slugify(text).replace("-", "_")[:30].strip("_")
    base = plain if plain[:1].isalpha() else f"question_{plain}".strip("_")
    key, number = base, 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    return key


class RetireForm(forms.Form):
    successors = forms.CharField(
        label="What takes its place",
        required=False,
        max_length=200,
        help_text="Codes of rules in this draft, or nothing: VX-2, VX-3",
    )
    note = forms.CharField(label="Why, in a sentence for moderators", required=False, max_length=500)

    def __init__(self, *args: Any, codes: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = codes

    def clean_successors(self) -> list[str]:
        found = [code.upper() for code in re.split(r"[\s,;]+", self.cleaned_data["successors"]) if code]
        if unknown := [code for code in found if code not in self.codes]:
            raise forms.ValidationError(f"This draft has no rule {', '.join(unknown)}.")
        return list(dict.fromkeys(found))


class WhenForm(forms.Form):
    """Day and time of a planned publication, in the time zone in which the pages tell times."""

    use_required_attribute = False  # "now" needs neither

    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(label="Time", widget=forms.TimeInput(attrs={"type": "time"}))

    def moment(self) -> datetime:
        moment = datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"])
        return moment.replace(tzinfo=get_current_timezone())
