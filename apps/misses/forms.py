from collections.abc import Sequence
from typing import Any

from django import forms

from apps.accounts.models import User
from apps.misses.models import Step
from apps.misses.queries import Ranked


class PlanForm(forms.Form):
    """Who sees to a cause, and what comes next."""

    owner = forms.TypedChoiceField(coerce=int, label="Who sees to it")
    step = forms.ChoiceField(choices=[("", "Choose"), *Step.choices], label="Next step")
    note = forms.CharField(max_length=500, required=False, label="More exactly")
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, people: Sequence[User], cause: str, **kwargs: Any) -> None:
        super().__init__(data, auto_id=f"id_{cause}_%s", **kwargs)
        self.cause = cause
        self.people = {person.pk: person for person in people}
        named = [(str(pk), person.pseudonym) for pk, person in self.people.items()]
        self.fields["owner"].choices = [("", "Choose a person"), *named]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, cause: Ranked, people: Sequence[User]) -> "PlanForm":
        plan = cause.plan
        initial: dict[str, Any] = {"seen": 0, "step": cause.usual}
        if plan:
            initial = {"seen": plan.version, "step": plan.step, "owner": plan.owner_id, "note": plan.note}
        return cls(people=people, cause=cause.cause, initial=initial)

    def wanted(self) -> dict[str, Any]:
        return {**self.cleaned_data, "owner": self.people[self.cleaned_data["owner"]]}
