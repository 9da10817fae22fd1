from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from wharfinger.domain.stock.transfers import UNITS_AT_MOST

_DAYS_AT_MOST = 365


class ReplenishForm(forms.Form):
    """From where, and for how long it should last. What is not given is what is usual."""

    source = forms.TypedChoiceField(label=gettext_lazy("From"), coerce=int, required=False)
    below = forms.IntegerField(
        label=gettext_lazy("Lasts fewer days than"), min_value=1, max_value=_DAYS_AT_MOST, required=False
    )
    up_to = forms.IntegerField(
        label=gettext_lazy("Send enough for days"), min_value=1, max_value=_DAYS_AT_MOST, required=False
    )

    def __init__(self, sources: Sequence[tuple[int, str]], data: QueryDict) -> None:
        super().__init__(data, initial={"below": 28, "up_to": 56})
        field = self.fields["source"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = list(sources)
        self.sources = sources

    def wanted(self) -> tuple[int | None, int, int]:
        """Source, below, up to; what is wrong is said beside its field, and the usual holds meanwhile."""
        self.is_valid()
        cleaned = self.cleaned_data
        source = cleaned.get("source") or (self.sources[0][0] if self.sources else None)
        below = cleaned.get("below") or 28
        return source, below, max(below, cleaned.get("up_to") or 56)


def read_units(data: QueryDict) -> tuple[dict[int, int], list[str]]:
    """Units by item of the ticked rows, and the item ids whose units are no whole number of what a transfer takes."""
    units, wrong = {}, []
    for item in data.getlist("items"):
        written = data.get(f"item-{item}", "").strip()
        if item.isdecimal() and written.isdecimal() and len(written) < 9 and int(written) <= UNITS_AT_MOST:
            units[int(item)] = int(written)
        else:
            wrong.append(item)
    return units, wrong
