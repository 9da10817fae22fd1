"""A channel's (Global) options list as pages show it: each cell's own value and what it inherits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from wharfinger.db.models import (
    BankAccount,
    Channel,
    ChannelOption,
    CompanyClass,
    CourierGroup,
    OrderNumberPrefix,
    SalesOrder,
    SalesSource,
)
from wharfinger.db.queries.channels.channel_facts import courier_choices, site_choices
from wharfinger.db.queries.option_rows import LIST_OPTIONS, row_of
from wharfinger.domain.channels.options import (
    DEFAULT_PREFIX,
    ORDER_TYPES,
    OptionRow,
    OptionValues,
    Source,
    defaults_for,
    options_of_kind,
    resolve,
)
from wharfinger.domain.labels import Labelled
from wharfinger.domain.orders.order import Fulfilment, OrderType, SalesOrderState

_OPEN = [state for state in SalesOrderState if state.open]


@dataclass(frozen=True, slots=True)
class Cell:
    """One option of one row. `own` empty = it inherits; `effective` is the value that holds, in words."""

    option: str
    own: str
    effective: str
    source: Source


@dataclass(frozen=True, slots=True)
class ListRow:
    row: OptionRow
    cells: tuple[Cell, ...]
    orders: int
    """Sales orders of the type that are open now; for (Global) all of the channel's."""

    @property
    def title(self) -> str:
        return self.row.title


@dataclass(frozen=True, slots=True)
class OptionsList:
    """The whole list of a channel. `inherited`: what an empty override cell shows, by option."""

    kind: Fulfilment
    rows: tuple[ListRow, ...]
    orders: Mapping[str, int]
    """Open sales orders by order type, whether it has a row or not."""
    inherited: Mapping[str, str]
    defaults: Mapping[str, str]

    @property
    def order_types(self) -> tuple[OrderType, ...]:
        return ORDER_TYPES[self.kind]


def options_list(channel_id: int) -> OptionsList | None:
    """Two queries besides the channel's own, however many rows there are."""
    channel = Channel.objects.select_related("marketplace").filter(pk=channel_id).first()
    if channel is None:
        return None
    kind = channel.kind
    stored = list(ChannelOption.objects.filter(channel=channel_id).select_related(*LIST_OPTIONS))
    names = _names(stored)
    orders = _open_orders(channel_id)
    defaults = defaults_for(kind, channel.marketplace.currency)
    rows = sorted((row_of(row) for row in stored), key=lambda row: _place(kind, row))
    everything = next((row.values for row in rows if row.order_type is None), OptionValues())
    shown = options_of_kind(kind)
    inherited = resolve(everything, None, defaults).values
    return OptionsList(
        kind=kind,
        rows=tuple(
            ListRow(
                row,
                _cells(row, everything, defaults, shown, names),
                sum(orders.values()) if row.order_type is None else orders.get(row.order_type, 0),
            )
            for row in rows
        ),
        orders=orders,
        inherited={option: _value(option, inherited, names) for option in shown},
        defaults={option: _value(option, defaults, names) for option in shown},
    )


def _place(kind: Fulfilment, row: OptionRow) -> int:
    types = ORDER_TYPES[kind]
    if row.order_type is None:
        return -1
    return types.index(row.order_type) if row.order_type in types else len(types)


def _names(rows: list[ChannelOption]) -> dict[tuple[str, int], str]:
    return {
        (option, getattr(row, f"{option}_id")): str(getattr(row, option))
        for row in rows
        for option in LIST_OPTIONS
        if getattr(row, f"{option}_id") is not None
    }


def _open_orders(channel_id: int) -> dict[str, int]:
    rows = SalesOrder.objects.filter(channel=channel_id, state__in=_OPEN).values("order_type")
    return {row["order_type"]: row["orders"] for row in rows.annotate(orders=Count("pk")).order_by("order_type")}


def _cells(
    row: OptionRow,
    everything: OptionValues,
    defaults: OptionValues,
    shown: tuple[str, ...],
    names: Mapping[tuple[str, int], str],
) -> tuple[Cell, ...]:
    override = row.values if row.order_type is not None else None
    resolved = resolve(everything, override, defaults)
    return tuple(
        Cell(
            option,
            _value(option, row.values, names) if _held(option, row.values) is not None else "",
            _value(option, resolved.values, names),
            resolved.sources[option],
        )
        for option in shown
    )


def _held(option: str, values: OptionValues) -> Any:
    """A cell's value; that of Site is a place: a site, or a site group."""
    return values.place if option == "site" else getattr(values, option)


def _value(option: str, values: OptionValues, names: Mapping[tuple[str, int], str]) -> str:
    if option == "site" and values.site_group is not None:
        return _shown("site_group", values.site_group, names)
    return _shown(option, getattr(values, option), names)


def _shown(option: str, value: Any, names: Mapping[tuple[str, int], str]) -> str:
    if value is None:
        return DEFAULT_PREFIX if option == "order_number_prefix" else "none"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if option in LIST_OPTIONS:
        return names.get((option, value), "")
    return value.label if isinstance(value, Labelled) else str(value)


def option_choices(kind: Fulfilment, channel_id: int | None) -> dict[str, list[tuple[Any, str]]]:
    """What may be chosen for each option of a list: nothing archived, but for what the channel holds already."""
    held = ChannelOption.objects.filter(channel=channel_id or 0)
    lists = {
        "sales_source": SalesSource,
        "courier_group": CourierGroup,
        "company_class": CompanyClass,
        "bank_account": BankAccount,
        "order_number_prefix": OrderNumberPrefix,
    }
    choices: dict[str, list[tuple[Any, str]]] = {"site": list(site_choices(kind)), "courier_service": []}
    if kind is Fulfilment.FBM:
        choices["courier_service"] = list(courier_choices())
    for option, model in lists.items():
        rows = model._default_manager.filter(Q(archived=False) | Q(pk__in=held.values(option))).order_by("name")
        choices[option] = [
            (pk, f"{name} (archived)" if archived else name)
            for pk, name, archived in rows.values_list("pk", "name", "archived")
        ]
    return choices
