"""What may be typed on the wellbeing page. Numbers stay as they were typed until they can be used."""

from typing import Any

from django import forms

from apps.accounts.models import User
from apps.guidelines.levels import EXPOSURE
from apps.wellbeing.harms import HARMS
from apps.wellbeing.limits import (
    CENTI,
    DAYS_LEAST,
    DAYS_MOST,
    DAYS_USUAL,
    HIGHEST_LEVEL,
    LIMITS,
    REASON_AT_MOST,
    Bounds,
    Wanted,
    shown,
)
from apps.wellbeing.models import LimitSet, PersonLimit
from apps.wellbeing.queries import Ceiling

ORGANISATION = "organisation"


def level(value: int) -> str:
    return f"Up to {value} ({EXPOSURE[value]})"


class WholeNumberField(forms.IntegerField):
    """A whole number in a plain text box: a number box would throw away what it cannot read."""

    widget = forms.TextInput

    def __init__(
        self, *, not_a_number: str = "Please give a whole number, in digits.", **kwargs: Any
    ) -> None:
        kwargs["error_messages"] = {"invalid": not_a_number, "required": "Please give a number."}
        kwargs["widget"] = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(**kwargs)


class OwnLimitsForm(forms.Form):
    """One's own limits, within the organisation's. Budgets in units."""

    highest = forms.ChoiceField(label="Highest exposure level")
    budget = WholeNumberField(
        required=False,
        label="Budget for one shift, in units",
        not_a_number="Please give whole units in digits, such as 80, or leave this empty.",
    )
    opted_in = forms.BooleanField(
        required=False,
        label="I choose to be given exposure 4, the most extreme content",
        help_text="Only with this tick, and never for want of other work. Take it away at any moment; it counts at once.",
    )

    def __init__(self, *args: Any, ceiling: Ceiling, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ceiling = ceiling
        highest = self.fields["highest"]
        assert isinstance(highest, forms.ChoiceField)
        highest.choices = [
            (ORGANISATION, f"As the organisation sets it: up to {ceiling.max_exposure}"),
            *((str(value), level(value)) for value in range(ceiling.max_exposure + 1)),
        ]
        highest.error_messages = {
            "required": "Please choose one of the levels.",
            "invalid_choice": f"Please choose one of the levels: the organisation allows you exposure "
            f"{ceiling.max_exposure} at most.",
        }
        most = f"{ceiling.budget / CENTI:,.10g}"
        self.fields[
            "budget"
        ].help_text = f"Left empty, the organisation's {most}. You may set less, never more."
        if ceiling.max_exposure < HIGHEST_LEVEL:
            self.fields["opted_in"].widget = forms.HiddenInput()

    @staticmethod
    def initial_of(limit: PersonLimit | None, ceiling: Ceiling) -> dict[str, Any]:
        """What is set now, never above what could be set anew."""
        if limit is None:
            return {"highest": ORGANISATION}
        highest, budget = limit.max_exposure, limit.budget
        return {
            "highest": ORGANISATION if highest is None else str(min(highest, ceiling.max_exposure)),
            "budget": None if budget is None else min(budget, ceiling.budget) // CENTI,
            "opted_in": limit.opted_in_to_extreme and ceiling.max_exposure == HIGHEST_LEVEL,
        }

    def clean_budget(self) -> int | None:
        budget = self.cleaned_data["budget"]
        if budget is not None and budget < 0:
            raise forms.ValidationError("A budget cannot be below 0.")
        return budget

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("highest") == str(HIGHEST_LEVEL) and not data.get("opted_in"):
            self.add_error(
                "opted_in",
                "Exposure 4 is given only to those who choose it here. Tick this too, or choose up to 3.",
            )
        return data

    def wanted(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "max_exposure": None if data["highest"] == ORGANISATION else int(data["highest"]),
            "budget": None if data["budget"] is None else data["budget"] * CENTI,
            "opted_in_to_extreme": data["opted_in"],
        }

    def refuse(self, errors: list[dict[str, str]], sentence: str) -> None:
        """Put an operation's refusal beside the fields it is about."""
        names = {"max_exposure": "highest", "opted_in_to_extreme": "opted_in"}
        for error in errors:
            self.add_error(names.get(error["field"], error["field"]), error["reason"])
        if not errors:
            self.add_error(None, sentence)


class HarmsForm(forms.Form):
    """Which kinds of harm she does not want to meet. Nothing ticked is an answer too."""

    avoids = forms.TypedMultipleChoiceField(
        required=False,
        coerce=int,
        choices=[(str(bit), words) for bit, (_, words) in HARMS.items()],
        widget=forms.CheckboxSelectMultiple,
        label="Please do not give me",
        error_messages={"invalid_choice": "Please choose from the list."},
    )

    @staticmethod
    def initial_of(limit: PersonLimit | None) -> dict[str, Any]:
        return {"avoids": [str(bit) for bit in HARMS if limit and limit.avoids & bit]}

    def wanted(self) -> int:
        return sum(set(self.cleaned_data["avoids"]))


class LimitSetForm(forms.Form):
    """The organisation's limits. Budgets in units; `Wanted.problems` says what may be set."""

    days = WholeNumberField(
        label="In force for, in days",
        help_text=f"From {DAYS_LEAST} to {DAYS_MOST}. Then the set before it counts again, unless you set a new one.",
    )
    reason = forms.CharField(
        label="Why",
        max_length=REASON_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why: it stays in the history for everyone after you."},
        help_text="Kept in the history with your pseudonym. Name no person here.",
    )
    based_on = WholeNumberField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, ceilings: Bounds, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits: dict[str, forms.Field] = {}
        for name, limit in LIMITS.items():
            unit = f", {limit.unit}" if limit.unit else ""
            limits[name] = WholeNumberField(label=f"{limit.title}{unit}")
            if name in ceilings:
                least, most = (shown(name, bound) for bound in ceilings[name])
                limits[name].help_text = f"{least:,} to {most:,} · {limit.basis}"
        self.fields = {**limits, **self.fields}

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of the limits as the page shows them, by group."""
        groups: dict[str, list[forms.BoundField]] = {}
        for name, limit in LIMITS.items():
            groups.setdefault(limit.group, []).append(self[name])
        return list(groups.items())

    @staticmethod
    def initial_of(limits: LimitSet) -> dict[str, int]:
        values = Wanted.of(limits).values()
        return {name: shown(name, value) for name, value in values.items()} | {"days": DAYS_USUAL}

    def wanted(self) -> Wanted:
        typed = self.cleaned_data
        return Wanted(**{name: typed[name] * (CENTI if name.endswith("budget") else 1) for name in LIMITS})

    def refuse(self, errors: list[dict[str, str]], sentence: str) -> None:
        for error in errors:
            self.add_error(error["field"], error["reason"])
        if not errors:
            self.add_error(None, sentence)


class PracticeForm(forms.Form):
    """Somebody who has moderated before: her budget is not a newcomer's."""

    person = forms.CharField(max_length=150, label="User name")
    since = forms.DateField(
        label="Moderates since",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Please give a day, such as 2026-03-09."},
    )
    why = forms.CharField(max_length=300, label="What she did before, and where")

    def clean_person(self) -> User:
        found = User.objects.filter(username=self.cleaned_data["person"].strip(), is_active=True).first()
        if found is None:
            raise forms.ValidationError("Nobody here has this user name.")
        return found

    def refuse(self, errors: list[dict[str, str]]) -> None:
        for error in errors:
            self.add_error({"reason": "why"}.get(error["field"], error["field"]), error["reason"])
