from collections.abc import Mapping
from typing import Any

from django import forms

from apps.strikes.errors import LadderUnusable
from apps.strikes.ladder import (
    COUNTS_AT_LEAST,
    COUNTS_AT_MOST,
    DAYS,
    SEVERITIES,
    STEPS_AT_MOST,
    STRIKES_AT_MOST,
    Ladder,
    Step,
)

WARNING = "warning"
MEASURES = [
    ("", "–"),
    (WARNING, "A warning"),
    ("feature_suspend", "A feature suspended"),
    ("account_suspend", "The account suspended"),
    ("account_terminate", "A look at ending the account"),
]
PLACES = range(1, STEPS_AT_MOST + 1)


class LadderForm(forms.Form):
    """A ladder as a table: a line for each step, those without strikes left out, and days by the severity of the rule."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = max(days for _, days in DAYS.values())
        for place in PLACES:
            label = f"of step {place}"
            self.fields[f"strikes_{place}"] = _number(f"Strikes {label}", 1, STRIKES_AT_MOST, required=False)
            self.fields[f"action_{place}"] = forms.ChoiceField(
                label=f"Measure {label}", choices=MEASURES, required=False
            )
            self.fields[f"days_{place}"] = _number(f"Days {label}", 0, most, required=False)
        for severity in SEVERITIES:
            self.fields[f"counts_{severity}"] = _number(
                f"Severity {severity}", COUNTS_AT_LEAST, COUNTS_AT_MOST
            )

    @property
    def lines(self) -> list[dict[str, Any]]:
        names = ("strikes", "action", "days")
        return [{"place": place, **{name: self[f"{name}_{place}"] for name in names}} for place in PLACES]

    @property
    def spans(self) -> list[Any]:
        return [self[f"counts_{severity}"] for severity in SEVERITIES]

    def ladder(self) -> Ladder:
        """What was typed. Raises LadderUnusable for a line that says only half of what a step is."""
        said = self.cleaned_data
        steps = []
        for place in PLACES:
            strikes, action = said[f"strikes_{place}"], said[f"action_{place}"]
            days = said[f"days_{place}"] or 0
            if strikes is None and not action and not days:
                continue
            if strikes is None or not action:
                raise LadderUnusable(f"Line {place}: a step has a number of strikes and a measure.")
            steps.append(Step(strikes, "" if action == WARNING else action, days))
        return Ladder(tuple(steps), tuple(said[f"counts_{severity}"] for severity in SEVERITIES))


def typed(ladder: Ladder) -> Mapping[str, Any]:
    """A ladder as the form's first values."""
    said: dict[str, Any] = {}
    for place, one in enumerate(ladder.steps, start=1):
        said |= {
            f"strikes_{place}": one.strikes,
            f"action_{place}": one.action or WARNING,
            f"days_{place}": one.days or None,
        }
    return said | {f"counts_{severity}": days for severity, days in enumerate(ladder.counts_for, start=1)}


def _number(label: str, least: int, most: int, *, required: bool = True) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=required)
