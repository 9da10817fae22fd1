"""Ticks for the channels that a seller account could have, with what all of them share."""

from collections.abc import Mapping

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.channels.channel_facts import courier_groups, site_choices
from wharfinger.db.queries.channels.channel_offers import Offers
from wharfinger.domain.channels.options import Place, read_place
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.operations.channels.channel_set_up import OneMore
from wharfinger.web.forms.choices import offer


class MoreChannelsForm(forms.Form):
    site_id = forms.TypedChoiceField(
        label=gettext_lazy("Site of the FBM channels"),
        coerce=read_place,
        empty_value=None,
        required=False,
        help_text=gettext_lazy("Where you dispatch FBM orders from. FBA channels use the FBA site of their pool."),
    )
    courier_service_id = forms.TypedChoiceField(
        label=gettext_lazy("Courier service of the FBM channels"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=gettext_lazy("One that gives its tracking number at once. Each channel can have another later."),
    )

    activate = forms.BooleanField(label=gettext_lazy("Activate them at once, like this channel"), required=False)

    def __init__(
        self,
        offers: Offers,
        data: QueryDict | None = None,
        *,
        initial: Mapping[str, object],
        may_activate: bool = False,
    ) -> None:
        super().__init__(data, initial=dict(initial))
        if not may_activate:
            del self.fields["activate"]
        self.offers = offers
        self.ticked = set(data.getlist("channels")) if data is not None else set()
        offer(self, "site_id", site_choices(Fulfilment.FBM), gettext("Choose a site"))
        offer(self, "courier_service_id", courier_groups(), gettext("Choose a courier service"))

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        picked = [found for key in sorted(self.ticked) if (found := self.offers.find(key)) is not None]
        if len(picked) != len(self.ticked):
            raise forms.ValidationError(
                gettext("One of the selected channels can no longer be created. Check the list again.")
            )
        if not picked:
            raise forms.ValidationError(gettext("Tick the channels to create."))
        if any(one.kind == Fulfilment.FBM for one in picked):
            if not cleaned.get("site_id"):
                self.add_error("site_id", gettext("Choose a site for the FBM channels."))
            if not cleaned.get("courier_service_id"):
                self.add_error("courier_service_id", gettext("Choose a courier service for the FBM channels."))
        return cleaned

    def wanted(self) -> list[OneMore]:
        picked = [found for key in sorted(self.ticked) if (found := self.offers.find(key)) is not None]
        own = self.cleaned_data.get("site_id") or Place()
        return [
            OneMore(
                marketplace_id=one.marketplace_id,
                kind=Fulfilment(one.kind),
                site_id=own.site if one.kind == Fulfilment.FBM else one.site_id,
                site_group_id=own.group if one.kind == Fulfilment.FBM else None,
            )
            for one in picked
        ]
