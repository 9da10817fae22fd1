from django import forms
from django.utils.translation import gettext_lazy

KINDS = (
    ("", gettext_lazy("All customers")),
    ("people", gettext_lazy("People")),
    ("generic", gettext_lazy("Generic customers of a month")),
)


class CustomerFilterForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False, choices=KINDS)
    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=400, widget=forms.TextInput(attrs={"type": "search"})
    )
