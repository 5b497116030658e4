from typing import Any

from django import forms

from apps.errors import DomainError
from apps.guidelines.queries import Edition
from apps.matching.hashes import NewEntry, text_entry
from apps.matching.models import Bank, Says, Signal
from apps.matching.operations import BankFacts

LONG = forms.Textarea(attrs={"rows": 3})


class BankForm(forms.Form):
    name = forms.CharField(max_length=80, label="Name")
    about = forms.CharField(required=False, max_length=2_000, widget=LONG, label="What is in it")
    source = forms.ChoiceField(
        choices=Bank.Source.choices, label="Where it comes from", initial=Bank.Source.LOCAL
    )
    rule_code = forms.ChoiceField(label="The rule a match breaks")
    actions = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="What is to be done",
        help_text="Done without anyone looking, once somebody else has verified the bank. Choose nothing to ask a person.",
    )  # fmt: skip
    child_safety = forms.BooleanField(
        required=False, label="Sexual abuse of children: a likeness counts as much as the same file"
    )
    enabled_ratio = forms.FloatField(
        min_value=0, max_value=1, initial=1, label="Share of items compared with it",
        help_text="From 0 to 1. Begin with a small share, look at what it matches, then raise it.",
    )  # fmt: skip
    distance = forms.IntegerField(
        min_value=0, max_value=31, initial=31, label="Greatest distance",
        help_text="In bits of 256. 31 is what PDQ was made for; 0 asks for the same fingerprint.",
    )  # fmt: skip
    audit_share = forms.FloatField(
        min_value=0.01, max_value=1, initial=0.05, label="Share looked over afterwards",
        help_text="Of what is decided automatically, by fingerprint and distance. At least 0.01.",
    )  # fmt: skip
    flood_at = forms.IntegerField(
        min_value=1, max_value=100_000, initial=50, label="A flood begins at",
        help_text="Matches of one entry within an hour. Beyond them it is held back and you are asked.",
    )  # fmt: skip
    because = forms.CharField(max_length=300, required=False, label="Why it is needed")

    def __init__(self, *args: Any, edition: Edition, new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = edition.rules.values()
        self.fields["rule_code"].choices = [(rule.code, f"{rule.code} {rule.title}") for rule in rules]  # type: ignore[attr-defined]
        self.fields["actions"].choices = [  # type: ignore[attr-defined]
            (code, action.title)
            for code, action in edition.actions.items()
            if not code.startswith("escalate_") and code != "no_action"
        ]
        if not new:
            del self.fields["because"], self.fields["source"]

    def facts(self) -> BankFacts:
        return BankFacts(**{name: value for name, value in self.cleaned_data.items() if name != "because"})

    def show(self, refusal: DomainError) -> None:
        """Put the reasons of a refusal beside their fields."""
        for error in refusal.errors or [{"field": "", "reason": refusal.sentence}]:
            self.add_error(error["field"] if error["field"] in self.fields else None, error["reason"])


class EntryForm(forms.Form):
    KINDS = [*Signal.choices, ("words", "Words: their fingerprint is taken, the words are not kept")]
    signal = forms.ChoiceField(choices=KINDS, label="Kind")
    value = forms.CharField(max_length=100_000, widget=LONG, label="Fingerprint, or the words")
    says = forms.ChoiceField(
        choices=[(Says.POSITIVE, "It belongs here"), (Says.SEED, "To be looked into")], label="You hold that"
    )
    why = forms.CharField(max_length=300, label="Why")

    def entry(self) -> NewEntry:
        said = self.cleaned_data
        if said["signal"] == "words":
            return text_entry(said["value"], says=said["says"], why=said["why"])
        return NewEntry(
            signal=said["signal"], value=said["value"].strip().lower(), says=said["says"], why=said["why"]
        )


class LoadForm(forms.Form):
    file = forms.FileField(
        label="File",
        help_text="CSV with a head line (signal, value, and any of quality, opinion, tags, ref, why), or JSON.",
    )
    without_broken = forms.BooleanField(required=False, label="Load the good lines even if others are broken")


class OpinionForm(forms.Form):
    says = forms.ChoiceField(
        choices=[
            (Says.POSITIVE, "It belongs here"),
            (Says.NEGATIVE, "It does not belong here"),
            (Says.SEED, "To be looked into"),
        ],
        label="You hold that",
    )
    why = forms.CharField(max_length=300, label="Why")
    settles = forms.BooleanField(
        required=False, label="This settles it: other people’s opinions here are withdrawn"
    )
