from typing import Any

from django import forms

from apps.detectors.operations.exploring import PER_DAY_AT_MOST
from apps.detectors.strata import STRATA

WEEKS = (4, 13, 26, 52)


class CardFilter(forms.Form):
    """What part of a card is asked for; what cannot be used is left out."""

    weeks = forms.ChoiceField(label="Time", choices=[(n, f"{n} weeks") for n in WEEKS], required=False)
    version = forms.ChoiceField(label="Version", required=False)
    language = forms.ChoiceField(label="Language", required=False)

    def __init__(self, *args: Any, versions: list[str], languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].choices = [("", "Every version"), *((one, one) for one in versions)]  # type: ignore[attr-defined]
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            ("", "Every language"),
            *((one, one) for one in languages if one),
        ]


class ModeForm(forms.Form):
    detector = forms.CharField(label="Detector", max_length=80)
    version = forms.CharField(
        label="Version",
        max_length=40,
        required=False,
        help_text="Empty for every version nobody spoke of by itself.",
    )
    shadow = forms.ChoiceField(
        label="Its scores",
        choices=[("yes", "are only kept and compared (shadow)"), ("no", "open cases")],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="Why", max_length=300)


class ProposalForm(forms.Form):
    version = forms.ChoiceField(label="Version")
    threshold = forms.FloatField(
        label="New threshold",
        min_value=0,
        max_value=1,
        help_text="From 0 to 1; scores at or above it open a case.",
        widget=forms.NumberInput(attrs={"step": "0.01"}),
    )

    def __init__(self, *args: Any, versions: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].choices = [(one, one) for one in versions]  # type: ignore[attr-defined]


class PlanForm(forms.Form):
    """Rates in percent, as people say them."""

    per_day = forms.IntegerField(
        label="At most a day",
        min_value=1,
        max_value=PER_DAY_AT_MOST,
        initial=50,
        help_text="Cases to be expected; every chance is lowered beforehand when more would come.",
    )
    margin = forms.FloatField(
        label="Least sure within",
        min_value=0.01,
        max_value=1,
        initial=0.1,
        help_text="How far below its threshold a detector counts as unsure of itself.",
        widget=forms.NumberInput(attrs={"step": "0.01"}),
    )
    reason = forms.CharField(label="Why", max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, stratum in STRATA.items():
            self.fields[name] = forms.FloatField(
                label=stratum.title,
                min_value=0,
                max_value=100,
                initial=round(stratum.suggested * 100, 3),
                widget=forms.NumberInput(attrs={"step": "any"}),
            )

    @property
    def rates(self) -> dict[str, float]:
        return {name: self.cleaned_data[name] / 100 for name in STRATA}

    @property
    def rate_fields(self) -> list[Any]:
        return [self[name] for name in STRATA]
