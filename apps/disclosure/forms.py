from typing import Any

from django import forms

from apps.disclosure.periods import parse
from apps.disclosure.queries import choices
from apps.errors import DomainError


class DraftForm(forms.Form):
    """Which period to count, and what only the service can say of it."""

    period = forms.ChoiceField(label="Period")
    reason = forms.CharField(
        label="What was wrong",
        max_length=500,
        required=False,
        help_text="Only for a correction of what is published; everybody reads it.",
    )
    recipients = forms.IntegerField(
        label="Active recipients of the service", min_value=0, max_value=10**12, required=False
    )
    words = forms.CharField(
        label="In our own words", max_length=8_000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        period: Any = self.fields["period"]
        period.choices = choices()

    def wanted(self) -> dict[str, Any]:
        kind, begins, ends = parse(self.cleaned_data["period"])
        return {
            "kind": kind,
            "begins": begins,
            "ends": ends,
            "reason": self.cleaned_data["reason"],
            "recipients": self.cleaned_data["recipients"],
            "words": self.cleaned_data["words"],
        }

    def refused(self, refusal: DomainError) -> None:
        """Show why it could not be done, beside the field it is about where there is one."""
        for one in refusal.errors:
            self.add_error(one["field"] if one["field"] in self.fields else None, one["reason"])
        if not refusal.errors:
            self.add_error(None, refusal.sentence)
