from collections.abc import Sequence

from django import forms
from django.http import QueryDict

from wharfinger.web.forms.choices import offer


class ProductFilterForm(forms.Form):
    link = forms.ChoiceField(
        label="Link",
        required=False,
        choices=[("", "Linked and unlinked"), ("linked", "Linked"), ("unlinked", "Unlinked")],
    )
    sold = forms.ChoiceField(
        label="Fulfilled by",
        required=False,
        choices=[("", "FBM and FBA"), ("FBM", "FBM"), ("FBA", "FBA"), ("both", "Both (the ASIN is sold both ways)")],
    )
    q = forms.CharField(
        label="SKU, ASIN, title or stock code",
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class LevelFilterForm(forms.Form):
    link = forms.ChoiceField(
        label="Show",
        required=False,
        choices=[("", "All"), ("wrong", "Different at Amazon or refused"), ("unlinked", "Unlinked")],
    )
    q = ProductFilterForm.base_fields["q"]


class LinkForm(forms.Form):
    """The stock item to link to: picked from those offered, or typed by its code."""

    item = forms.TypedChoiceField(
        label="Stock item", required=False, coerce=int, empty_value=None, widget=forms.RadioSelect
    )
    code = forms.CharField(
        label="Another stock code",
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
            self.add_error("code", "Choose a stock item above, or type the stock code of another one.")
        return cleaned
