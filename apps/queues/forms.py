"""The forms of the queues pages. They read what was typed into drafts; operations decide."""

import re
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from apps.accounts.models import Role
from apps.guidelines.queries import Edition
from apps.intake.codes import LANGUAGES, country_choices
from apps.intake.models import Kind
from apps.queues.models import Queue, RoutingRule
from apps.queues.operations.editing import QueueDraft, RuleDraft
from apps.queues.routing import FLAGS, LISTED, NUMBERS
from apps.queues.routing_words import ROUTED, SOURCES

WORKERS = [(role.value, role.label) for role in (Role.MODERATOR, Role.SENIOR_MODERATOR)]
LAST = "last"
PHRASES_AT_MOST = 50
TYPED = ("languages", "words", "authors", "hashes")  # lists that are typed with commas


class QueueForm(forms.Form):
    name = forms.CharField(max_length=80)
    description = forms.CharField(
        max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}), label="What belongs here"
    )
    roles = forms.MultipleChoiceField(
        choices=WORKERS, widget=forms.CheckboxSelectMultiple, label="Who may take cases from it"
    )
    skill = forms.CharField(
        max_length=40,
        required=False,
        label="Certification asked for",
        help_text="Left empty, none. “specialist” is the one for the heaviest content.",
    )
    claim_minutes = forms.IntegerField(
        min_value=1,
        max_value=240,
        initial=15,
        label="Minutes a case is kept for one person",
        help_text="Working on the page renews them.",
    )
    escalates_to = forms.ModelChoiceField(
        Queue.objects.none(), required=False, empty_label="The escalations queue", label="Escalates to"
    )
    position = forms.IntegerField(min_value=0, max_value=1_000, initial=0, label="Place in the list")
    mixes = forms.BooleanField(
        required=False,
        initial=True,
        label="Mixes: its light cases may come between the heavy ones of other queues",
        help_text="After a run of heavy cases a person is given light ones first, from queues with this tick.",
    )
    active = forms.BooleanField(required=False, initial=True, label="Active: cases may come in and be taken")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, queue: Queue | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own, target = (queue.pk, queue.escalates_to_id or 0) if queue else (0, 0)
        others = (Queue.objects.filter(active=True) | Queue.objects.filter(pk=target)).exclude(pk=own)
        self.fields["escalates_to"].queryset = others  # type: ignore[attr-defined]
        known = dict(WORKERS)
        extra = [(role, Role(role).label) for role in (queue.roles if queue else []) if role not in known]
        self.fields["roles"].choices = [*WORKERS, *extra]  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(queue: Queue) -> dict[str, Any]:
        names = (
            "name",
            "description",
            "roles",
            "skill",
            "claim_minutes",
            "position",
            "mixes",
            "active",
            "version",
        )
        return {name: getattr(queue, name) for name in names} | {"escalates_to": queue.escalates_to_id}

    def draft(self) -> QueueDraft:
        data = self.cleaned_data
        return QueueDraft(
            name=data["name"],
            description=data["description"],
            roles=data["roles"],
            skill=data["skill"].strip(),
            claim_minutes=data["claim_minutes"],
            escalates_to=data["escalates_to"].pk if data["escalates_to"] else None,
            active=data["active"],
            position=data["position"],
            mixes=data["mixes"],
        )


class CodesField(forms.CharField):
    """Codes separated by commas or spaces, as a list; each must be one of the known."""

    def __init__(self, *, known: frozenset[str], upper: bool, sentence: str, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=400, **kwargs)
        self.known, self.upper, self.sentence = known, upper, sentence

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        codes = [code.upper() if self.upper else code.lower() for code in re.split(r"[,;\s]+", text) if code]
        unknown = [code for code in dict.fromkeys(codes) if code not in self.known]
        if unknown:
            raise forms.ValidationError(f"{', '.join(unknown)}: {self.sentence}")
        return list(dict.fromkeys(codes))


class PhrasesField(forms.CharField):
    """Words, phrases or names separated by commas, as a list."""

    def __init__(self, *, longest: int = 80, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=4_000, **kwargs)
        self.longest = longest

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        phrases = [one.strip() for one in re.split(r"[,\n]+", super().to_python(value) or "")]
        phrases = list(dict.fromkeys(one for one in phrases if one))
        if len(phrases) > PHRASES_AT_MOST or any(len(one) > self.longest for one in phrases):
            raise forms.ValidationError(
                f"At most {PHRASES_AT_MOST}, separated by commas, each of at most {self.longest} characters."
            )
        return phrases


def _least(label: str, most: int = 10**12) -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=1, max_value=most, label=label)


class RuleForm(forms.Form):
    name = forms.CharField(max_length=80)
    queue = forms.ModelChoiceField(Queue.objects.none(), label="Goes to", empty_label="Choose a queue")
    before = forms.ChoiceField(label="Place", required=False)
    active = forms.BooleanField(required=False, initial=True, label="Active")
    policies = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Suspected under one of these policies"
    )
    rules = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Suspected under one of these rules"
    )
    kinds = forms.MultipleChoiceField(
        required=False, choices=Kind.choices, widget=forms.CheckboxSelectMultiple, label="Kind of item"
    )
    sources = forms.MultipleChoiceField(
        required=False,
        choices=[*SOURCES.items()],
        widget=forms.CheckboxSelectMultiple,
        label="How it was found first",
    )
    purposes = forms.MultipleChoiceField(
        required=False,
        choices=[(purpose.value, label) for purpose, label in ROUTED.items()],
        widget=forms.CheckboxSelectMultiple,
        label="Purpose",
    )
    languages = CodesField(
        known=LANGUAGES,
        upper=False,
        sentence="use two-letter language codes, such as en, km, vi.",
        label="Languages",
        help_text="Two-letter codes, such as en, km, vi.",
    )
    countries = forms.MultipleChoiceField(
        required=False,
        choices=country_choices,
        widget=forms.CheckboxSelectMultiple,
        label="It is from one of these countries",
    )
    words = PhrasesField(
        label="It says one of these",
        help_text="Words or phrases, separated by commas; with or without marks and case.",
    )
    authors = PhrasesField(longest=280, label="The author is one of", help_text="As source:account.")
    hashes = PhrasesField(
        longest=64, label="Its text or a file is one of", help_text="SHA-256, as on the page of a trend."
    )
    min_severity = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "Any"), *((str(n), f"{n} or higher") for n in range(2, 6))],
        label="Severity",
    )
    min_views = _least("Views, at least")
    min_views_per_hour = _least("Views an hour, at least")
    min_followers = _least("Author’s followers, at least")
    public_figure = forms.BooleanField(required=False, label="The author is a public figure")
    minors = forms.BooleanField(required=False, label="Someone under age may be at risk")
    trusted = forms.BooleanField(required=False, label="A trusted flagger sent a notice")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    stamp = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(
        self,
        *args: Any,
        edition: Edition,
        queues: list[Queue],
        others: list[RoutingRule],
        rule: RoutingRule | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rule, self.edition = rule, edition
        wanted = [queue.pk for queue in queues if queue.active or (rule and rule.queue_id == queue.pk)]
        self.fields["queue"].queryset = Queue.objects.filter(pk__in=wanted)  # type: ignore[attr-defined]
        places = [(LAST, "Last: asked after all others")]
        places += [(str(other.pk), f"Before {n}. {other.name}") for n, other in enumerate(others, start=1)]
        self.fields["before"].choices = places  # type: ignore[attr-defined]
        if rule:
            del self.fields["before"]
        kept = rule.conditions if rule else {}
        policies = [(section.code, section.title) for section in edition.policies]
        self._offer("policies", policies, kept)
        self._offer("rules", [(code, f"{code} {one.title}") for code, one in edition.rules.items()], kept)
        self._offer("purposes", self.fields["purposes"].choices, kept)  # type: ignore[attr-defined]

    def _offer(self, name: str, choices: Any, kept: dict[str, Any]) -> None:
        """What may be chosen, and what the rule already names although the guidelines no longer have it."""
        choices = list(choices)
        gone = [code for code in kept.get(name) or [] if code not in dict(choices)]
        self.fields[name].choices = [*choices, *((code, f"{code} (not in force)") for code in gone)]  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(rule: RoutingRule, stamp: str) -> dict[str, Any]:
        return {
            "name": rule.name,
            "queue": rule.queue_id,
            "active": rule.active,
            "version": rule.version,
            "stamp": stamp,
            **rule.conditions,
        }

    @staticmethod
    def proposed(asked: Any) -> dict[str, Any]:
        """A new rule as another page proposes it in its link: name, languages, words, authors, hashes."""
        return {name: asked[name][:4_000] for name in ("name", *TYPED) if asked.get(name)}

    @classmethod
    def data_of(cls, rule: RoutingRule, stamp: str, **changes: Any) -> MultiValueDict:
        """The form as it would be posted for a rule as it is, with changes."""
        data: MultiValueDict = MultiValueDict()
        for name, value in {**cls.initial_of(rule, stamp), **changes}.items():
            if isinstance(value, list) and name not in TYPED:
                data.setlist(name, value)
            elif isinstance(value, list):
                data[name] = ", ".join(value)
            elif value is not None:
                data[name] = str(value)
        return data

    def groups_of_rules(self) -> list[tuple[str, list[Any]]]:
        """The rules' checkboxes by policy, for the page."""
        titles = {code: rule.policy_title for code, rule in self.edition.rules.items()}
        groups: dict[str, list[Any]] = {}
        for box in self["rules"]:
            groups.setdefault(titles.get(box.data["value"], "Not in force"), []).append(box)
        return list(groups.items())

    def draft(self) -> RuleDraft:
        data = self.cleaned_data
        conditions = {key: data[key] for key in (*LISTED, *NUMBERS, *FLAGS) if data.get(key)}
        before = data.get("before") or LAST
        return RuleDraft(
            name=data["name"],
            queue_id=data["queue"].pk,
            conditions=conditions,
            active=data["active"],
            before=None if before == LAST else int(before),
        )


class OrderForm(forms.Form):
    """The rules' ids in the order wanted."""

    stamp = forms.CharField(max_length=64)
    order = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, *args: Any, rules: list[RoutingRule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["order"].choices = [(str(rule.pk), rule.name) for rule in rules]  # type: ignore[attr-defined]
