"""Steps that find the stock item of an order line; they need an open transaction."""

from datetime import datetime

from django.db.models import Q, QuerySet

from wharfinger.db.models import ChannelProduct, SalesOrder, SalesOrderLine
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutSku
from wharfinger.domain.orders.matching import Matched
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.installation._problem_steps import solve_problem
from wharfinger.operations.orders._channel_facts import Links
from wharfinger.operations.stock._allocation_steps import allocate_lines, recompute_state


def fix_held_lines(account_id: int, sku: str, *, now: datetime) -> int:
    """The SKU has a link now: match every held line that may mean it, allocate stock. Returns how many lines.

    Where a channel matches by ASIN, lines of the listing's ASINs are meant too, whatever their SKU.
    """
    asins = ChannelProduct.objects.filter(listing__account=account_id, listing__sku=sku).exclude(asin="")
    by_asin = Q(order__channel__use_amazon_sku=False, asin__in=asins.values("asin"))
    held = _held_lines(account_id).filter(Q(sku=sku) | by_asin)
    skus = set(held.values_list("sku", flat=True)) | {sku}
    orders = (
        SalesOrder.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=set(held.values_list("order", flat=True)))
        .select_related("imported", "site", "channel")
        .order_by("pk")
    )
    fixed = sum(_fix_order(order, now) for order in orders)
    still_held = set(_held_lines(account_id).filter(sku__in=skus).values_list("sku", flat=True))
    for fixed_sku in sorted(skus - still_held):
        solve_problem(ProblemKind.UNKNOWN_SKU, AboutSku(account_id, fixed_sku), now=now)
    return fixed


def _held_lines(account_id: int) -> QuerySet[SalesOrderLine]:
    return SalesOrderLine.objects.filter(item__isnull=True, order__channel__account=account_id).exclude(held_reason="")


def _fix_order(order: SalesOrder, now: datetime) -> int:
    lines = list(order.lines.order_by("pk"))
    waiting = [line for line in lines if line.item_id is None and line.held_reason]
    links = Links(order.channel.account_id, [(line.sku, line.asin) for line in waiting])
    found = [links.match_of(order.channel, line.sku, line.asin) for line in waiting]
    fixed = 0
    for line, match in zip(waiting, found, strict=True):
        if isinstance(match, Matched):
            line.item_id, line.held_reason = match.item_id, ""
            line.save(update_fields=["item", "held_reason"])
            fixed += 1
    if fixed and order.imported.fulfilment != Fulfilment.FBA:
        allocate_lines(lines, site_id=order.site_id, now=now)
        recompute_state(order, lines, now=now)
    if fixed:
        record_activity(
            "Linked: 1 held line continues." if fixed == 1 else f"Linked: {fixed} held lines continue.",
            sales_order=order,
            channel=order.channel,
            now=now,
        )
    return fixed
