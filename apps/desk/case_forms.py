"""What the case pages are asked: the search, and what a supervisor does with a case."""

from typing import Any

from django import forms
from django.utils.timezone import localtime

from apps.accounts.models import User
from apps.decisions.models import Decision
from apps.desk.cases import day_began
from apps.guidelines.queries import Edition
from apps.queues.models import Case, Queue
from apps.queues.queries import BLIND
from apps.queues.routing_words import LANGUAGES, SOURCES

Choices = list[tuple[str, str]]
ANY: Choices = [("", "Any")]
STATES: Choices = [
    ("", "Any"),
    ("open", "Open"),
    *((state.value, state.label) for state in Case.State),
]
# A case that an authority asked for is found as the review it looks like.
PURPOSES: Choices = [
    (one.value, str(one.label))
    for one in Case.Purpose
    if one not in (Case.Purpose.AUTHORITY_REQUEST, Case.Purpose.BOARD)
]
DUE: Choices = [("", "Any time"), ("overdue", "Overdue"), ("hour", "Within the hour")]
ORDERS: Choices = [
    ("newest", "Newest first"),
    ("urgent", "Most urgent first (waiting)"),
    ("due", "Due soonest first (open)"),
    ("oldest", "Oldest first"),
]


class SearchForm(forms.Form):
    """Every field is optional. What cannot be read is said beside its field and not asked for."""

    q = forms.CharField(required=False, max_length=261, label="Case number, or the item’s id on the platform")
    queue = forms.ModelChoiceField(
        Queue.objects.all(), required=False, to_field_name="slug", empty_label="Any"
    )
    state = forms.ChoiceField(required=False, choices=STATES)
    order = forms.ChoiceField(required=False, choices=ORDERS)
    due = forms.ChoiceField(required=False, choices=DUE)
    severity = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        choices=[*ANY, *((str(n), str(n)) for n in range(5, 0, -1))],
    )
    purpose = forms.ChoiceField(required=False, choices=[*ANY, *PURPOSES])
    language = forms.ChoiceField(required=False)
    policy = forms.ChoiceField(required=False)
    rule = forms.ChoiceField(required=False)
    source = forms.ChoiceField(required=False, choices=[*ANY, *SOURCES.items()], label="Found because")
    outcome = forms.ChoiceField(required=False, choices=[*ANY, *Decision.Outcome.choices], label="Decided as")
    action = forms.ChoiceField(required=False, label="Action taken")
    decided = forms.ChoiceField(
        required=False, choices=[("", "Any time"), ("today", "Today")], label="Decided when"
    )

    MORE = ("severity", "purpose", "language", "policy", "rule", "source", "outcome", "action", "decided")

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offers: dict[str, Choices] = {
            "policy": [(one.code, f"{one.code} {one.title}") for one in edition.policies],
            "rule": [(code, f"{code} {rule.title}") for code, rule in edition.rules.items()],
            "action": [(code, action.title) for code, action in edition.actions.items()],
            "language": [(code or "unknown", name) for code, name in LANGUAGES.items()],
        }
        for name, choices in offers.items():
            asked = self.data.get(name, "")
            # A code of an older version, or a language of another house, may still be looked for.
            extra = [(asked, asked)] if asked and asked not in dict(choices) and len(asked) <= 40 else []
            self.fields[name].choices = [*ANY, *choices, *extra]  # type: ignore[attr-defined]

    def without_blind(self) -> None:
        """Second looks and cases with a known answer are not asked for by whoever may be given one."""
        field: Any = self.fields["purpose"]
        field.choices = [choice for choice in field.choices if choice[0] not in BLIND]

    def asked(self) -> dict[str, Any]:
        """What can be asked, of what was typed."""
        self.is_valid()
        asked = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        asked["q"] = asked.get("q", "").strip()
        if asked.get("decided"):
            asked["since"] = day_began(localtime())
        return asked

    @property
    def more_is_asked(self) -> bool:
        return any(self.data.get(name) for name in self.MORE)

    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]


class MoveForm(forms.Form):
    prefix = "move"
    queue = forms.ModelChoiceField(
        Queue.objects.none(), to_field_name="slug", empty_label="Choose a queue", label="Move it to"
    )
    note = forms.CharField(
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="Note for whoever takes it there",
    )

    def __init__(self, *args: Any, queues: list[Queue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Queue.objects.filter(pk__in=[queue.pk for queue in queues])
        self.fields["queue"].queryset = known  # type: ignore[attr-defined]


class GiveForm(forms.Form):
    prefix = "give"
    person = forms.TypedChoiceField(coerce=int, label="Give it to")
    taken_from = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: list[User], holder: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["taken_from"].initial = holder and holder.pk
        offered = [("", "Choose a person")]
        # Who holds it is not offered, but stays chosen where she became its holder while the form was open.
        chosen = str((self.initial or {}).get("person"))
        offered += [(str(one.pk), one.pseudonym) for one in people if one != holder or str(one.pk) == chosen]
        self.fields["person"].choices = offered  # type: ignore[attr-defined]
