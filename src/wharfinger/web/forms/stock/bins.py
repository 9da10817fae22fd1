from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext

from wharfinger.db.queries.stock.warehouse.bins import SiteBins


class BinsForm(forms.Form):
    """A field for each site where people walk; `site-<id>`."""

    def __init__(self, sites: Sequence[SiteBins], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self._sites = [row.site_id for row in sites]
        help_text = gettext("The first is where to walk to. More of them are separated by commas: A-01-03, B-12.")
        for row in sites:
            self.fields[f"site-{row.site_id}"] = forms.CharField(
                label=row.site, initial=row.bins, required=False, max_length=300, help_text=help_text
            )

    def bins(self) -> dict[int, str]:
        """By site, as they were entered."""
        return {site: self.cleaned_data[f"site-{site}"] for site in self._sites}
