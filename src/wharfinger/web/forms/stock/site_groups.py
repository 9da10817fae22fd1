from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from wharfinger.db.queries.stock.warehouse.site_groups import sites_for_groups
from wharfinger.operations.stock.warehouse.site_groups import NAME_AT_MOST, SiteGroupEntry


class SiteGroupForm(forms.Form):
    """A new site group, or one that is edited."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_AT_MOST)
    sites = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Sites"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least two sites.")},
        help_text=gettext_lazy("In the order of their priority: an order goes to the first that has all of it."),
    )
    may_split = forms.BooleanField(
        label=gettext_lazy("One order may leave from several sites"),
        required=False,
        help_text=gettext_lazy(
            "Where no site has all of an order, its lines leave from different ones. Off: such an order waits, and "
            "its units are kept for it."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None, *, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        sites = self.fields["sites"]
        if isinstance(sites, forms.TypedMultipleChoiceField):
            sites.choices = sites_for_groups()

    def entry(self) -> SiteGroupEntry:
        cleaned = self.cleaned_data
        return SiteGroupEntry(cleaned["name"], frozenset(cleaned["sites"]), cleaned["may_split"])
