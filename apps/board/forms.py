from typing import Any

from django import forms

from apps.board.models import BoardCase, Dispute, Ruling
from apps.decisions.models import Decision
from apps.guidelines.queries import in_force


class Moment(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _words(label: str, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)


class Refusable(forms.Form):
    def refuse(self, errors: list[dict[str, str]], sentence: str) -> None:
        """Put an operation's refusal beside the fields it is about."""
        for error in errors:
            self.add_error(error["field"] if error["field"] in self.fields else None, error["reason"])
        if not errors:
            self.add_error(None, sentence)


class BringForm(Refusable):
    direction = forms.ChoiceField(
        label="Brought by", choices=BoardCase.Direction.choices, widget=forms.RadioSelect
    )
    reference = forms.CharField(label="The board’s number", max_length=120)
    decision_id = forms.IntegerField(
        label="Decision",
        min_value=1,
        max_value=2**62,
        help_text="Its number, as on its case or its statement of reasons.",
    )
    question = _words("What the board is asked")


class RulingForm(Refusable):
    prefix = "ruling"
    kind = forms.ChoiceField(label="It is", choices=Ruling.Kind.choices, widget=forms.RadioSelect)
    words = _words("What the board decided")
    decided_on = forms.DateField(label="Decided on", widget=Day)
    due_at = forms.DateTimeField(
        label="To be carried out, or answered, by",
        widget=Moment,
    )


class CarryOutForm(Refusable):
    outcome = forms.ChoiceField(
        label="The item", choices=Decision.Outcome.choices[:2], widget=forms.RadioSelect
    )
    rules = forms.MultipleChoiceField(
        label="Rules it breaks", required=False, widget=forms.SelectMultiple(attrs={"size": 9})
    )
    actions = forms.MultipleChoiceField(
        label="What is done", required=False, widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(
        label="Days of suspension",
        required=False,
        min_value=1,
        max_value=3650,
        help_text="For a suspended account. It comes back by itself.",
    )
    explanation = _words("Why, in our own words", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        edition = in_force()
        self.fields["rules"].choices = [  # type: ignore[attr-defined]
            (policy.title, [(rule.code, f"{rule.code} {rule.title}") for rule in policy.rules])
            for policy in edition.policies
        ]
        self.fields["actions"].choices = [  # type: ignore[attr-defined]
            (code, action.title)
            for code, action in edition.actions.items()
            if not code.startswith("escalate_")
        ]


class AnswerForm(Refusable):
    answer = forms.ChoiceField(label="It is", choices=Ruling.Answer.choices, widget=forms.RadioSelect)
    words = _words("The answer that is published")


class PrecedentForm(Refusable):
    code = forms.CharField(label="Rule", max_length=20, help_text="Its code, such as HT-1.")
    words = _words("What it means for the rule")


class DisputeForm(Refusable):
    body = forms.CharField(label="The body", max_length=200, help_text="Its name, as it is certified.")
    reference = forms.CharField(label="The body’s number", max_length=120)
    decision_id = forms.IntegerField(
        label="Decision",
        min_value=1,
        max_value=2**62,
        help_text="Its number, as on its case or its statement of reasons.",
    )
    by = forms.ChoiceField(label="Turned to by", choices=Dispute.Side.choices, widget=forms.RadioSelect)
    received_on = forms.DateField(label="Came in on", widget=Day)


class EndForm(Refusable):
    outcome = forms.ChoiceField(
        label="It ended so", choices=Dispute.Outcome.choices, widget=forms.RadioSelect
    )
    words = _words("What the body decided, or why it ended")
    ended_on = forms.DateField(label="Ended on", widget=Day)


class CompliedForm(Refusable):
    complied = forms.TypedChoiceField(
        label="What we did",
        choices=[("yes", "What the body would have"), ("no", "Something else, or nothing")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    words = _words("What was done, or why not")
    complied_on = forms.DateField(label="On", widget=Day)
