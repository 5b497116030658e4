from typing import Any

from django import forms
from django.utils.timezone import get_current_timezone_name

from apps.authority.models import LetterTemplate, Request, Sender, Silence
from apps.authority.operations.recording import Asking
from apps.guidelines.queries import in_force
from apps.intake.codes import country_choices

CLOCKS = [
    ("", "No law sets a time"),
    ("60", "1 hour"),
    ("720", "12 hours"),
    ("1440", "24 hours"),
    ("2880", "48 hours"),
    ("4320", "72 hours"),
    ("10080", "7 days"),
    ("20160", "14 days"),
    ("43200", "30 days"),
]
LANGUAGES = [("en", "English"), ("km", "Khmer"), ("vi", "Vietnamese")]


class Moment(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFiles(forms.FileField):
    """Any number of files; what each one is, is found out where it is kept."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> Any:
        return data or []


class Refusable(forms.Form):
    def refuse(self, errors: list[dict[str, str]], sentence: str) -> None:
        """Put an operation's refusal beside the fields it is about."""
        for error in errors:
            self.add_error(error["field"] if error["field"] in self.fields else None, error["reason"])
        if not errors:
            self.add_error(None, sentence)


class AskingForm(Refusable):
    """One form for orders, requests and informal contacts: a telephone call is written down too."""

    form = forms.ChoiceField(label="It is an", choices=Request.Form.choices, widget=forms.RadioSelect)
    channel = forms.ChoiceField(label="It came by", choices=Request.Channel.choices)
    received_at = forms.DateTimeField(label="Received", widget=Moment)
    sender = forms.CharField(label="Authority", max_length=200, help_text="The office, never a person.")
    kind = forms.ChoiceField(label="Kind of authority", choices=Sender.Kind.choices)
    country = forms.ChoiceField(
        label="Its country",
        choices=[("", "Choose a country"), *country_choices()],
        error_messages={"invalid_choice": "There is no country with this code."},
    )
    contact = forms.CharField(
        label="Who wrote or called", max_length=200, required=False, help_text="Stays here; no export has it."
    )
    reference = forms.CharField(label="Their reference", max_length=120, required=False)
    legal_basis = forms.CharField(
        label="Legal basis they name",
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The law and its article. Leave it empty when they name none.",
    )
    scope = forms.CharField(
        label="What they ask for", max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    countries = forms.MultipleChoiceField(
        label="Countries they want it to hold in",
        choices=country_choices(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "There is no country with this code."},
    )
    issued_on = forms.DateField(label="Issued on", required=False, widget=Day)
    valid_until = forms.DateField(label="Valid until", required=False, widget=Day)
    clock_minutes = forms.TypedChoiceField(
        label="Time a law gives us", choices=CLOCKS, required=False, coerce=int, empty_value=None
    )
    addresses = forms.CharField(
        label="Items",
        max_length=400_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text="One a line: its address on the platform, or source:id. What is not found here is kept as they wrote it.",
    )
    rule = forms.ChoiceField(
        label="Rule of ours it may concern", required=False, help_text="A hint, as a reporter gives one."
    )
    documents = ManyFiles(label="Documents", required=False, help_text="PDF, JPEG or PNG, up to 25 MB each.")
    confidential_until = forms.DateTimeField(label="Confidential until", required=False, widget=Moment)
    author_silence_until = forms.DateTimeField(
        label="The author may not be told until",
        required=False,
        widget=Moment,
        help_text="Only with the order that forbids it among the documents. Then the author is told by itself.",
    )
    silence_basis = forms.CharField(label="On which basis it is kept quiet", max_length=2000, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_at"].help_text = f"In the time of these pages ({get_current_timezone_name()})."
        rules = in_force().rules.values()
        self.fields["rule"].choices = [  # type: ignore[attr-defined]
            ("", "None in particular"),
            *((rule.code, f"{rule.code} {rule.title}") for rule in rules),
        ]

    def asking(self, documents: tuple[Any, ...]) -> Asking:
        """What was typed, for the operation to judge."""
        data = dict(self.cleaned_data)
        data.pop("documents", None)
        data["addresses"] = [line for line in data["addresses"].splitlines() if line.strip()]
        return Asking(**data, documents=documents)


class QuietForm(Refusable):
    prefix = "quiet"
    kind = forms.ChoiceField(label="What", choices=Silence.Kind.choices)
    until = forms.DateTimeField(label="Until", widget=Moment)
    basis = forms.CharField(label="On which basis", max_length=2000)
    document = forms.TypedChoiceField(
        label="Stored order", required=False, coerce=int, empty_value=None, choices=()
    )

    def __init__(self, *args: Any, documents: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document"].choices = [  # type: ignore[attr-defined]
            ("", "None"),
            *((one.pk, one.name) for one in documents),
        ]


class DocumentForm(Refusable):
    prefix = "more"
    document = forms.FileField(label="Another document", help_text="PDF, JPEG or PNG, up to 25 MB.")


def _words(label: str, rows: int = 2, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=10_000, widget=forms.Textarea(attrs={"rows": rows}), **kwargs
    )


class LocateForm(Refusable):
    address = forms.CharField(
        label="Where it is here", max_length=2000, help_text="Its address on the platform, or source:id."
    )


class ValidityForm(Refusable):
    valid = forms.TypedChoiceField(
        label="The order is",
        choices=[
            ("yes", "Valid, and the item is unlawful there"),
            ("no", "Not valid, or not about something unlawful"),
        ],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    reasons = _words(
        "Why",
        3,
        help_text="Competent authority, authentic, the law named and in force, the exact item, redress named?",
    )


class ProposeForm(Refusable):
    legality = _words("Legality", help_text="Which law asks for it; is it clear, and can people know it?")
    aim = _words(
        "Legitimate aim", help_text="Rights of others, national security, public order, health or morals."
    )
    necessity = _words("Necessity", help_text="Why nothing milder would do.")
    proportionality = _words(
        "Proportionality", help_text="What it costs expression, and why that is not too much."
    )
    about_officials = forms.BooleanField(
        label="It criticises or mocks a government or its officials: presumed to stay", required=False
    )
    in_spite_of_that = _words("Why it is withheld all the same", required=False)
    until = forms.DateTimeField(label="Ends by itself", required=False, widget=Moment)


class AnswerForm(Refusable):
    agrees = forms.TypedChoiceField(
        label="You",
        choices=[("yes", "Agree"), ("no", "Do not agree")],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    words = _words("Your reasons", required=False)


class ContestForm(Refusable):
    outcome = forms.ChoiceField(
        label="The measure", choices=[("upheld", "Stands"), ("lifted", "Is lifted")], widget=forms.RadioSelect
    )
    reasons = forms.CharField(
        label="Why",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The author reads this, in these words. Name nobody.",
    )


class LetterForm(Refusable):
    """`kinds`: the letters that fit the item now. A refusal ends the item, asking back stops its clock."""

    kind = forms.ChoiceField(label="Letter")
    language = forms.ChoiceField(label="Language", choices=LANGUAGES)
    reasons = _words("What it says", 3, required=False)

    def __init__(self, *args: Any, kinds: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(LetterTemplate.Kind.choices)
        self.fields["kind"].choices = [(kind, labels[kind]) for kind in kinds]  # type: ignore[attr-defined]


class TemplateForm(Refusable):
    body = forms.CharField(
        label="The letter", max_length=20_000, widget=forms.Textarea(attrs={"rows": 12, "class": "prewrap"})
    )
