from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.domain.shipping.shipments import TRACKINGS_OFFERED, Tracking
from wharfinger.operations.shipping.couriers import ServiceEntry
from wharfinger.web.forms.choices import labelled, offer
from wharfinger.web.forms.connections import LabelServiceField, offer_label_services


class CourierForm(forms.Form):
    """A courier service. Only a demo system may invent tracking numbers: `demo`."""

    courier = forms.CharField(
        label=gettext_lazy("Courier"), max_length=60, help_text=gettext_lazy("Such as Royal Mail or DPD.")
    )
    name = forms.CharField(label=gettext_lazy("Service"), max_length=80, help_text=gettext_lazy("Such as Tracked 24."))
    tracking = forms.ChoiceField(
        label=gettext_lazy("Tracking number"),
        choices=labelled(TRACKINGS_OFFERED),
        help_text=gettext_lazy(
            "When it is known. At once: your label software shows it when the label is printed. Later: the "
            "parcel "
            "is dispatched without it, and nothing is sent to Amazon until it is typed on the order."
        ),
    )
    amazon_carrier_code = forms.CharField(
        label=gettext_lazy("Amazon's carrier code"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "carrier-codes"}),
        help_text=gettext_lazy("Exactly as Seller Central lists the carrier; Other if it does not list it."),
    )
    amazon_carrier_name = forms.CharField(
        label=gettext_lazy("Carrier name for Amazon"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Only with the code Other."),
    )
    amazon_shipping_method = forms.CharField(
        label=gettext_lazy("Shipping method for Amazon"),
        max_length=60,
        required=False,
        help_text=gettext_lazy(
            "As Seller Central lists it for this carrier. Amazon uses it to check valid tracking in DE, ES and FR."
        ),
    )
    carrier_seen_at_amazon = forms.BooleanField(
        label=gettext_lazy("I saw this carrier code in Seller Central"),
        required=False,
        help_text=gettext_lazy("Only for a code that is not in our list of Amazon's carriers."),
    )
    gives_number = forms.BooleanField(
        label=gettext_lazy("Generates the tracking number"),
        required=False,
        help_text=gettext_lazy("For the demo courier: nothing is typed in."),
    )
    number_prefix = forms.CharField(label=gettext_lazy("Number begins with"), max_length=4, required=False)
    label_service_id = LabelServiceField()
    active = forms.BooleanField(
        label=gettext_lazy("In use"), required=False, help_text=gettext_lazy("Off: it is no longer offered.")
    )

    def __init__(
        self, data: QueryDict | None, *, initial: dict[str, Any], demo: bool, labels: Sequence[tuple[int, str]] = ()
    ) -> None:
        super().__init__(data, initial=initial)
        offer_label_services(self, labels)
        if initial.get("tracking") == Tracking.LATER:
            kept = (Tracking.LATER, gettext("%(tracking)s: not available yet") % {"tracking": Tracking.LATER.label})
            offer(self, "tracking", [(each.value, each.label) for each in TRACKINGS_OFFERED] + [kept])
        if not demo:
            del self.fields["gives_number"]
            del self.fields["number_prefix"]

    def entry(self) -> ServiceEntry:
        cleaned = self.cleaned_data
        return ServiceEntry(
            courier=cleaned["courier"],
            name=cleaned["name"],
            tracking=Tracking(cleaned["tracking"]),
            gives_number=cleaned.get("gives_number", False),
            number_prefix=cleaned.get("number_prefix", ""),
            amazon_carrier_code=cleaned["amazon_carrier_code"],
            amazon_carrier_name=cleaned["amazon_carrier_name"],
            amazon_shipping_method=cleaned["amazon_shipping_method"],
            active=cleaned["active"],
            carrier_seen_at_amazon=cleaned["carrier_seen_at_amazon"],
            label_service_id=cleaned["label_service_id"],
        )
