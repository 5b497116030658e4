"""What may be typed on the pages of help and on one's own page."""

from typing import Any

from django import forms
from django.utils.timezone import get_current_timezone_name

from apps.intake.codes import LANGUAGES, country_choices
from apps.wellbeing.care.models import HelpPlace
from apps.wellbeing.care.operations import NOTE_AT_MOST
from apps.wellbeing.care.questions import AMOUNT, QUESTIONS, REST, WORDS_AT_MOST

CHOOSE = {
    "required": "Please choose one of the answers.",
    "invalid_choice": "Please choose one of the answers.",
}


class Refusable(forms.Form):
    def refuse(self, errors: list[dict[str, str]], sentence: str) -> None:
        """Put an operation's refusal beside the fields it is about."""
        for error in errors:
            self.add_error(error["field"] if error["field"] in self.fields else None, error["reason"])
        if not errors:
            self.add_error(None, sentence)


class CheckInForm(Refusable):
    prefix = "check_in"
    amount = forms.ChoiceField(
        label=QUESTIONS[0],
        choices=[(one, one) for one in AMOUNT],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    rest = forms.ChoiceField(
        label=QUESTIONS[1],
        choices=[(one, one) for one in REST],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    wish = forms.CharField(
        label=QUESTIONS[2], required=False, max_length=WORDS_AT_MOST, widget=forms.Textarea(attrs={"rows": 2})
    )


class NoteForm(Refusable):
    prefix = "note"
    to = forms.TypedChoiceField(
        coerce=int, label="To", error_messages={"required": "Please choose a colleague."}
    )
    words = forms.CharField(
        label="Your note", max_length=NOTE_AT_MOST, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write a few words."},
    )  # fmt: skip

    def __init__(self, *args: Any, people: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [("", "Choose a colleague"), *((str(person.pk), person.pseudonym) for person in people)]
        self.fields["to"].choices = offered  # type: ignore[attr-defined]


class SlotForm(Refusable):
    prefix = "slot"
    starts_at = forms.DateTimeField(
        label="Begins",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "invalid": "Please give a day and a time.",
            "required": "Please give a day and a time.",
        },
    )
    minutes = forms.IntegerField(
        label="Minutes", initial=45, min_value=10, max_value=180, widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": "Please give whole minutes, in digits."},
    )  # fmt: skip
    place = forms.CharField(
        label="Where", max_length=200, help_text="A room or a link. It goes into the calendar of whoever books it.",
        error_messages={"required": "Say where."},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_at"].help_text = f"In the time of this page ({get_current_timezone_name()})."


class PlaceForm(forms.ModelForm):
    prefix = "place"
    country = forms.ChoiceField(
        label="Country", required=False, choices=lambda: [("", "Everywhere"), *country_choices()]
    )
    language = forms.CharField(label="Language", max_length=8, help_text="Two letters, such as km, vi or en.")
    verified = forms.BooleanField(
        required=False, label="I have checked this just now: the number answers, the words are right"
    )

    class Meta:
        model = HelpPlace
        fields = ["country", "language", "kind", "name", "words", "phone", "url", "hours", "position"]
        labels = {"words": "What it is, in a sentence or two", "phone": "Telephone", "url": "Address on the web",
                  "kind": "What kind of help", "position": "Place in the list"}  # fmt: skip
        widgets = {
            "words": forms.Textarea(attrs={"rows": 2}),
            "position": forms.TextInput(attrs={"inputmode": "numeric"}),
        }

    def clean_language(self) -> str:
        language: str = self.cleaned_data["language"].strip().lower()
        if language not in LANGUAGES:
            raise forms.ValidationError("This is not the two-letter code of a language.")
        return language
