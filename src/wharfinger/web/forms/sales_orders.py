from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.orders.sales_order_page import SalesOrderPage, ShipmentFacts
from wharfinger.db.queries.shipping.dispatch_services import Service
from wharfinger.db.queries.shipping.labels import LabelRow, labelled_units
from wharfinger.domain.channels.options import PRIORITY_FIRST, PRIORITY_LAST
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.sentences import N_
from wharfinger.domain.shipping.connections import PackageFormat
from wharfinger.domain.shipping.shipments import Tracking
from wharfinger.operations.shipping.labels import LabelEntry
from wharfinger.web.forms.choices import LongSelect, labelled, offer

SHIP_BY = (
    ("", gettext_lazy("Any ship-by")),
    ("late", gettext_lazy("Late")),
    ("today", gettext_lazy("Today")),
    ("tomorrow", gettext_lazy("Tomorrow")),
    ("later", gettext_lazy("Later")),
    ("undated", gettext_lazy("No ship-by")),
)
PRIORITIES = (
    ("", gettext_lazy("Any")),
    *((str(number), str(number)) for number in range(PRIORITY_FIRST, PRIORITY_LAST + 1)),
)
NOT_CONFIRMED = "not-confirmed"
ON_HOLD = "on-hold"


class SalesOrderFilterForm(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=lambda: [
            ("", gettext("All states")),
            (NOT_CONFIRMED, gettext("Not confirmed")),
            (ON_HOLD, gettext("On hold")),
            *((state.value, state.label) for state in SalesOrderState),
        ],
    )
    channel = forms.TypedChoiceField(
        label=gettext_lazy("Channel"), required=False, coerce=int, empty_value=None, widget=LongSelect
    )
    ship_by = forms.ChoiceField(label=gettext_lazy("Ship-by"), required=False, choices=SHIP_BY)
    site = forms.TypedChoiceField(
        label=gettext_lazy("Site"), required=False, coerce=int, empty_value=None, widget=LongSelect
    )
    service = forms.TypedChoiceField(
        label=gettext_lazy("Courier service"), required=False, coerce=int, empty_value=None, widget=LongSelect
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Invoice priority"), required=False, coerce=int, empty_value=None, choices=PRIORITIES
    )
    tag = forms.TypedChoiceField(
        label=gettext_lazy("Tag"), required=False, coerce=int, empty_value=None, widget=LongSelect
    )
    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def __init__(
        self,
        data: QueryDict,
        *,
        channels: Sequence[tuple[int, str]],
        tags: Sequence[tuple[int, str]] = (),
        sites: Sequence[tuple[int, str]] = (),
        services: Sequence[tuple[int, str]] = (),
    ) -> None:
        super().__init__(data)
        offer(self, "channel", channels, gettext("All channels"))
        offer(self, "tag", tags, gettext("Any"))
        offer(self, "site", sites, gettext("All sites"))
        offer(self, "service", [*services, (0, gettext("None by the courier rules"))], gettext("All services"))


def _side(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=400,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=help_text,
    )


class DispatchForm(forms.Form):
    """Which courier service, which tracking number, and how many of each line leave now."""

    service_id = forms.TypedChoiceField(label=gettext_lazy("Courier service"), coerce=int)
    tracking_number = forms.CharField(
        label=gettext_lazy("Tracking number"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    number_confirmed = forms.BooleanField(
        label=gettext_lazy("The number is right"),
        required=False,
        help_text=gettext_lazy("I compared it with the label."),
    )
    package = forms.IntegerField(widget=forms.HiddenInput)
    label_number = forms.IntegerField(widget=forms.HiddenInput, required=False)
    grams = forms.IntegerField(
        label=gettext_lazy("Weight of the parcel (g)"),
        required=False,
        min_value=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=gettext_lazy("For a label. Empty: that of its items."),
    )
    package_format = forms.ChoiceField(
        label=gettext_lazy("Package format"),
        required=False,
        choices=labelled(PackageFormat, gettext_lazy("As the service code says")),
    )

    length_cm = _side(gettext_lazy("Length (cm)"))
    width_cm = _side(gettext_lazy("Width (cm)"))
    height_cm = _side(
        gettext_lazy("Height (cm)"), gettext_lazy("For a label of Amazon's. Empty: the service's usual size.")
    )

    def __init__(
        self,
        order: SalesOrderPage,
        services: Sequence[Service],
        data: QueryDict | None = None,
        *,
        labels: Sequence[LabelRow] = (),
    ) -> None:
        super().__init__(data, prefix="dispatch")
        self.buys_labels = any(service.buys_labels for service in services)
        self.by_offers = any(service.by_offers for service in services)
        if not self.by_offers:
            del self.fields["length_cm"], self.fields["width_cm"], self.fields["height_cm"]
        if not any(service.buys_labels and not service.by_offers for service in services):
            del self.fields["package_format"]
        if not self.buys_labels:
            del self.fields["grams"], self.fields["label_number"]
        else:
            self.initial["label_number"] = order.next_package + sum(label.takes_units for label in labels)
        labelled_already = labelled_units(labels)
        self.open_lines = [line for line in order.lines if line.open and not line.held_reason and line.item_id]
        self.initial["package"] = order.next_package
        offer(self, "service_id", [(service.id, _service_label(service)) for service in services])
        if services and services[0].why:
            self.fields["service_id"].help_text = gettext("%(service)s is offered first: %(why)s.") % {
                "service": services[0].title,
                "why": services[0].why,
            }
        self.fields["tracking_number"].help_text = gettext(
            "Leave it empty for a service that gives the number itself or later. Amazon shows it to the buyer."
        )
        for line in self.open_lines:
            self.fields[_name(line.id)] = forms.IntegerField(
                label=gettext("Units of %(sku)s") % {"sku": line.sku[:60]},
                min_value=0,
                max_value=line.open,
                initial=max(0, line.ready - labelled_already.get(line.id, 0)),
                required=False,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    @property
    def line_fields(self) -> list[tuple[object, forms.BoundField]]:
        return [(line, self[_name(line.id)]) for line in self.open_lines]

    def label_entry(self) -> LabelEntry:
        cleaned = self.cleaned_data
        return LabelEntry(
            service_id=cleaned["service_id"],
            units=self.quantities(),
            number=cleaned.get("label_number") or cleaned["package"],
            grams=cleaned.get("grams"),
            package_format=PackageFormat(cleaned["package_format"]) if cleaned.get("package_format") else None,
            sides=(cleaned.get("length_cm"), cleaned.get("width_cm"), cleaned.get("height_cm")),
            by_hand="compare" in self.data,
        )

    def quantities(self) -> dict[int, int]:
        """Units by line; lines left empty or at zero stay for a later parcel."""
        entered = ((line.id, self.cleaned_data.get(_name(line.id)) or 0) for line in self.open_lines)
        return {line_id: units for line_id, units in entered if units}


class TrackingForm(forms.Form):
    """The number of a parcel that left without one."""

    tracking_number = forms.CharField(
        label=gettext_lazy("Tracking number"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    number_confirmed = forms.BooleanField(
        label=gettext_lazy("The number is right"),
        required=False,
        help_text=gettext_lazy("I compared it with the label."),
    )


class CorrectionForm(TrackingForm):
    """Another carrier, by its courier service, or another number for a parcel that left."""

    service_id = forms.TypedChoiceField(label=gettext_lazy("Courier service"), coerce=int)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    field_order = ("service_id", "tracking_number", "number_confirmed", "version")

    def __init__(self, parcel: ShipmentFacts, services: Sequence[Service], data: QueryDict | None = None) -> None:
        version = parcel.confirmation.version if parcel.confirmation else None
        held = {"service_id": parcel.service_id, "tracking_number": parcel.tracking_number, "version": version}
        super().__init__(data, initial=held)
        offered = [(service.id, service.title) for service in services]
        if parcel.service_id not in dict(offered):
            offered.insert(0, (parcel.service_id, f"{parcel.courier} {parcel.service}"))
        offer(self, "service_id", offered)


def _name(line_id: int) -> str:
    return f"line_{line_id}"


def _service_label(service: Service) -> str:
    number = N_("gives its tracking number at once") if service.gives_number else _TRACKING[service.tracking]
    number = N_("label bought here") if service.buys_labels else number
    return f"{service.title} ({gettext(number)})"


_TRACKING = {
    Tracking.AT_ONCE: N_("tracking number at once"),
    Tracking.BY_HAND: N_("tracking number typed by hand"),
    Tracking.TYPED_LATER: N_("tracking number later, typed on the order"),
    Tracking.LATER: N_("not available yet"),
}
