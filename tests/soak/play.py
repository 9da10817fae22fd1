"""A story is played in a shop: each step does what it says, what the world does not allow now is left out."""

import contextlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, assert_never

from tests.soak import story
from tests.soak.shop import MARKETPLACES, Shop
from tests.sync.whole_amazon import EU

from wharfinger.cli.demo.demo_once.judge import judge
from wharfinger.db.models import (
    Channel,
    ChannelProduct,
    Confirmation,
    HandlingPeriod,
    ImportedOrder,
    RawMessage,
    SalesOrder,
    Shipment,
    StockNotice,
)
from wharfinger.db.queries.stock.rules import Setting, setting_of
from wharfinger.domain.orders.order import Fulfilment, SalesOrderState
from wharfinger.domain.shipping.shipments import ConfirmationState
from wharfinger.domain.stock.handling import PeriodState, Span
from wharfinger.operations.channels import channel_life, first_import, links
from wharfinger.operations.orders import sales_orders
from wharfinger.operations.orders.actions import merging, splitting
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import shipments, undo
from wharfinger.operations.stock import handling, ledger, stock_rules

AT_ONCE = 5
"""Minutes that the clock is moved at once; jobs that something triggered are run after each step all the same."""
NEW_ADDRESS = {"addressLine1": "7 New Road", "city": "Leith", "postalCode": "EH6 6AA"}
HOURS_OF_REST = 30
"""Trade time after the story in which everything comes right by itself."""


@dataclass(frozen=True, slots=True)
class Outcome:
    orders: int
    kills: int
    differences: tuple[str, ...]


class Player:
    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.placed: list[str] = []
        self.forced = 0  # units that a story sold although Amazon showed fewer: nobody's fault

    def play(self, steps: Sequence[story.Step], *, falsify: Callable[[], None] | None = None) -> Outcome:
        """`falsify` is done to the books before they are compared."""
        for step in steps:
            with contextlib.suppress(
                Refused, ValueError, IndexError
            ):  # sold out, cancelled already, nothing to dispatch
                self._do(step)
            self.shop.run_jobs()
        self._settle()
        if falsify is not None:
            falsify()
        differences = self._differences()
        return Outcome(len(self.placed), self.shop.killed, differences)

    def _do(self, step: story.Step) -> None:
        match step:
            case story.Wait():
                for minutes in (AT_ONCE,) * (step.minutes // AT_ONCE) + (step.minutes % AT_ONCE,):
                    if minutes:
                        self.shop.go_on(minutes)
            case story.Order():
                self._place(step)
            case story.PooledOrder():
                line = {"sku": self.shop.pooled[step.sku], "quantity": step.units}
                self._buy({"marketplaceId": MARKETPLACES[0], "fulfilledBy": "AMAZON", "items": [line]})
            case story.Cancel():
                self._cancel(step)
            case story.RequestCancel():
                self._ask(step.place, "request-cancel", {"reason": "BUYER_CANCEL"})
            case story.MoveHouse():
                self._ask(step.place, "address", NEW_ADDRESS)
            case story.Dispatch():
                self._dispatch(step)
            case story.Undo():
                newest = Shipment.objects.order_by("-pk").values_list("pk", flat=True)[: step.parcels]
                undo.undo_many(list(newest), now=self.shop.now(), user=self.shop.olga)
            case story.Split():
                self._split(step)
            case story.Merge():
                self._merge()
            case story.Receive():
                ledger.receive_stock(self.shop.item(step.sku).pk, self.shop.site.pk, step.units, now=self.shop.now())
            case story.Break():
                item = self.shop.item(step.sku)
                ledger.adjust_stock(item.pk, self.shop.site.pk, -step.units, "broken", now=self.shop.now())
            case story.Fault():
                more = {"seconds": step.seconds} if step.seconds else {}
                self.shop.amazon.control(
                    "faults", {"kind": step.kind, "operation": step.operation, "count": step.count, **more}
                )
            case story.Queue():
                self.shop.queue.trouble = "" if step.answers else "it does not answer"
            case story.OtherApplication():
                self.shop.amazon.control(
                    "limits/others", {"operation": step.operation, "rate": step.rate, "seconds": 60 * step.minutes}
                )
            case story.Kill():
                self.shop.kills.append((step.flow, step.statement))
            case story.Switch():
                channel = self.shop.channels[step.channel]
                channel_life.enable_channel(channel.pk, step.enabled, now=self.shop.now(), user=self.shop.olga)
            case story.MakeChannel():
                self.shop.open_third_channel()
            case story.Unlink():
                self._link(step.sku, linked=step.linked)
            case story.SetRule():
                self._set_rule(step)
            case story.Holiday():
                self._holiday(step)
            case story.ByFeeds():
                self.shop.by_feeds = True
            case _:
                assert_never(step)

    # --- what each does

    def _place(self, step: story.Order) -> None:
        lines = [{"sku": self.shop.skus[sku], "quantity": units} for sku, units in step.lines]
        body = {"marketplaceId": MARKETPLACES[step.marketplace], "fulfilledBy": "MERCHANT", "items": lines}
        before = self._shown() if step.oversell else {}
        if step.pending_minutes:
            body["pendingSeconds"] = 60 * step.pending_minutes
        if step.address:
            body["addressKind"] = step.address
        if step.oversell:
            body["oversell"] = True
        self._buy(body)
        if step.oversell:
            self.forced += self._beyond_shown(before, lines)

    def _shown(self) -> dict[str, int]:
        return {
            row["sku"]: row["quantity"] or 0 for row in self.shop.state_report()["listings"] if row["sellerId"] == EU
        }

    def _beyond_shown(self, shown: Mapping[str, int], lines: Sequence[Mapping[str, Any]]) -> int:
        wanted: Counter[str] = Counter()
        for line in lines:
            wanted[line["sku"]] += line["quantity"]
        return sum(max(0, units - shown.get(sku, 0)) for sku, units in wanted.items())

    def _buy(self, body: dict[str, object]) -> None:
        self.placed.append(self.shop.amazon.control("orders", {"sellerId": EU, **body})["orderId"])

    def _order(self, place: int) -> str:
        if place >= len(self.placed):
            raise ValueError("no such order")
        return self.placed[-1 - place]

    def _ask(self, place: int, verb: str, body: dict[str, object]) -> None:
        self.shop.amazon.control(f"orders/{self._order(place)}/{verb}", body)

    def _cancel(self, step: story.Cancel) -> None:
        number = self._order(step.place)
        body: dict[str, object] = {"by": step.by}
        if step.unit:
            books = self.shop.state_report()["orders"]
            order = next(row for row in books if row["orderId"] == number)
            body |= {"orderItemId": order["items"][0]["orderItemId"], "quantity": 1}
        self._ask(step.place, "cancel", body)

    def _dispatch(self, step: story.Dispatch) -> None:
        ready = SalesOrder.objects.filter(state__in=[SalesOrderState.READY, SalesOrderState.PART_SHIPPED])
        for order in ready.order_by("ship_by", "pk")[: step.orders]:
            lines = {order.lines.order_by("pk")[0].pk: 1} if step.part else None
            with contextlib.suppress(Refused):
                shipments.dispatch(
                    order.pk, service_id=self.shop.courier.pk, lines=lines, now=self.shop.now(), user=self.shop.olga
                )

    def _split(self, step: story.Split) -> None:
        parts = SalesOrder.objects.filter(imported__amazon_order_id=self._order(step.place)).order_by("-pk")
        order = parts.exclude(state=SalesOrderState.MERGED)[0]
        lines = list(order.lines.order_by("pk"))
        units = {lines[0].pk: lines[0].quantity_open} if step.line else {line.pk: 1 for line in lines}
        splitting.split_order(order.pk, units=units, now=self.shop.now(), user=self.shop.olga)

    def _merge(self) -> None:
        newest = SalesOrder.objects.filter(divided=True, part__gt=1).exclude(state=SalesOrderState.MERGED)
        part = newest.order_by("-pk")[0]
        first = SalesOrder.objects.get(imported=part.imported_id, part=1)
        merging.merge_parts(first.pk, other_id=part.pk, now=self.shop.now(), user=self.shop.olga)

    def _link(self, sku: int, *, linked: bool) -> None:
        item = self.shop.item(sku)
        for product in ChannelProduct.objects.filter(listing__sku=self.shop.skus[sku]).order_by("pk"):
            if linked and product.item_id is None:
                links.link_product(product.pk, item.pk, user=self.shop.olga, now=self.shop.now())
            elif not linked and product.item_id is not None:
                links.unlink_product(product.pk, user=self.shop.olga, now=self.shop.now())

    def _set_rule(self, step: story.SetRule) -> None:
        now, olga = self.shop.now(), self.shop.olga
        if step.sku is not None:
            stock_rules.set_item_rule(self.shop.item(step.sku).pk, Setting(values=step.values), now=now, user=olga)
        else:
            self._set_channel_rule(self.shop.channels[step.channel], Setting(values=step.values), leads=False)

    def _set_channel_rule(self, channel: Channel, setting: Setting, *, leads: bool) -> None:
        entry = stock_rules.ChannelEntry(setting, leads=leads)
        stock_rules.set_channel_rule(channel.pk, entry, now=self.shop.now(), user=self.shop.olga)

    def _holiday(self, step: story.Holiday) -> None:
        now, olga = self.shop.now(), self.shop.olga
        if step.days is None:
            for period in HandlingPeriod.objects.values_list("pk", flat=True):
                handling.delete_period(period, now=now, user=olga)
            return
        channel = None if step.channel is None else self.shop.channels[step.channel].pk
        entry = handling.PeriodEntry("Holiday", Span(now.date() - timedelta(days=1)), step.days, channel)
        handling.add_period(entry, now=now, user=olga)

    # --- the end

    def _settle(self) -> None:
        """Faults and other applications end, persons do what the pages ask of them, and trade rests."""
        shop = self.shop
        shop.kills.clear()
        shop.queue.trouble = ""
        shop.amazon.control("faults", {"clear": True})
        shop.amazon.control("limits/others", {"stop": True})
        for channel in Channel.objects.filter(enabled=False).order_by("pk"):
            channel_life.enable_channel(channel.pk, True, now=shop.now(), user=shop.olga)
        found = Channel.objects.filter(dont_import_orders=True, archived=False).values_list("pk", flat=True)
        with contextlib.suppress(Refused):
            first_import.start_first_imports(list(found), user=shop.olga, now=shop.now())
        for sku in range(len(shop.skus)):
            self._link(sku, linked=True)
        leader = Channel.objects.select_related("stock_rule").get(pk=shop.channels[0].pk)
        self._set_channel_rule(leader, setting_of(leader), leads=True)
        for order in SalesOrder.objects.filter(cancel_requested=True, cancel_answered_at=None):
            with contextlib.suppress(Refused):
                sales_orders.dispatch_anyway(order.pk, now=shop.now(), user=shop.olga)
        shop.rest(HOURS_OF_REST, until=lambda: _at_rest() and not self._differences())

    def _differences(self) -> tuple[str, ...]:
        books = self.shop.state_report()
        verdict = judge(books)
        if 0 < verdict.oversold <= self.forced:
            said = f"{verdict.oversold} units were"
            verdict.faults, verdict.oversold = [fault for fault in verdict.faults if not fault.startswith(said)], 0
        found = [] if verdict.good else [*verdict.faults]
        found += self._untouchable(books)
        figures = {"throttled": verdict.throttled, "duplicated": verdict.orders.duplicated}
        found += [f"{count} {name}" for name, count in figures.items() if count]
        return tuple(found or ([] if verdict.good else [str(verdict.as_json())]))

    def _untouchable(self, books: Mapping[str, Any]) -> list[str]:
        """What is Amazon's: quantities of what it sends, and lead times where no handling time of ours is in force."""
        scheduled = self._scheduled()
        pooled = {row["sku"] for row in books["writes"]} & set(self.shop.pooled)
        return [f"{sku}: Amazon sends it, and a quantity was sent" for sku in sorted(pooled)] + [
            f"{row['sku']}: lead time {row['leadTimeDays']} instead of {scheduled[row['sku']]}"
            for row in books["listings"]
            if row["sellerId"] == EU and row["leadTimeDays"] != scheduled.get(row["sku"], row["leadTimeDays"])
        ]

    def _scheduled(self) -> dict[str, int | None]:
        """By SKU, as the schedule says: the longest of the channels that sell it, else what it had before the story."""
        marketplaces = dict(Channel.objects.filter(kind="FBM", archived=False).values_list("marketplace", "pk"))
        periods = list(HandlingPeriod.objects.filter(state=PeriodState.IN_FORCE).values_list("days", "channel"))
        linked = ChannelProduct.objects.filter(item__isnull=False, listing__fulfilment=Fulfilment.FBM)
        wanted = dict(self.shop.lead_times)
        sold: dict[str, list[int]] = {}
        for sku, marketplace in linked.values_list("listing__sku", "marketplace"):
            if marketplace in marketplaces:
                channel = marketplaces[marketplace]
                sold.setdefault(sku, []).extend(days for days, of in periods if of in (None, channel))
        return wanted | {sku: max(days) for sku, days in sold.items() if days}


def _at_rest() -> bool:
    parcels = Confirmation.objects.exclude(state__in=(ConfirmationState.CONFIRMED, ConfirmationState.NOT_SENT))
    waiting = (
        StockNotice.objects.all(),
        RawMessage.objects.filter(state=RawMessage.State.WAITING),
        parcels.exclude(state=ConfirmationState.REFUSED, shipment__order__cancelled_at__isnull=False),
        SalesOrder.objects.filter(state=SalesOrderState.PENDING),
    )
    return ImportedOrder.objects.exists() and not any(rows.exists() for rows in waiting)
