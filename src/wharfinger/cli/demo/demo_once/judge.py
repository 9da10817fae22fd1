"""The simulator's own books as judge: what Amazon holds against what we hold."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Any

from django.db.models import Count, F, Sum

from wharfinger.cli.demo.demo_once.units import is_explained, oversold, sales_of, writes_of
from wharfinger.db.models import (
    Allocation,
    Channel,
    ChannelOption,
    ChannelProduct,
    Confirmation,
    ImportedLine,
    ImportedOrder,
    Listing,
    Movement,
    Problem,
    SalesOrder,
    SalesOrderLine,
    ShipmentLine,
    StockLevel,
)
from wharfinger.db.models.orders.inbox import TO_SEND
from wharfinger.db.queries.option_rows import sites_of
from wharfinger.db.queries.stock.rules import AS_IT_IS, Rules, installation_rule
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.shipping.shipments import ConfirmationState
from wharfinger.domain.stock.ledger import MovementReason, SiteKind
from wharfinger.domain.stock.rules import Rounding, Rule

StateReport = Mapping[str, Any]


@dataclass
class Orders:
    placed: int = 0
    imported: int = 0
    skipped: int = 0
    lost: int = 0
    duplicated: int = 0
    wrong: int = 0


@dataclass
class Listings:
    checked: int = 0
    wrong: int = 0


@dataclass
class Confirmations:
    due: int = 0
    confirmed: int = 0
    twice: int = 0


@dataclass
class Ledger:
    levels: int = 0
    wrong: int = 0


@dataclass
class Verdict:
    """`faults` says in words what is wrong, at most a line each.

    `throttled`: refusals that our own calls caused; those of another application that held the limit are counted
    apart. `oversold`: units sold at Amazon beyond what was on hand, less those of Amazon's own delay. `unexplained`:
    listings that differ at Amazon with no call, order or fault in its books that accounts for it. `labels_lost`: held
    by Royal Mail or by us alone.
    """

    orders: Orders = field(default_factory=Orders)
    listings: Listings = field(default_factory=Listings)
    confirmations: Confirmations = field(default_factory=Confirmations)
    fba: Listings = field(default_factory=Listings)
    ledger: Ledger = field(default_factory=Ledger)
    throttled: int = 0
    throttled_by_others: int = 0
    oversold: int = 0
    unexplained: int = 0
    labels: int = 0
    labels_bought_twice: int = 0
    labels_lost: int = 0
    seconds: float = 0.0
    killed: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        bad = (
            self.orders.lost,
            self.orders.duplicated,
            self.orders.wrong,
            self.listings.wrong,
            self.confirmations.due - self.confirmations.confirmed,
            self.confirmations.twice,
            self.fba.wrong,
            self.ledger.wrong,
            self.throttled,
            self.oversold,
            self.unexplained,
            self.labels_bought_twice,
            self.labels_lost,
        )
        return not any(bad)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def judge(books: StateReport) -> Verdict:
    """Compare our database with the books. Reads only."""
    verdict = Verdict(throttled=books["throttled"], throttled_by_others=books["throttled_by_others"])
    _judge_orders(books["orders"], verdict)
    _judge_listings(books, verdict)
    _judge_units(books, verdict)
    _judge_confirmations(books, verdict)
    _judge_fba(books["fba"], verdict)
    _judge_ledger(verdict)
    return verdict


def _judge_orders(placed: Sequence[StateReport], verdict: Verdict) -> None:
    ours = {
        (row.account.seller_id, row.amazon_order_id): row
        for row in ImportedOrder.objects.select_related("account").prefetch_related("sales_orders")
    }
    verdict.orders.placed = len(placed)
    verdict.orders.imported = len(ours)
    doubled = ImportedOrder.objects.values("amazon_order_id").annotate(n=Count("id")).filter(n__gt=1).count()
    verdict.orders.duplicated = doubled
    lines = _our_lines()
    open_channels = Channel.objects.filter(archived=False)
    served = set(open_channels.values_list("account__seller_id", "marketplace_id", "kind"))
    unreserved = _unreserved()
    for order in placed:
        row = ours.get((order["sellerId"], order["orderId"]))
        if row is None:
            verdict.orders.lost += 1
            verdict.faults.append(f"{order['orderId']} ({order['status']}) was never imported")
            continue
        kind = "FBA" if order["fulfilledBy"] == "AMAZON" else "FBM"
        if (order["sellerId"], order["marketplaceId"], kind) not in served:
            verdict.orders.skipped += 1  # imported and listed as Skipped, as it should be
            if kind == "FBM" and row.pk in unreserved:
                verdict.orders.wrong += 1
                verdict.faults.append(f"{order['orderId']} is skipped and its units are not reserved")
            continue
        fault = _order_fault(order, row, lines)
        if fault:
            verdict.orders.wrong += 1
            verdict.faults.append(f"{order['orderId']}: {fault}")


def _unreserved() -> set[int]:
    """Imported orders that are to be sent, are no sales orders, and hold fewer units than they need."""
    lines = ImportedLine.objects.filter(imported__amazon_status__in=TO_SEND, item__isnull=False)
    held = dict(lines.values_list("pk").annotate(units=Sum("allocations__quantity")).order_by())
    return {line.imported_id for line in lines if (held.get(line.pk) or 0) < line.quantity_open}


def _our_lines() -> dict[int, dict[str, tuple[int, int]]]:
    """(ordered, cancelled) by order item and imported order, its parts together."""
    found: dict[int, dict[str, tuple[int, int]]] = {}
    rows = SalesOrderLine.objects.values_list(
        "order__imported_id", "order_item_id", "quantity_ordered", "quantity_cancelled"
    )
    for imported_id, item, ordered, cancelled in rows:
        before = found.setdefault(imported_id, {}).get(item, (0, 0))
        found[imported_id][item] = (before[0] + ordered, before[1] + cancelled)
    return found


def _order_fault(order: StateReport, row: ImportedOrder, lines: Mapping[int, Mapping[str, tuple[int, int]]]) -> str:
    """What our order says otherwise than Amazon's; empty when they agree."""
    if row.amazon_status != order["status"]:
        return f"Amazon says {order['status']}, we hold {row.amazon_status} ({row.state.label}: {row.reason})"
    parts = [part for part in row.sales_orders.all() if part.state is not SalesOrderState.MERGED]
    if not parts:
        waits = order["status"] in ("CANCELLED",) or (order["fulfilledBy"] == "AMAZON" and order["status"] != "SHIPPED")
        return "" if waits else f"no sales order: {row.state.label} {row.reason}"
    for part in parts:
        if fault := _part_fault(order, part):
            return fault
    wanted = {item["orderItemId"]: item["quantityOrdered"] for item in order["items"]}
    held = {item: ordered for item, (ordered, _) in lines.get(row.pk, {}).items()}
    if wanted != held:
        return f"lines differ: Amazon {wanted}, ours {held}"
    totals = [part.total for part in parts if part.total is not None]
    if len(parts) > 1 and totals and row.total is not None and sum(totals) != row.total:
        return f"the parts add up to {sum(totals)}, and Amazon's total is {row.total}"
    return ""


def _part_fault(order: StateReport, part: SalesOrder) -> str:
    if (order["status"] == "CANCELLED") != (part.cancelled_at is not None):
        return f"Amazon says {order['status']}, our sales order is {part.state.label}"
    if part.cancelled_at is not None and part.state != SalesOrderState.CANCELLED:
        shown = Problem.objects.filter(kind=ProblemKind.CANCELLED_AFTER_SHIPPING, sales_order=part)
        if not shown.exists():
            return f"cancelled at Amazon after a parcel of it left: {part.state.label}, and no problem says so"
    return ""


def _judge_listings(books: StateReport, verdict: Verdict) -> None:
    """Every listing that our channels answer for shows what is available at the channel's site, by its stock rule."""
    sellers = _sending_channels()
    available = {(level.item_id, level.site_id): level.on_hand - level.allocated for level in StockLevel.objects.all()}
    items = set(ChannelProduct.objects.exclude(item=None).values_list("item_id", flat=True))
    rules = Rules(
        [item for item in items if item], [one.channel for one in sellers.values()], installation_rule(), AS_IT_IS
    )
    amazon = {(row["sellerId"], row["sku"]): row for row in books["listings"]}
    for listing in Listing.objects.filter(fulfilment="FBM").select_related("account").prefetch_related("products"):
        shown = amazon.get((listing.account.seller_id, listing.sku))
        due = {}
        for product in listing.products.all():
            seller = sellers.get((listing.account_id, product.marketplace_id))
            level = None if seller is None else _together(available, product.item_id, seller.sites)
            if seller is not None and product.item_id is not None and level is not None:
                due[_by_rule(level, rules.of(product.item_id, seller.channel.pk).rule)] = level
        if shown is None or not due:
            continue
        verdict.listings.checked += 1
        if shown["quantity"] not in due:
            verdict.listings.wrong += 1
            wanted = " or ".join(f"{number} (available {level})" for number, level in due.items())
            verdict.faults.append(f"{listing.sku}: Amazon shows {shown['quantity']}, due is {wanted}")
            if not is_explained(shown, listing.sent_at, books["writes"], books["faultEvents"]):
                verdict.unexplained += 1


def _by_rule(available: int, rule: Rule) -> int:
    """The number that is due, worked out here in fractions: the judge does not trust the formula that it judges."""
    exact = Fraction(max(0, available - rule.buffer) * rule.percent, 100)
    rounded = {
        Rounding.DOWN: floor(exact),
        Rounding.UP: ceil(exact),
        Rounding.NEAREST: floor(exact + Fraction(1, 2)),
    }[rule.rounding]
    number = rounded if rule.cap is None else min(rule.cap, rounded)
    return 0 if number <= rule.send_zero_at else number


def _judge_units(books: StateReport, verdict: Verdict) -> None:
    """What was sold of each item against everything that ever came in, whatever became of the orders here."""
    linked = ChannelProduct.objects.filter(listing__fulfilment="FBM", item__isnull=False)
    items = {
        (seller, sku): item
        for seller, sku, item in linked.values_list("listing__account__seller_id", "listing__sku", "item_id")
        if item is not None
    }
    arrivals = Movement.objects.exclude(site__kind=SiteKind.FBA).filter(quantity__gt=0).values("item_id")
    came_in = {row["item_id"]: row["units"] for row in arrivals.annotate(units=Sum("quantity")).order_by()}
    verdict.oversold = oversold(sales_of(books["orders"], items), came_in, writes_of(books["writes"]))
    if verdict.oversold:
        verdict.faults.append(f"{verdict.oversold} units were sold at Amazon beyond what there was")


@dataclass(frozen=True, slots=True)
class _Seller:
    channel: Channel
    sites: tuple[int, ...]


def _sending_channels() -> dict[tuple[int, str], _Seller]:
    sending = Channel.objects.filter(
        kind="FBM", archived=False, enabled=True, activated=True, dont_upload_stock_levels=False
    ).exclude(stock_upload_approved_at=None)
    options = ChannelOption.objects.filter(order_type="").select_related("site", "site_group")
    sites = {row.channel_id: tuple(site.pk for site in sites_of(row)) for row in options}
    return {
        (channel.account_id, channel.marketplace_id): _Seller(channel, sites[channel.pk])
        for channel in sending.select_related("stock_rule")
        if sites.get(channel.pk)
    }


def _together(available: Mapping[tuple[int, int], int], item_id: int | None, sites: Sequence[int]) -> int | None:
    """What the sites have of an item; of several none takes from another."""
    levels = [available[item_id, site] for site in sites if item_id is not None and (item_id, site) in available]
    if not levels:
        return None
    return levels[0] if len(sites) == 1 else sum(max(0, level) for level in levels)


def _judge_confirmations(books: StateReport, verdict: Verdict) -> None:
    sent_counts = Counter(
        (row["orderId"], row["packageReferenceId"]) for row in books["confirmations"] if row["effect"] != "refused"
    )
    never_sent = (ConfirmationState.NOT_SENT, ConfirmationState.AMAZONS_OWN)
    due = Confirmation.objects.exclude(state__in=never_sent).select_related("shipment__order__imported")
    due = due.exclude(state=ConfirmationState.REFUSED, shipment__order__cancelled_at__isnull=False)
    packages = {
        (order["orderId"], package["packageReferenceId"]): package["trackingNumber"]
        for order in books["orders"]
        for package in order["packages"]
    }
    for confirmation in due:
        shipment = confirmation.shipment
        key = (shipment.order.imported.amazon_order_id, shipment.package_reference)
        verdict.confirmations.due += 1
        verdict.confirmations.twice += max(0, sent_counts[key] - 1)
        arrived = packages.get(key) == shipment.tracking_number
        if arrived and confirmation.state == ConfirmationState.CONFIRMED:
            verdict.confirmations.confirmed += 1
        else:
            verdict.faults.append(f"{key[0]} package {key[1]}: {confirmation.state.label} {confirmation.error}".strip())


def _judge_fba(pools: Sequence[StateReport], verdict: Verdict) -> None:
    ours = {
        (site_account, pool, sku): on_hand
        for site_account, pool, sku, on_hand in StockLevel.objects.filter(
            site__kind=SiteKind.FBA, item__channel_products__listing__account=F("site__account")
        ).values_list("site__account__seller_id", "site__pool", "item__channel_products__listing__sku", "on_hand")
    }
    for row in pools:
        held = ours.get((row["sellerId"], row["pool"], row["sku"]))
        if held is None:
            continue
        verdict.fba.checked += 1
        if held != row["fulfillable"]:
            verdict.fba.wrong += 1
            verdict.faults.append(f"FBA {row['pool']} {row['sku']}: Amazon holds {row['fulfillable']}, we {held}")


def _judge_ledger(verdict: Verdict) -> None:
    moved = {
        (row["item_id"], row["site_id"]): row["sum"]
        for row in Movement.objects.values("item_id", "site_id").annotate(sum=Sum("quantity"))
    }
    allocated = {
        (row["item_id"], row["site_id"]): row["sum"]
        for row in Allocation.objects.values("item_id", "site_id").annotate(sum=Sum("quantity"))
    }
    for level in StockLevel.objects.select_related("item"):
        key = (level.item_id, level.site_id)
        verdict.ledger.levels += 1
        if level.on_hand != moved.get(key, 0) or level.allocated != allocated.get(key, 0):
            verdict.ledger.wrong += 1
            verdict.faults.append(f"{level.item.code}: level and ledger differ")
    shipped = ShipmentLine.objects.aggregate(sum=Sum("quantity"))["sum"] or 0
    sold = -(
        Movement.objects.filter(reason=MovementReason.SOLD).exclude(shipment=None).aggregate(sum=Sum("quantity"))["sum"]
        or 0
    )
    if shipped != sold and not ShipmentLine.objects.filter(line__item__components__isnull=False).exists():
        verdict.ledger.wrong += 1
        verdict.faults.append(f"{shipped} units were shipped, the ledger says {sold}")
