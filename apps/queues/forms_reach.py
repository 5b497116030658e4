"""The form of the milestones: a table of rows, two of them empty."""

from typing import Any

from django import forms

from apps.guidelines.queries import Edition
from apps.intake.codes import country_choices
from apps.queues.reach import Plan, Row

SPARE = 2
ROWS_AT_MOST = 200


class MilestonesForm(forms.Form):
    surge = forms.FloatField(
        min_value=1,
        max_value=1000,
        label="A surge is so many times the mean views an hour",
        help_text="What grows so fast is asked about before it passes its next milestone.",
    )
    ahead_hours = forms.FloatField(min_value=0.1, max_value=48, label="… seen ahead, in hours")
    reason = forms.CharField(
        max_length=300, label="Why", help_text="Kept with the version, for those who read it later."
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, plan: Plan, edition: Edition) -> None:
        super().__init__(
            data, initial={"surge": plan.surge, "ahead_hours": plan.ahead_hours, "seen": plan.number}
        )
        self.plan = plan
        policies = [
            ("", "All policies"),
            *((one.code, f"{one.code} {one.title}") for one in edition.policies),
        ]
        policies += [
            (row.policy, f"{row.policy} (not in force)")
            for row in plan.rows
            if row.policy not in dict(policies)
        ]
        countries = [("", "All countries"), *country_choices()]
        self.length = min(ROWS_AT_MOST, len(plan.rows) + SPARE)
        for n in range(self.length):
            row = plan.rows[n] if n < len(plan.rows) else None
            self.fields[f"policy_{n}"] = forms.ChoiceField(
                choices=policies, required=False, initial=row.policy if row else "", label="Policy"
            )
            self.fields[f"country_{n}"] = forms.ChoiceField(
                choices=countries, required=False, initial=row.country if row else "", label="Country"
            )
            self.fields[f"first_{n}"] = forms.IntegerField(
                required=False, initial=row.first if row else None, label="First milestone, in views"
            )
            self.fields[f"step_{n}"] = forms.FloatField(
                required=False, initial=row.step if row else None, label="Each next one, times"
            )

    def table(self) -> list[list[Any]]:
        """The rows' bound fields, for the page."""
        return [
            [self[f"{name}_{n}"] for name in ("policy", "country", "first", "step")]
            for n in range(self.length)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        rows = []
        for n in range(self.length):
            policy, country, first, step = (
                data.get(f"{name}_{n}") for name in ("policy", "country", "first", "step")
            )
            if not first and not step:
                continue  # an empty row is none; emptying one takes it away
            if not first or not step:
                self.add_error(
                    f"first_{n}", "Give both: the first milestone, and by how much the next is larger."
                )
                continue
            rows.append(Row(policy or "", country or "", first, step))
        data["rows"] = rows
        return data

    def wanted(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("seen", "rows", "surge", "ahead_hours", "reason")}
