"""A seller account, its channels and a scripted Amazon: orders go in as Amazon's JSON and come out as rows."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.db.models import Sum

from wharfinger.amazon.answers import Answer
from wharfinger.amazon.client import SearchOrders
from wharfinger.amazon.messages.orders import SearchOrdersPage
from wharfinger.db.models import (
    Allocation,
    Channel,
    ChannelOption,
    ChannelProduct,
    ImportedOrder,
    Installation,
    Listing,
    Movement,
    Problem,
    RawMessage,
    SalesOrder,
    SellerAccount,
    Site,
    StockItem,
    StockLevel,
    User,
)
from wharfinger.domain.installation.people import Role
from wharfinger.operations.orders import inbox
from wharfinger.operations.orders.inbox import NextCursor, RawOrder
from wharfinger.operations.stock import ledger
from wharfinger.sync import take_orders
from wharfinger.sync.calls import AccountFacts, FlowResult

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
UK, DE = "A1F83G8C2ARO7P", "A1PA6795UKMFR9"
ADDRESS = {
    "name": "Grace Hopper",
    "addressLine1": "1 Quay Street",
    "city": "Bristol",
    "postalCode": "BS1 4DJ",
    "countryCode": "GB",
}
_numbers = count(1)


class StandingClock:
    """Trade time that moves only when told."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def machine_now(self) -> datetime:
        return self.at

    def pause(self, trade_seconds: float) -> None:
        self.at += timedelta(seconds=trade_seconds)


class ScriptedAmazon:
    """Answers searches and order fetches from a script, and keeps what it was asked."""

    whole_timeout = 30.0

    def __init__(self, account: SellerAccount) -> None:
        self.account = AccountFacts(account.pk, account.seller_id, account.region, account.name)
        self.searches: list[SearchOrders] = []
        self.fetched: list[str] = []
        self.pages: list[SearchOrdersPage | Exception] = []
        self.orders: dict[str, bytes | Exception] = {}

    def search_orders(self, search: SearchOrders) -> Answer[SearchOrdersPage]:
        self.searches.append(search)
        page = self.pages.pop(0)
        if isinstance(page, Exception):
            raise page
        return Answer(page)

    def get_order(self, order_id: str) -> Answer[bytes]:
        self.fetched.append(order_id)
        answer = self.orders[order_id]
        if isinstance(answer, Exception):
            raise answer
        return Answer(answer)


class World:
    """One account with an FBM and an FBA channel on Amazon.co.uk, a warehouse and an FBA pool."""

    def __init__(self) -> None:
        Installation.objects.get_or_create(pk=1, defaults={"system": "demo", "made_at": NOON})
        self.clock = StandingClock()
        self.account = SellerAccount.objects.create(
            name="Harbour & Home", region="EU", seller_id="A2HARBOUR", link_state="linked", made_at=NOON
        )
        self.warehouse = Site.objects.create(name="Main warehouse", kind="Own warehouse", made_at=NOON)
        self.pool = Site.objects.create(name="FBA UK", kind="FBA", pool="UK", account=self.account, made_at=NOON)
        self.fbm = self.channel("FBM", self.warehouse)
        self.fba = self.channel("FBA", self.pool)
        self.amazon = ScriptedAmazon(self.account)

    def channel(self, kind: str, site: Site, marketplace: str = UK, **values: Any) -> Channel:
        channel = Channel.objects.create(
            **{
                "name": f"{marketplace} {kind}",
                "kind": kind,
                "account": self.account,
                "marketplace_id": marketplace,
                "link_state": "linked",
                "start_date": date(2026, 11, 1),
                "import_fba_orders": "Only FBA Import" if kind == "FBA" else "No FBA import",
                "made_at": NOON - timedelta(days=30),
                **values,
            }
        )
        ChannelOption.objects.create(channel=channel, order_type="", site=site)
        return channel

    def item(self, code: str, on_hand: int = 0, *, listed: bool = True, fulfilment: str = "FBM") -> StockItem:
        item = StockItem.objects.create(code=code, name=f"Name of {code}", made_at=NOON)
        if on_hand:
            ledger.receive_stock(item.pk, self.warehouse.pk, on_hand, now=self.clock.now())
        if listed:
            self.listing(code, item, fulfilment=fulfilment)
        return item

    def listing(
        self, sku: str, item: StockItem | None, *, fulfilment: str = "FBM", asin: str = "", marketplace: str = UK
    ) -> ChannelProduct:
        listing, _made = Listing.objects.get_or_create(
            account=self.account, sku=sku, defaults={"fulfilment": fulfilment, "found_at": NOON}
        )
        return ChannelProduct.objects.create(
            listing=listing, marketplace_id=marketplace, asin=asin, item=item, found_at=NOON
        )

    def hear(self, *orders: dict[str, Any] | bytes) -> FlowResult:
        """A page with these orders arrives and is taken, a second after whatever was before."""
        self.clock.at += timedelta(seconds=1)
        self.keep(*orders)
        return self.take()

    def keep(self, *orders: dict[str, Any] | bytes) -> int:
        raws = [order if isinstance(order, bytes) else json.dumps(order).encode() for order in orders]
        raw_orders = [
            RawOrder(order["orderId"] if isinstance(order, dict) else "", raw)
            for order, raw in zip(orders, raws, strict=True)
        ]
        return inbox.keep_page(self.account.pk, raw_orders, NextCursor(NOON, (UK,)), now=self.clock.now())

    def take(self) -> FlowResult:
        return take_orders.run(self.account.pk, self.amazon, self.clock)  # type: ignore[arg-type]

    def imported(self, order: dict[str, Any]) -> ImportedOrder:
        return ImportedOrder.objects.get(account=self.account, amazon_order_id=order["orderId"])

    def sale(self, order: dict[str, Any]) -> SalesOrder:
        return SalesOrder.objects.get(imported__amazon_order_id=order["orderId"])

    def level(self, item: StockItem, site: Site | None = None) -> tuple[int, int]:
        """On hand, allocated."""
        level = StockLevel.objects.filter(item=item, site=site or self.warehouse).first()
        return (level.on_hand, level.allocated) if level else (0, 0)

    def problems(self) -> set[str]:
        return set(Problem.objects.filter(solved_at=None).values_list("kind", flat=True))

    def waiting(self) -> int:
        return RawMessage.objects.filter(state="waiting").count()


def somebody() -> User:
    user = User(username="olga", full_name="Olga Owner", role=Role.ADMINISTRATOR.value)
    user.set_unusable_password()
    user.save()
    return user


def line(sku: str, units: int = 1, *, each: str = "10.00", number: str = "", **changes: Any) -> dict[str, Any]:
    """One order item in Amazon's words; its proceeds are units times `each`."""
    amount = str(Decimal(each) * units)
    return {
        "orderItemId": number or f"{next(_numbers):014d}",
        "quantityOrdered": units,
        "product": {"sellerSku": sku, "asin": f"B0{abs(hash(sku)) % 10**8:08d}", "title": f"Title of {sku[:40]}"},
        "proceeds": {
            "proceedsTotal": {"amount": amount, "currencyCode": "GBP"},
            "breakdowns": [{"type": "ITEM", "subtotal": {"amount": amount, "currencyCode": "GBP"}}],
        },
        "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": units},
        **changes,
    }


def order(*lines: dict[str, Any], status: str = "UNSHIPPED", by: str = "MERCHANT", **changes: Any) -> dict[str, Any]:
    """An order as searchOrders gives it, placed an hour before noon; pending ones have neither money nor address."""
    placed = NOON - timedelta(hours=1)
    message: dict[str, Any] = {
        "orderId": f"026-{next(_numbers):07d}-0000001",
        "createdTime": placed.isoformat(),
        "lastUpdatedTime": placed.isoformat(),
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": UK},
        "buyer": {"buyerName": "Grace Hopper", "buyerEmail": "grace@marketplace.example"},
        "recipient": {"deliveryAddress": ADDRESS},
        "proceeds": {"grandTotal": {"amount": str(total_of(lines)), "currencyCode": "GBP"}},
        "fulfillment": {
            "fulfillmentStatus": status,
            "fulfilledBy": by,
            "fulfillmentServiceLevel": "STANDARD",
            "shipByWindow": {"latestDateTime": (NOON + timedelta(days=1)).isoformat()},
        },
        "orderItems": list(lines),
        **changes,
    }
    return _unpaid(message) if status.startswith("PENDING") else message


def total_of(lines: Sequence[dict[str, Any]]) -> Decimal:
    return sum((Decimal(each["proceeds"]["proceedsTotal"]["amount"]) for each in lines), Decimal(0))


def _unpaid(message: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in message.items() if key not in ("buyer", "recipient", "proceeds")}
    kept["orderItems"] = [
        {key: value for key, value in each.items() if key != "proceeds"} for each in message["orderItems"]
    ]
    return kept


def later(message: dict[str, Any], minutes: int = 1, **changes: Any) -> dict[str, Any]:
    """The same order as Amazon tells it some minutes after that message."""
    changed = json.loads(json.dumps(message))
    updated = datetime.fromisoformat(message["lastUpdatedTime"]) + timedelta(minutes=minutes)
    changed["lastUpdatedTime"] = updated.isoformat()
    status = changes.pop("status", None)
    if status:
        changed["fulfillment"]["fulfillmentStatus"] = status
    return {**changed, **changes}


def page(
    *orders: dict[str, Any] | bytes,
    token: str | None = None,
    before: datetime | None = NOON,
    strange: Sequence[dict[str, Any]] = (),
) -> SearchOrdersPage:
    raws = tuple(message if isinstance(message, bytes) else json.dumps(message).encode() for message in orders)
    others = tuple(json.dumps(message).encode() for message in strange)
    return SearchOrdersPage(raw_orders=raws, strange_orders=others, next_token=token, last_updated_before=before)


def check_the_ledger() -> None:
    """Rule 2: on hand is the sum of movements, promises are the sum of allocations, never negative."""
    moved = _sums(Movement)
    promised = _sums(Allocation)
    for level in StockLevel.objects.all():
        key = (level.item_id, level.site_id)
        assert level.on_hand == moved.get(key, 0)
        assert level.allocated == promised.get(key, 0) >= 0
    assert set(promised) <= set(StockLevel.objects.values_list("item_id", "site_id"))


def _sums(rows: type[Movement] | type[Allocation]) -> dict[tuple[int, int], int]:
    found = rows.objects.values("item_id", "site_id").annotate(units=Sum("quantity")).order_by()
    return {(row["item_id"], row["site_id"]): row["units"] for row in found}


Change = Callable[[dict[str, Any]], dict[str, Any]]
