"""What the pages of the room are asked."""

from typing import Any

from django import forms

from apps.quality.models import Golden, SamplingPlan
from apps.quality.models.sampling import SHARES

LABELS = {
    "random_share": "Of what people decided",
    "clear_share": "Of what was found to break no rule",
    "automatic_share": "Of what was decided automatically",
    "propagated_share": "Of what was carried over from a near-duplicate",
    "extreme_share": "Of exposure 4, whoever decided it",
}


class PlanForm(forms.Form):
    """A plan in percent, as people say it; `shares` gives probabilities."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    random_share = forms.FloatField(min_value=3, max_value=100)
    clear_share = forms.FloatField(min_value=3, max_value=100)
    automatic_share = forms.FloatField(min_value=3, max_value=100)
    propagated_share = forms.FloatField(min_value=3, max_value=100)
    extreme_share = forms.FloatField(
        min_value=3, max_value=100, help_text="Looking is exposure, too: keep this at the least."
    )
    golden_share = forms.FloatField(
        min_value=0,
        max_value=2,
        label="Cases with a known answer, for every hundred decisions",
        help_text="At most 2. They are put among the others, and nothing tells them apart.",
    )
    finer = forms.CharField(
        required=False,
        label="More of some rule or language",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line: a rule or *, a language or *, percent. For example: AU-4 km 20",
    )
    reason = forms.CharField(max_length=500, label="Why it is changed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name in LABELS:
                field.label = LABELS[name]
            if isinstance(field, forms.FloatField):
                field.widget.attrs |= {"step": "0.1", "class": "input"}
            else:
                field.widget.attrs |= {"class": "input"}

    @staticmethod
    def initial_of(plan: SamplingPlan, *, own: bool) -> dict[str, Any]:
        """`own`: the plan is the queue's, and not the one for all others."""
        finer = [
            f"{line.get('rule') or '*'} {line.get('language') or '*'} {line['share'] * 100:g}"
            for line in plan.finer
        ]
        percent = {name: round(getattr(plan, name) * 100, 3) for name in (*SHARES, "golden_share")}
        return {"seen": plan.number if own else 0, "finer": "\n".join(finer), **percent}

    def clean_finer(self) -> list[dict[str, Any]]:
        lines = []
        for number, text in enumerate(self.cleaned_data["finer"].splitlines(), start=1):
            if not text.strip():
                continue
            try:
                rule, language, percent = text.split()
                share = float(percent.rstrip("%")) / 100
            except ValueError:
                raise forms.ValidationError(f"Line {number} is not a rule, a language and a percentage.")
            lines.append(
                {
                    "rule": "" if rule == "*" else rule,
                    "language": "" if language == "*" else language,
                    "share": share,
                }
            )
        return lines

    def shares(self) -> dict[str, float]:
        return {name: round(self.cleaned_data[name] / 100, 6) for name in SHARES}


class RetireForm(forms.Form):
    because = forms.ChoiceField(
        choices=[
            (one.value, one.label)
            for one in (
                Golden.Because.LEAKED,
                Golden.Because.DISPUTED,
                Golden.Because.RULE,
                Golden.Because.OTHER,
            )
        ],
        label="Why",
    )
    note = forms.CharField(required=False, max_length=500, label="In your words")
