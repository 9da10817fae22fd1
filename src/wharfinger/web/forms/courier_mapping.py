"""The form of a channel's courier mapping; names of fields are those of the operation's refusals."""

from collections.abc import Iterator
from dataclasses import dataclass

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext

from wharfinger.db.queries.shipping.courier_mapping import CarrierRow, LevelRow, MappingPage, group_choices
from wharfinger.domain.channels.options import PRIORITY_FIRST, PRIORITY_LAST
from wharfinger.domain.shipping.carriers import carriers_for, is_listed
from wharfinger.domain.shipping.couriers import AMAZONS_LEVELS, LEVEL_AT_MOST
from wharfinger.operations.shipping.courier_mappings import TEXT_AT_MOST, CarrierEntry, LevelEntry

ROWS_AT_MOST = 300


@dataclass(frozen=True, slots=True)
class LevelFields:
    """`row` None = the empty line for a level that no order has had yet."""

    row: LevelRow | None
    level: forms.BoundField
    group_id: forms.BoundField
    invoice_priority: forms.BoundField


@dataclass(frozen=True, slots=True)
class CarrierFields:
    row: CarrierRow
    carrier_code: forms.BoundField
    carrier_name: forms.BoundField
    shipping_method: forms.BoundField
    seen_at_amazon: forms.BoundField
    asks_whether_seen: bool
    """The code is not in our list: a person must have seen it in Seller Central."""


class MappingForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, page: MappingPage, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"version": page.version})
        self.page = page
        self._groups = group_choices(page.id)
        self._levels = [row.service_level for row in page.levels] if data is None else list(_levels_in(data))
        if data is None:
            self._levels.append("")
        for place, level in enumerate(self._levels):
            self._add_level(place, level)
        for row in page.carriers:
            self._add_carrier(row)

    def _add_level(self, place: int, level: str) -> None:
        row = self._row_of(level)
        widget = forms.HiddenInput() if row else forms.TextInput(attrs={"list": "service-levels"})
        self.fields[f"level.{place}.level"] = forms.CharField(
            label=gettext("Amazon's service level"), max_length=LEVEL_AT_MOST, required=False, widget=widget
        )
        self.fields[f"level.{place}.group_id"] = forms.TypedChoiceField(
            label=_of_level(gettext("Courier group"), level if row else ""),
            choices=[("", gettext("as set in the options")), *self._groups],
            coerce=int,
            empty_value=None,
            required=False,
            error_messages={"invalid_choice": gettext("This courier group cannot be chosen. Choose another.")},
        )
        self.fields[f"level.{place}.invoice_priority"] = forms.IntegerField(
            label=_of_level(gettext("Invoice priority"), level if row else ""),
            min_value=PRIORITY_FIRST,
            max_value=PRIORITY_LAST,
            required=False,
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "placeholder": gettext("as set in the options")}),
        )
        self.initial[f"level.{place}.level"] = level
        self.initial[f"level.{place}.group_id"] = row.group_id if row else None
        self.initial[f"level.{place}.invoice_priority"] = row.invoice_priority if row else None

    def _row_of(self, level: str) -> LevelRow | None:
        return next((row for row in self.page.levels if row.service_level == level), None)

    def _add_carrier(self, row: CarrierRow) -> None:
        name = f"carrier.{row.service_id}"
        fields = {
            "carrier_code": (gettext("Carrier code"), row.code, {"list": "carrier-codes", "placeholder": row.own_code}),
            "carrier_name": (gettext("Carrier name"), row.name, {"placeholder": row.own_name}),
            "shipping_method": (gettext("Shipping method"), row.method, {"list": "shipping-methods"}),
        }
        for field, (label, value, attrs) in fields.items():
            self.fields[f"{name}.{field}"] = forms.CharField(
                label=gettext("%(label)s of %(service)s") % {"label": label, "service": row.service},
                max_length=TEXT_AT_MOST,
                required=False,
                widget=forms.TextInput(attrs={**attrs, "autocomplete": "off"}),
            )
            self.initial[f"{name}.{field}"] = value
        self.fields[f"{name}.seen_at_amazon"] = forms.BooleanField(
            label=gettext("I saw this code in Seller Central"), required=False
        )
        self.initial[f"{name}.seen_at_amazon"] = bool(row.code) and not is_listed(row.code)

    @property
    def levels(self) -> list[LevelFields]:
        return [
            LevelFields(
                self._row_of(level),
                *(self[f"level.{place}.{name}"] for name in ("level", "group_id", "invoice_priority")),
            )
            for place, level in enumerate(self._levels)
        ]

    @property
    def carriers(self) -> list[CarrierFields]:
        return [self._carrier_fields(row) for row in self.page.carriers]

    def _carrier_fields(self, row: CarrierRow) -> CarrierFields:
        name = f"carrier.{row.service_id}"
        typed = " ".join(str(self[f"{name}.carrier_code"].value() or "").split())
        return CarrierFields(
            row,
            carrier_code=self[f"{name}.carrier_code"],
            carrier_name=self[f"{name}.carrier_name"],
            shipping_method=self[f"{name}.shipping_method"],
            seen_at_amazon=self[f"{name}.seen_at_amazon"],
            asks_whether_seen=bool(typed) and not is_listed(typed),
        )

    @property
    def codes(self) -> list[str]:
        return [carrier.code for carrier in carriers_for(self.page.country)]

    @property
    def methods(self) -> list[str]:
        used = {row.sent_code for row in self.page.carriers}
        known = [
            method for carrier in carriers_for(self.page.country) if carrier.code in used for method in carrier.methods
        ]
        return list(dict.fromkeys(known))

    suggested_levels = AMAZONS_LEVELS

    def level_entries(self) -> list[LevelEntry]:
        cleaned = self.cleaned_data
        return [
            LevelEntry(
                cleaned[f"level.{place}.level"],
                cleaned[f"level.{place}.group_id"],
                cleaned[f"level.{place}.invoice_priority"],
            )
            for place in range(len(self._levels))
        ]

    def carrier_entries(self) -> list[CarrierEntry]:
        cleaned = self.cleaned_data
        return [
            CarrierEntry(
                row.service_id,
                cleaned[f"carrier.{row.service_id}.carrier_code"],
                cleaned[f"carrier.{row.service_id}.carrier_name"],
                cleaned[f"carrier.{row.service_id}.shipping_method"],
                cleaned[f"carrier.{row.service_id}.seen_at_amazon"],
            )
            for row in self.page.carriers
        ]

    def field_of(self, refused_field: str) -> str:
        """The form's name of a refusal's field: carriers are named by their service, not by their place."""
        part, _, rest = refused_field.partition(".")
        place, _, name = rest.partition(".")
        if part == "carrier" and place.isdigit() and int(place) < len(self.page.carriers):
            return f"carrier.{self.page.carriers[int(place)].service_id}.{name}"
        return refused_field


def _levels_in(data: QueryDict) -> Iterator[str]:
    """The levels of the page that was sent: new ones may have been seen meanwhile."""
    for place in range(ROWS_AT_MOST):
        name = f"level.{place}.level"
        if name not in data:
            return
        yield str(data[name])


def _of_level(label: str, level: str) -> str:
    return gettext("%(label)s for %(level)s") % {"label": label, "level": level} if level else label
