from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from wharfinger.domain.marketplaces import Pool
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.operations.stock.warehouse.sites import SiteEntry
from wharfinger.web.forms.choices import LongSelect, labelled


class SiteForm(forms.Form):
    """A new site, or one that was made: then its kind and pool stay, since levels and orders hang on them."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=labelled(SiteKind),
        help_text=gettext_lazy("FBA is stock that Amazon holds: its levels are read from Amazon."),
    )
    pool = forms.ChoiceField(
        label=gettext_lazy("FBA pool"),
        required=False,
        choices=[("", gettext_lazy("None (not an FBA site)")), *((pool.value, pool.title) for pool in Pool)],
        help_text=gettext_lazy("For FBA sites: the marketplaces that Amazon serves from one stock."),
    )
    priority = forms.IntegerField(
        label=gettext_lazy("Priority"),
        min_value=0,
        max_value=999,
        help_text=gettext_lazy(
            "Smaller numbers come first: in lists, and in a site group, whose first site serves orders."
        ),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        required=False,
        choices=[
            ("", gettext_lazy("That of its country")),
            *((zone, zone.replace("_", " ")) for zone in sorted(available_timezones())),
        ],
        widget=LongSelect,
        help_text=gettext_lazy("Whose clock the couriers' cut-off times are on."),
    )
    address = forms.CharField(label=gettext_lazy("Address"), required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, data: QueryDict | None, *, initial: dict[str, Any], made: bool = False) -> None:
        super().__init__(data, initial=initial)
        if made:
            self.fields["kind"].disabled = self.fields["pool"].disabled = True

    def entry(self) -> SiteEntry:
        cleaned = self.cleaned_data
        return SiteEntry(
            name=cleaned["name"],
            kind=SiteKind(cleaned["kind"]),
            pool=Pool(cleaned["pool"]) if cleaned["pool"] else None,
            priority=cleaned["priority"],
            address=cleaned["address"],
            time_zone=cleaned["time_zone"],
        )
