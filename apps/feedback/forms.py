from typing import Any

from django import forms

from apps.errors import DomainError
from apps.feedback.models import ExportRun
from apps.feedback.queries import finished_runs, splits

WHOLE = "whole"


class ExportForm(forms.Form):
    """Which formats, and everything or only what moved since an export before."""

    formats = forms.MultipleChoiceField(
        label="Formats",
        choices=ExportRun.Format.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[ExportRun.Format.PARQUET],
        error_messages={
            "required": "Choose one of the formats, or several.",
            "invalid_choice": "Choose one of the formats, or several.",
        },
    )
    start = forms.ChoiceField(
        label="Decisions",
        widget=forms.RadioSelect,
        initial=WHOLE,
        error_messages={
            "required": "Choose where it begins.",
            "invalid_choice": "That export was never finished. Choose another.",
        },
    )
    split = forms.ChoiceField(
        label="Split",
        required=False,
        help_text="Which decisions are for training, validation and test. A split never changes.",
        error_messages={"invalid_choice": "There is no split of this name."},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        start: Any = self.fields["start"]
        start.choices = [(WHOLE, "Every decision, from the beginning")] + [
            (str(run.pk), f"What moved since export {run.pk} of {run.ended_at:%-d %b %Y}")
            for run in finished_runs()
            if run.ended_at
        ]
        names = splits()
        split: Any = self.fields["split"]
        if names:
            split.choices = [(name, name) for name in names]
        else:
            del self.fields["split"]

    def wanted(self) -> dict[str, Any]:
        start = self.cleaned_data["start"]
        return {
            "formats": self.cleaned_data["formats"],
            "continues": None if start == WHOLE else int(start),
            "split": self.cleaned_data.get("split", ""),
        }

    def refused(self, refusal: DomainError) -> None:
        """Show why it could not be begun, beside the field it is about where there is one."""
        for one in refusal.errors:
            self.add_error(one["field"] if one["field"] in self.fields else None, one["reason"])
        if not refusal.errors:
            self.add_error(None, refusal.sentence)
