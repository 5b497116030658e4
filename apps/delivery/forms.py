from django import forms

from apps.delivery.models import Kind


class EndpointForm(forms.Form):
    name = forms.CharField(max_length=80, label="Name", help_text="So that people know whom it is about.")
    url = forms.CharField(
        max_length=2000, label="Address", widget=forms.URLInput, help_text="A full http or https address."
    )
    kinds = forms.MultipleChoiceField(
        choices=Kind.choices,
        required=False,
        label="Tell it only of",
        widget=forms.CheckboxSelectMultiple,
        help_text="Choose none to tell it of everything.",
    )
