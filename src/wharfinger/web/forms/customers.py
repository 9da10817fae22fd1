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


class MergeForm(forms.Form):
    into = forms.CharField(
        label=gettext_lazy("Code of the customer that stays"),
        max_length=20,
        help_text=gettext_lazy("Such as C000042; the list of customers finds it by name or postcode."),
    )
