from typing import Any

from django import forms


class Refusable(forms.Form):
    def refuse(self, errors: list[dict[str, str]], sentence: str) -> None:
        """Put an operation's refusal beside the fields it is about."""
        for error in errors:
            self.add_error(error["field"] if error["field"] in self.fields else None, error["reason"])
        if not errors:
            self.add_error(None, sentence)


class LocateForm(Refusable):
    address = forms.CharField(
        label="Where it is here", max_length=2000, help_text="Its address on the platform, or source:id."
    )


class DecideForm(Refusable):
    accept = forms.TypedChoiceField(
        label="The notice is",
        choices=[
            ("yes", "Accepted: unlawful there, and withheld there only"),
            ("no", "Refused: not unlawful, or not shown to be"),
        ],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    reasons = forms.CharField(
        label="Why",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Both sides read this, in these words. Name nobody.",
    )
    until = forms.DateTimeField(
        label="Ends by itself",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="Empty: when the notice says so, or when somebody ends it.",
    )

    def __init__(self, *args: Any, may_accept: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_accept:
            self.fields["accept"].choices = self.fields["accept"].choices[1:]  # type: ignore[attr-defined]
