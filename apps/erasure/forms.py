from django import forms

from apps.erasure.models import Erasure


class EraseForm(forms.Form):
    """What an admin says when she erases content: why, at whose word, and that she means it."""

    because = forms.ChoiceField(label="Why", choices=Erasure.Because.choices)
    reference = forms.CharField(
        label="Reference",
        max_length=200,
        required=False,
        help_text="The number of the request or of the ruling. Nothing personal: it stays.",
    )
    sure = forms.BooleanField(
        label="Erase it. I know that nobody can bring it back.",
        error_messages={"required": "Tick this if you mean it. Nothing was erased."},
    )
