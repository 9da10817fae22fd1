from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.stock.stock_items import items_by_codes
from wharfinger.domain.stock.counts import UNITS_AT_MOST, CountScope
from wharfinger.operations.stock.warehouse.counts import CountRequest
from wharfinger.web.forms.choices import labelled, offer


class NewCountForm(forms.Form):
    site = forms.TypedChoiceField(label=gettext_lazy("Site"), coerce=int)
    scope = forms.ChoiceField(label=gettext_lazy("What is counted"), choices=labelled(CountScope))
    bin_from = forms.CharField(
        label=gettext_lazy("First bin"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("For a range of bins: A-01 to B takes every bin from A-01 on, and all of B."),
    )
    bin_to = forms.CharField(label=gettext_lazy("Last bin"), max_length=40, required=False)
    items = forms.CharField(
        label=gettext_lazy("Items"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy("For chosen items: one stock code per line."),
    )

    def __init__(self, sites: Sequence[tuple[int, str]], data: QueryDict | None = None) -> None:
        super().__init__(data)
        offer(self, "site", sites)

    def clean_items(self) -> tuple[int, ...]:
        codes = [line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip()]
        known = items_by_codes(codes)
        for number, code in enumerate(codes, 1):
            if code not in known:
                raise forms.ValidationError(
                    gettext("Line %(number)s: there is no stock item with the code %(code)s.")
                    % {"number": number, "code": code[:60]}
                )
        return tuple(known[code] for code in codes)

    def entry(self) -> CountRequest:
        cleaned = self.cleaned_data
        scope = CountScope(cleaned["scope"])
        bins = scope is CountScope.BINS
        return CountRequest(
            site_id=cleaned["site"],
            scope=scope,
            bin_from=" ".join(cleaned["bin_from"].split()) if bins else "",
            bin_to=" ".join(cleaned["bin_to"].split()) if bins else "",
            item_ids=cleaned["items"] if scope is CountScope.ITEMS else (),
        )


class EntryForm(forms.Form):
    """The units of an item that was scanned. `token`: one sent twice counts once."""

    item = forms.IntegerField(widget=forms.HiddenInput)
    token = forms.CharField(max_length=40, widget=forms.HiddenInput)
    quantity = forms.IntegerField(
        label=gettext_lazy("Units"),
        min_value=0,
        max_value=UNITS_AT_MOST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autofocus": True, "autocomplete": "off"}),
    )
    replaces = forms.BooleanField(
        label=gettext_lazy("Recount: replaces what was counted of it before"),
        required=False,
    )

    def __init__(self, item_id: int, data: QueryDict | None = None, *, counted: bool = False) -> None:
        first: dict[str, Any] = {"item": item_id, "token": uuid4().hex}
        super().__init__(data, initial=first)
        if not counted:
            del self.fields["replaces"]


LINES_SHOWN = (
    ("", gettext_lazy("All items")),
    ("variances", gettext_lazy("Variances")),
    ("undecided", gettext_lazy("To be decided")),
    ("recount", gettext_lazy("To be recounted")),
    ("rest", gettext_lazy("Not counted")),
)


class LineFilterForm(forms.Form):
    show = forms.ChoiceField(label=gettext_lazy("Show"), required=False, choices=LINES_SHOWN)
    q = forms.CharField(
        label=gettext_lazy("Code, name or barcode"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
