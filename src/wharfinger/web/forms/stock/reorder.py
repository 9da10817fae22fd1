from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.stock.watched import SiteReorder
from wharfinger.domain.stock.cover import LEVEL_AT_MOST


def _units(label: object, initial: int | None, help_text: object = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=str(label),
        initial=initial,
        required=False,
        min_value=0,
        max_value=LEVEL_AT_MOST,
        help_text=str(help_text),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class ReorderForm(forms.Form):
    """`everywhere`, and `site-<id>` for each site that sends parcels."""

    def __init__(self, everywhere: int | None, sites: Sequence[SiteReorder], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self._sites = [row.site_id for row in sites]
        help_text = gettext("Watched when this many units or fewer are available. Empty: not watched.")
        self.fields["everywhere"] = _units(gettext("All sites together"), everywhere, help_text)
        for row in sites:
            self.fields[f"site-{row.site_id}"] = _units(row.site, row.reorder_level)

    def by_site(self) -> dict[int, int | None]:
        return {site: self.cleaned_data[f"site-{site}"] for site in self._sites}


class WatchedFilterForm(forms.Form):
    show = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=(
            ("", gettext_lazy("At or below the reorder level")),
            ("cover", gettext_lazy("Soon sold out")),
        ),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Lasts for fewer days than"),
        required=False,
        min_value=1,
        max_value=365,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    q = forms.CharField(
        label=gettext_lazy("Code, name or barcode"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
