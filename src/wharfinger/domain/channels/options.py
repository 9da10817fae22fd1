"""The (Global) options list of a channel: values by order type, and where each comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from wharfinger.domain.channels.channel import CustomerPolicy
from wharfinger.domain.orders.order import Fulfilment, OrderType

PRIORITY_FIRST, PRIORITY_LAST = 1, 9
DEFAULT_PREFIX = "SO"
"""What sales orders' codes begin with where no prefix is set anywhere."""


@dataclass(frozen=True, slots=True)
class OptionValues:
    """One row's cells; None = empty, which inherits. Rows of lists are named by their ids."""

    site: int | None = None
    site_group: int | None = None
    sales_source: int | None = None
    currency: str | None = None
    courier_group: int | None = None
    courier_service: int | None = None
    customer_policy: CustomerPolicy | None = None
    company_class: int | None = None
    invoice_priority: int | None = None
    bank_account: int | None = None
    order_number_prefix: int | None = None
    orders_confirmed: bool | None = None
    assign_invoice_code: bool | None = None
    auto_pick: bool | None = None

    @property
    def place(self) -> "Place | None":
        found = Place(self.site, self.site_group)
        return None if found == Place() else found

    @property
    def empty(self) -> bool:
        return all(getattr(self, name) is None for name in OPTIONS)


def cell_of(row: str, option: str) -> str:
    """The name of a cell of the list, as forms have it and refusals name it. `row`: an order type's code, empty for the
    first row, whose cells have the options' own names."""
    return f"{row}.{option}" if row else option


OPTIONS: tuple[str, ...] = tuple(field.name for field in fields(OptionValues))
"""The columns, in the order in which pages show them."""
_ONE_CELL = ("site", "site_group")
"""A site or a group in its place: a row that gives either inherits neither."""
COURIER_OPTIONS = frozenset({"courier_group", "courier_service"})


@dataclass(frozen=True, slots=True)
class Place:
    """What the column Site holds: a site, or a site group. Written as `12` or `g3`, as a form sends it."""

    site: int | None = None
    group: int | None = None

    def __str__(self) -> str:
        if self.group is not None:
            return f"g{self.group}"
        return "" if self.site is None else str(self.site)


def read_place(text: str) -> Place:
    """Raises ValueError where it is neither."""
    return Place(group=int(text[1:])) if text.startswith("g") else Place(site=int(text))


@dataclass(frozen=True, slots=True)
class OptionRow:
    """A row of the list. `order_type` None = (Global). The acknowledgement is of the row's own courier service."""

    order_type: OrderType | None
    values: OptionValues
    late_courier_acknowledged: bool = False

    @property
    def title(self) -> str:
        return self.order_type.label if self.order_type else "(Global)"


class Source(StrEnum):
    """Where an effective value comes from."""

    OWN = "own"
    GLOBAL = "(Global)"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Resolved:
    """The effective value of every option for an order type, and its source."""

    values: OptionValues
    sources: Mapping[str, Source]


def resolve(everything: OptionValues, override: OptionValues | None, defaults: OptionValues) -> Resolved:
    """Each option from the order type's own row, else from (Global), else from what holds without any entry."""
    ranked = ((override or OptionValues(), Source.OWN), (everything, Source.GLOBAL), (defaults, Source.DEFAULT))
    values: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    for name in OPTIONS:
        together = _ONE_CELL if name in _ONE_CELL else (name,)
        for row, source in ranked:
            values[name], sources[name] = getattr(row, name), source
            if any(getattr(row, each) is not None for each in together):
                break
    return Resolved(OptionValues(**values), sources)


def defaults_for(kind: Fulfilment, currency: str) -> OptionValues:
    """What holds where nothing is entered. `currency`: the marketplace's."""
    return OptionValues(
        currency=currency or None,
        customer_policy=CustomerPolicy.EACH_BUYER,
        orders_confirmed=True,
        assign_invoice_code=kind is Fulfilment.FBA,
        auto_pick=False,
    )


ORDER_TYPES: Mapping[Fulfilment, tuple[OrderType, ...]] = {
    Fulfilment.FBM: (
        OrderType.STANDARD,
        OrderType.EXPEDITED,
        OrderType.PRIME,
        OrderType.BUSINESS,
        OrderType.REPLACEMENT,
        OrderType.EXCHANGE,
    ),
    Fulfilment.FBA: (OrderType.FBA, OrderType.BUSINESS, OrderType.REPLACEMENT, OrderType.EXCHANGE),
}
"""The order types that a channel of the kind can have, and so the override rows that it may have."""


def options_of_kind(kind: Fulfilment) -> tuple[str, ...]:
    """The columns that mean something for the kind: Amazon's own parcels have no courier of ours. A site group stands
    in the column of Site."""
    shown = (name for name in OPTIONS if name != "site_group")
    return tuple(name for name in shown if kind is Fulfilment.FBM or name not in COURIER_OPTIONS)


def without_couriers(values: OptionValues) -> OptionValues:
    return replace(values, courier_group=None, courier_service=None)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot be as it is; `option` names the cell."""

    option: str
    reason: str


FBA_INVOICED_AT_IMPORT = (
    "Amazon has shipped an FBA order before it is imported: it is invoiced and issued automatically, and must get its "
    "invoice code then. Leave Assign invoice code on."
)
FBA_CONFIRMED_AT_IMPORT = (
    "Amazon has shipped an FBA order before it is imported: it is issued automatically and cannot wait for a person. "
    "Leave Orders confirmed on."
)


def fault_in(row: OptionRow, kind: Fulfilment) -> Fault | None:
    """What the row's values alone tell against it; the operation checks the rows that they name."""
    values = row.values
    if row.order_type is not None and row.order_type not in ORDER_TYPES[kind]:
        return Fault("order_type", f"An Amazon {kind} channel cannot have orders of the type {row.title}.")
    if values.site is not None and values.site_group is not None:
        return Fault("site", "Choose a site or a site group, not both.")
    if kind is Fulfilment.FBA and values.site_group is not None:
        return Fault("site", "An FBA channel sells from its FBA site alone. Choose that site.")
    if kind is Fulfilment.FBA and values.assign_invoice_code is False:
        return Fault("assign_invoice_code", FBA_INVOICED_AT_IMPORT)
    if kind is Fulfilment.FBA and values.orders_confirmed is False:
        return Fault("orders_confirmed", FBA_CONFIRMED_AT_IMPORT)
    priority = values.invoice_priority
    if priority is not None and not PRIORITY_FIRST <= priority <= PRIORITY_LAST:
        return Fault(
            "invoice_priority",
            f"Invoice priority is a number from {PRIORITY_FIRST} (first) to {PRIORITY_LAST} (last); "
            f"not “{str(priority)[:20]}”.",
        )
    return None
