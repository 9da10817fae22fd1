"""Steps that find the stock item of an order line; they need an open transaction."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from wharfinger.db.models import Channel, ChannelProduct, SalesOrder, SalesOrderLine
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutSku
from wharfinger.domain.orders.matching import Candidate, Matched, NotMatched, match_line, near_misses
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem
from wharfinger.operations.stock._allocation_steps import allocate_lines, recompute_state


def candidates(
    account_id: int, marketplace_id: str, *, by_sku: bool, skus: Sequence[str], asins: Sequence[str]
) -> list[Candidate]:
    """The channel products that the lines may mean.

    By ASIN those of the marketplace. By SKU those of the whole account, for one SKU of an account is
    one thing; where the order's own marketplace has a link of its own, that one counts.
    """
    products = ChannelProduct.objects.filter(listing__account=account_id).select_related("listing", "item")
    if not by_sku:
        found = list(products.filter(asin__in=set(asins) - {""}, marketplace=marketplace_id))
    else:
        found = list(products.filter(listing__sku__in=skus))
        own = {row.listing_id for row in found if row.item_id and row.marketplace_id == marketplace_id}
        found = [row for row in found if row.listing_id not in own or row.marketplace_id == marketplace_id]
    return [Candidate(row.listing.sku, row.asin, row.item_id, row.item.code if row.item else "") for row in found]


def find_items(channel: Channel, wanted: Sequence[tuple[str, str]]) -> list[Matched | NotMatched]:
    """For each (SKU, ASIN): the stock item that it means, or why none."""
    return find_items_of(channel.account_id, channel.marketplace_id, wanted, by_sku=channel.use_amazon_sku)


def find_items_of(
    account_id: int, marketplace_id: str, wanted: Sequence[tuple[str, str]], *, by_sku: bool
) -> list[Matched | NotMatched]:
    """As `find_items`, for a marketplace that may have no channel."""
    skus, asins = [sku for sku, _ in wanted], [asin for _, asin in wanted]
    known = candidates(account_id, marketplace_id, by_sku=by_sku, skus=skus, asins=asins)
    return [match_line(sku, asin, known, by_sku=by_sku) for sku, asin in wanted]


def hold_line(
    line: SalesOrderLine, order: SalesOrder, reason: str, *, known_codes: Sequence[str], now: datetime
) -> None:
    """The line waits for a link; its problem names the near misses."""
    close = near_misses(line.sku, known_codes)
    hint = f" Similar codes: {', '.join(close)}." if close else ""
    channel = order.channel
    open_problem(
        ProblemKind.UNKNOWN_SKU,
        AboutSku(channel.account_id, line.sku),
        cause=f"{reason}{hint} {order.code} is waiting for it.",
        remedy="Press “Link to a stock item” and choose or create it. Every order waiting for it then "
        "continues automatically.",
        account_id=channel.account_id,
        channel=channel,
        sales_order=order,
        imported_order=order.imported,
        now=now,
    )


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
    found = find_items(order.channel, [(line.sku, line.asin) for line in waiting])
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
