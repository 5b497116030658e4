"""What may be chosen about veils."""

from typing import Any

from django import forms

from apps.guidelines.levels import EXPOSURE
from apps.wellbeing.veil.ladder import KINDS, LEVELS, NAMES, STEPS, Veil
from apps.wellbeing.veil.operations import REASON_AT_MOST

EVERY = "every"
NOT_A_STEP = {
    "required": "Please choose one of the steps.",
    "invalid_choice": "Please choose one of the steps.",
}


def _step(name: str) -> forms.ChoiceField:
    label, steps = STEPS[name]
    return forms.ChoiceField(
        label=label, choices=[(str(n), words) for n, words in enumerate(steps)], error_messages=NOT_A_STEP
    )


class Refusable(forms.Form):
    def refuse(self, errors: list[dict[str, str]], sentence: str) -> None:
        """Put an operation's refusal beside the fields it is about."""
        for error in errors:
            self.add_error(error["field"] if error["field"] in self.fields else None, error["reason"])
        if not errors:
            self.add_error(None, sentence)


class OwnVeilForm(Refusable):
    """How one kind of content is covered for her: at every level, or at one."""

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": kind, **kwargs})
        self.kind = kind
        for name in KINDS[kind]:
            self.fields[name] = _step(name)
        self.fields["level"] = forms.ChoiceField(
            label="For",
            required=False,
            choices=[
                (EVERY, "Every exposure level"),
                *((str(n), f"Exposure {n} ({EXPOSURE[n]})") for n in LEVELS),
            ],
            error_messages={"invalid_choice": "Please choose one of the levels."},
        )

    @staticmethod
    def initial_of(kind: str, veil: Veil) -> dict[str, str]:
        return {name: str(getattr(veil, name)) for name in KINDS[kind]}

    def wanted(self) -> dict[str, int]:
        return {name: int(self.cleaned_data[name]) for name in KINDS[self.kind]}

    def level(self) -> int | None:
        chosen = self.cleaned_data["level"]
        return None if chosen in ("", EVERY) else int(chosen)


class FloorForm(Refusable):
    """The least that is covered at one exposure level, for everybody."""

    def __init__(self, exposure: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": f"floor{exposure}", **kwargs})
        for name in NAMES:
            self.fields[name] = _step(name)
        self.fields["reason"] = forms.CharField(
            label="Why",
            max_length=REASON_AT_MOST,
            widget=forms.Textarea(attrs={"rows": 2}),
            error_messages={"required": "Say why: it is kept with the change."},
        )

    def wanted(self) -> dict[str, int]:
        return {name: int(self.cleaned_data[name]) for name in NAMES}
