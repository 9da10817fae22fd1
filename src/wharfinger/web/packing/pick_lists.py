"""A pick list as its page and its PDF show it: by total and by order, with what is struck out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.orders.actions.line_sites import sending_sites
from wharfinger.db.queries.orders.sales_orders import Day
from wharfinger.db.queries.shipping.courier_groups import fbm_channel_choices, service_choices
from wharfinger.db.queries.shipping.pick_lists import (
    ListedOrder,
    PickListRow,
    ShelfItem,
    Until,
    WaveFilter,
    pick_list_page,
    shelf_items,
    site_names,
)
from wharfinger.db.queries.stock.warehouse.bins import bins_of
from wharfinger.domain.shipping.pick_lists import AT_MOST, USUAL_WAVE, Standing, Total, totals_of
from wharfinger.operations.shipping.pick_lists import OrderNow, check_pick_list
from wharfinger.web.forms.choices import offer
from wharfinger.web.request_context import message_of


@dataclass(frozen=True, slots=True)
class Shelf:
    """One line by total. `bin`: where at the site the item lies; empty = not known."""

    item: ShelfItem
    site: str
    bin: str
    total: Total

    @property
    def struck(self) -> bool:
        return not self.total.units


@dataclass(frozen=True, slots=True)
class OrderOnList:
    order: ListedOrder
    standing: Standing
    reason: str
    units: tuple[tuple[ShelfItem, str, str, int], ...]
    """(item, site, bin, units)."""

    @property
    def struck(self) -> bool:
        return not self.standing.picked

    @property
    def on_list(self) -> bool:
        return self.standing is not Standing.TAKEN_OFF


@dataclass(frozen=True, slots=True)
class ShownList:
    """`several_sites`: the site is said with each line."""

    row: PickListRow
    shelves: tuple[Shelf, ...]
    orders: tuple[OrderOnList, ...]
    several_sites: bool

    @property
    def to_pick(self) -> int:
        return sum(1 for order in self.orders if order.standing.picked)

    @property
    def units(self) -> int:
        return sum(shelf.total.units for shelf in self.shelves)


def shown_list(list_id: int, day: Day) -> ShownList | None:
    page = pick_list_page(list_id, day)
    if page is None:
        return None
    now = check_pick_list(list_id)
    every = [units for order in now for units in order.units]
    items, sites = shelf_items(units.item_id for units in every), site_names(units.site_id for units in every)
    bins = bins_of({(units.item_id, units.site_id) for units in every})
    orders = {order.id: order for order in page.orders}
    on_list = [order for order in now if order.standing is not Standing.TAKEN_OFF]
    totals = totals_of(
        (units, order.order_id, orders[order.order_id].code, not order.standing.picked)
        for order in on_list
        for units in order.units
    )
    shelves = [
        Shelf(items[total.item_id], sites[total.site_id], bins.get((total.item_id, total.site_id), ""), total)
        for total in totals
    ]
    return ShownList(
        page.row,
        tuple(sorted(shelves, key=lambda shelf: (shelf.site, not shelf.bin, shelf.bin, shelf.item.code))),
        tuple(_order(orders[order.order_id], order, items, sites, bins) for order in now),
        len(sites) > 1,
    )


def _order(
    order: ListedOrder,
    now: OrderNow,
    items: Mapping[int, ShelfItem],
    sites: Mapping[int, str],
    bins: Mapping[tuple[int, int], str],
) -> OrderOnList:
    units = tuple(
        (
            items[each.item_id],
            sites[each.site_id],
            bins.get((each.item_id, each.site_id), ""),
            each.units,
        )
        for each in now.units
    )
    return OrderOnList(order, now.standing, message_of(now.reason) if now.reason else "", units)


UNTIL = (
    (Until.ANY.value, gettext_lazy("Any")),
    (Until.LATE.value, gettext_lazy("Late")),
    (Until.TODAY.value, gettext_lazy("Late and today")),
    (Until.TOMORROW.value, gettext_lazy("Up to tomorrow")),
)


class WaveForm(forms.Form):
    """Of which orders the next pick list is made."""

    until = forms.TypedChoiceField(
        label=gettext_lazy("Ship-by"), required=False, choices=UNTIL, coerce=Until, empty_value=Until.ANY
    )
    site = forms.TypedChoiceField(label=gettext_lazy("Site"), required=False, coerce=int, empty_value=None)
    service = forms.TypedChoiceField(
        label=gettext_lazy("Courier service"), required=False, coerce=int, empty_value=None
    )
    channel = forms.TypedChoiceField(label=gettext_lazy("Channel"), required=False, coerce=int, empty_value=None)
    size = forms.IntegerField(
        label=gettext_lazy("Orders at most"),
        min_value=1,
        max_value=AT_MOST,
        initial=USUAL_WAVE,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, data: QueryDict | None = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        offer(self, "site", sending_sites(), gettext("All sites"))
        offer(self, "service", service_choices(), gettext("All services"))
        offer(self, "channel", fbm_channel_choices(), gettext("All channels"))

    def wanted(self) -> WaveFilter:
        cleaned = self.cleaned_data
        return WaveFilter(cleaned["site"], cleaned["channel"], cleaned["service"], cleaned["until"])

    def described(self) -> str:
        """What was chosen, as the list keeps it: no personal data."""
        parts = [
            str(dict(self.fields[name].choices)[value])  # type: ignore[attr-defined]  # they are choice fields
            for name in ("until", "site", "service", "channel")
            if (value := self.cleaned_data[name])
        ]
        return ", ".join(parts)
