"""What an action on sales orders needs to know besides the orders."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.orders.actions.line_sites import LineSites, SiteChoice, sending_sites
from wharfinger.db.queries.orders.actions.parts import UnsentLine
from wharfinger.db.queries.orders.verifications import rejection_reasons
from wharfinger.domain.orders.cancelling import CancelReason
from wharfinger.domain.orders.holding import DETAILS_AT_MOST, TAG_AT_MOST, HoldReason
from wharfinger.domain.orders.privacy.erasing import REASON_AT_MOST
from wharfinger.domain.orders.verifying import REVIEWER_AT_MOST
from wharfinger.web.forms.choices import labelled, offer


class ActionForm(forms.Form):
    """Of an action that needs nothing but the orders."""

    def values(self) -> dict[str, Any]:
        """By the operation's own names."""
        return dict(self.cleaned_data)


class HoldForm(ActionForm):
    reason = forms.TypedChoiceField(
        label=gettext_lazy("Reason"), coerce=HoldReason, choices=labelled(HoldReason), empty_value=None
    )
    details = forms.CharField(
        label=gettext_lazy("Details"),
        required=False,
        max_length=DETAILS_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For the others of the shop. Needed for another reason."),
    )


class LegalHoldForm(ActionForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Which dispute, claim or authority. Shown on the order and under Settings, Privacy."),
    )


class CancelForm(ActionForm):
    reason = forms.TypedChoiceField(
        label=gettext_lazy("Reason"),
        coerce=CancelReason,
        choices=labelled(CancelReason, gettext_lazy("Choose…")),
        empty_value=None,
        help_text=gettext_lazy(
            "Sent to Amazon. Every reason but the buyer's own counts in your cancellation rate, which Amazon wants "
            "below 2.5 %."
        ),
    )


class VerdictForm(ActionForm):
    reviewer = forms.CharField(
        label=gettext_lazy("Reviewed by"),
        max_length=REVIEWER_AT_MOST,
        help_text=gettext_lazy("The id under which you know who checked it. Amazon keeps it with the order."),
    )


class RejectionForm(VerdictForm):
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"), help_text=gettext_lazy("Amazon's own reasons; the buyer reads it.")
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        offer(self, "reason", [("", gettext("Choose…")), *rejection_reasons()])


class AddressForm(forms.Form):
    """The parts of an address as it is written on a parcel, and what the courier needs besides."""

    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=200)
    company = forms.CharField(label=gettext_lazy("Company"), required=False, max_length=200)
    line_1 = forms.CharField(label=gettext_lazy("Street"), max_length=200)
    line_2 = forms.CharField(label=gettext_lazy("Second line"), required=False, max_length=200)
    line_3 = forms.CharField(label=gettext_lazy("Third line"), required=False, max_length=200)
    town = forms.CharField(label=gettext_lazy("Town"), required=False, max_length=200)
    county = forms.CharField(label=gettext_lazy("County or state"), required=False, max_length=200)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), required=False, max_length=20)
    country = forms.CharField(
        label=gettext_lazy("Country"),
        min_length=2,
        max_length=2,
        help_text=gettext_lazy("Two letters, such as GB, IE, DE."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters"}),
    )
    phone = forms.CharField(label=gettext_lazy("Telephone"), required=False, max_length=60)
    instructions = forms.CharField(
        label=gettext_lazy("Instructions"), required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def shown(self) -> list[forms.BoundField]:
        return [field for field in self if not field.is_hidden]


class AssignForm(ActionForm):
    site = forms.TypedChoiceField(label=gettext_lazy("Site"), coerce=int, empty_value=None)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        offer(self, "site", sending_sites())

    def values(self) -> dict[str, Any]:
        return {"site_id": self.cleaned_data["site"]}


class SitesForm(forms.Form):
    """A site for each line."""

    def __init__(self, lines: Sequence[LineSites], data: QueryDict | None = None) -> None:
        super().__init__(data, prefix="line")
        self._lines = lines
        for line in lines:
            choices = [(site.id, _site_label(site)) for site in line.choices]
            self.fields[str(line.line_id)] = forms.TypedChoiceField(
                label=gettext("%(units)s × %(sku)s") % {"units": line.open, "sku": line.sku[:60]},
                help_text=line.title[:120],
                coerce=int,
                choices=choices,
                initial=line.site_id,
            )

    def sites(self) -> dict[int, int]:
        return {line.line_id: self.cleaned_data[str(line.line_id)] for line in self._lines}


class SplitForm(forms.Form):
    """For each line the units that leave for the new sales order."""

    def __init__(self, lines: Sequence[UnsentLine], data: QueryDict | None = None) -> None:
        super().__init__(data, prefix="line")
        self._lines = lines
        for line in lines:
            note = "" if line.allocated else gettext("Not all of it has stock.")
            self.fields[str(line.id)] = forms.IntegerField(
                label=gettext("Of %(units)s × %(sku)s") % {"units": line.unsent, "sku": line.sku[:60]},
                help_text=" ".join(filter(None, (line.title[:120], note))),
                min_value=0,
                max_value=line.unsent,
                required=False,
                initial=0,
            )

    def units(self) -> dict[int, int]:
        return {line.id: self.cleaned_data[str(line.id)] or 0 for line in self._lines}


def _site_label(site: SiteChoice) -> str:
    if site.available is None:
        return site.name
    return gettext("%(site)s (%(units)s available)") % {"site": site.name, "units": site.available}


class TagForm(ActionForm):
    tag = forms.CharField(
        label=gettext_lazy("Tag"),
        max_length=TAG_AT_MOST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "known-tags"}),
    )

    def values(self) -> dict[str, Any]:
        return {"name": self.cleaned_data["tag"]}
