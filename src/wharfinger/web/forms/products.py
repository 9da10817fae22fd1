from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.web.forms.choices import offer


class ProductFilterForm(forms.Form):
    link = forms.ChoiceField(
        label=gettext_lazy("Link"),
        required=False,
        choices=[
            ("", gettext_lazy("Linked and unlinked")),
            ("linked", gettext_lazy("Linked")),
            ("unlinked", gettext_lazy("Unlinked")),
        ],
    )
    sold = forms.ChoiceField(
        label=gettext_lazy("Fulfilled by"),
        required=False,
        choices=[
            ("", gettext_lazy("FBM and FBA")),
            ("FBM", gettext_lazy("FBM")),
            ("FBA", gettext_lazy("FBA")),
            ("both", gettext_lazy("Both (the ASIN is sold both ways)")),
        ],
    )
    q = forms.CharField(
        label=gettext_lazy("SKU, ASIN, title or stock code"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class LevelFilterForm(forms.Form):
    link = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("wrong", gettext_lazy("Different at Amazon or refused")),
            ("unlinked", gettext_lazy("Unlinked")),
        ],
    )
    q = ProductFilterForm.base_fields["q"]


class LinkForm(forms.Form):
    """The stock item to link to: picked from those offered, or typed by its code."""

    item = forms.TypedChoiceField(
        label=gettext_lazy("Stock item"), required=False, coerce=int, empty_value=None, widget=forms.RadioSelect
    )
    code = forms.CharField(
        label=gettext_lazy("Another stock code"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, offered: Sequence[tuple[int, str]], data: QueryDict | None = None) -> None:
        super().__init__(data)
        offer(self, "item", offered)

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("item") and not cleaned.get("code"):
            self.add_error("code", gettext("Choose a stock item above, or type the stock code of another one."))
        return cleaned
