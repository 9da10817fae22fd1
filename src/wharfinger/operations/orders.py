"""Amazon's orders become ours: one order, one transaction, one state of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from wharfinger.db.models import Channel, ChannelOption, ImportedOrder, Marketplace, RawMessage, SalesOrder, Site
from wharfinger.domain.orders import AmazonStatus, Fulfilment, ImportState, IncomingOrder
from wharfinger.domain.problems import ProblemKind
from wharfinger.domain.sales_orders import totals_fault
from wharfinger.operations._allocation_steps import allocate_lines, bring_state_along
from wharfinger.operations._change_steps import change_sales_order
from wharfinger.operations._history_steps import record_activity
from wharfinger.operations._invoice_steps import invoice_order
from wharfinger.operations._order_steps import make_sales_order
from wharfinger.operations._problem_steps import open_problem, solve_problem
from wharfinger.operations._stock_steps import move_fba_sale
from wharfinger.operations.transaction import operation

OLDEST_IMPORTED = timedelta(days=92)
"""Orders older than three months are never imported (the guide's rule)."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of an order that is not (or not yet) a sales order."""

    state: ImportState
    reason: str
    cure: str = ""
    waits_for: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A sales order was made or changed."""

    code: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """An older message, or nothing new."""


Outcome = Taken | Decided | Unchanged


@operation
def take_order(raw_id: int, incoming: IncomingOrder, *, now: datetime) -> Outcome:
    """Take one order as its saved message says: route, match, allocate, write; all or nothing."""
    raw = RawMessage.objects.select_for_update().get(pk=raw_id)
    imported = _find_or_make(raw, incoming, now)
    if imported.raw_message_id not in (None, raw.pk) and incoming.updated_at < imported.amazon_updated_at:
        _settle(raw)
        return Unchanged()
    _write_facts(imported, incoming, raw)
    sales_order = SalesOrder.objects.select_for_update(of=("self",)).filter(imported=imported).first()
    if sales_order is not None:
        outcome: Outcome = _change(imported, sales_order, incoming, now)
    else:
        outcome = _take_new(imported, incoming, now)
    imported.save()
    _settle(raw)
    solve_problem(ProblemKind.NOT_UNDERSTOOD, f"raw:{raw.account_id}:{raw.key}", now=now)
    return outcome


def _find_or_make(raw: RawMessage, incoming: IncomingOrder, now: datetime) -> ImportedOrder:
    imported, _made = ImportedOrder.objects.select_for_update(of=("self",)).get_or_create(
        account_id=raw.account_id,
        amazon_order_id=incoming.amazon_order_id,
        defaults={
            "state": ImportState.NOT_ATTEMPTED.value,
            "amazon_status": incoming.status.value,
            "placed_at": incoming.placed_at,
            "amazon_updated_at": incoming.updated_at,
            "found_at": now,
        },
    )
    return imported


def _settle(raw: RawMessage) -> None:
    raw.state, raw.error = RawMessage.State.TAKEN, ""
    raw.save(update_fields=["state", "error"])


def _write_facts(imported: ImportedOrder, incoming: IncomingOrder, raw: RawMessage) -> None:
    imported.raw_message = raw
    imported.amazon_updated_at = incoming.updated_at
    if incoming.status is not AmazonStatus.UNKNOWN:
        imported.amazon_status = incoming.status.value
    imported.fulfilment = incoming.fulfilment.value if incoming.fulfilment else imported.fulfilment
    imported.marketplace = Marketplace.objects.filter(pk=incoming.marketplace_id).first()
    imported.currency = incoming.currency[:3] or imported.currency
    imported.total = imported.total if incoming.total is None else incoming.total
    imported.summary = _summary(incoming)
    imported.attempts += 1


def _summary(incoming: IncomingOrder) -> str:
    lines = ", ".join(f"{line.quantity_ordered} × {line.title or line.sku}"[:80] for line in incoming.lines[:3])
    more = f" and {len(incoming.lines) - 3} more" if len(incoming.lines) > 3 else ""
    return f"{lines}{more}"[:300]


def _take_new(imported: ImportedOrder, incoming: IncomingOrder, now: datetime) -> Outcome:
    if imported.state == ImportState.IGNORED.value:
        return Unchanged()
    channel = _route(imported)
    imported.channel = channel
    if channel is not None:
        imported.order_ref = channel.order_ref_format.replace("{0}", incoming.amazon_order_id)[:100]
    option = ChannelOption.objects.filter(channel=channel, order_type="").select_related("site").first()
    site = option.site if option else None
    decided = _not_now(imported, channel, site, incoming, now)
    if decided is not None or channel is None or site is None:
        return _decide(imported, decided or _no_channel(imported), now)
    return _make(imported, channel, site, incoming, now)


def _route(imported: ImportedOrder) -> Channel | None:
    """By marketplace and fulfilledBy, never a guess."""
    return (
        Channel.objects.filter(
            account_id=imported.account_id,
            marketplace_id=imported.marketplace_id or "",
            kind=imported.fulfilment,
            archived=False,
        )
        .select_related("marketplace")
        .first()
    )


def _decide(imported: ImportedOrder, decided: Decided, now: datetime) -> Decided:
    imported.state, imported.reason = decided.state.value, decided.reason
    imported.cure, imported.waits_for = decided.cure, decided.waits_for
    key = f"imported:{imported.pk}"
    if decided.state is ImportState.FAILED:
        open_problem(
            ProblemKind.TOTALS_DIFFER if imported.total is not None else ProblemKind.NOT_UNDERSTOOD,
            key,
            cause=f"{imported.amazon_order_id}: {decided.reason}",
            cure=decided.cure,
            cure_page=f"/imported-orders/{imported.pk}/",
            imported_order=imported,
            channel=imported.channel,
            now=now,
        )
    if decided.waits_for.startswith("site:"):
        _tell_of_empty_site(int(decided.waits_for.removeprefix("site:")), decided.waits_for, now)
    return decided


def _tell_of_empty_site(site_id: int, waits_for: str, now: datetime) -> None:
    site = Site.objects.get(pk=site_id)
    waiting = ImportedOrder.objects.filter(waits_for=waits_for).count() + 1
    open_problem(
        ProblemKind.FBA_SITE_EMPTY,
        waits_for,
        cause=f"{site.name} has no stock levels; {waiting} FBA {'order waits' if waiting == 1 else 'orders wait'}.",
        cure="Press Load levels from Amazon on the site's page. The orders go on by themselves.",
        cure_page=f"/sites/{site_id}/",
        site=site,
        now=now,
    )


def _no_channel(imported: ImportedOrder) -> Decided:
    where = imported.marketplace.name if imported.marketplace else "its marketplace"
    return Decided(
        ImportState.SKIPPED,
        f"There is no channel for {where} {imported.fulfilment}.",
        "Make the channel; the order is taken then.",
        f"nochannel:{imported.account_id}:{imported.marketplace_id}:{imported.fulfilment}",
    )


def _not_now(
    imported: ImportedOrder, channel: Channel | None, site: Site | None, incoming: IncomingOrder, now: datetime
) -> Decided | None:
    """Why the order is not taken now; None = take it."""
    if incoming.fulfilment is None or incoming.status is AmazonStatus.UNKNOWN:
        return Decided(
            ImportState.FAILED,
            "Amazon did not say who sends this order, or in which state it is.",
            "Press Retry Download to fetch it again.",
        )
    if incoming.status is AmazonStatus.CANCELLED:
        return Decided(ImportState.SKIPPED, "Cancelled before it was imported.")
    if channel is None:
        return _no_channel(imported)
    waits = f"channel:{channel.pk}"
    if incoming.placed_at.date() < channel.start_date or now - incoming.placed_at > OLDEST_IMPORTED:
        return Decided(
            ImportState.SKIPPED, "Placed before the channel's Start Date, or over three months ago.", "", waits
        )
    if not channel.enabled or not channel.activated:
        word = "disabled" if not channel.enabled else "not activated"
        return Decided(ImportState.NOT_ATTEMPTED, f"{channel.name} is {word}.", "Switch the channel on.", waits)
    if channel.dont_import_orders:
        return Decided(ImportState.NOT_ATTEMPTED, "Don't import orders is on.", "Switch it off under General.", waits)
    if site is None:
        return Decided(ImportState.NOT_ATTEMPTED, f"{channel.name} has no Site.", "Set Site under (Global).", waits)
    if incoming.fulfilment is Fulfilment.FBA:
        return _fba_not_now(site, incoming)
    fault = totals_fault(incoming)
    if fault:
        return Decided(ImportState.FAILED, fault, "Compare with Seller Central, then press Retry Download.")
    return None


def _fba_not_now(site: Site, incoming: IncomingOrder) -> Decided | None:
    if incoming.status is not AmazonStatus.SHIPPED:
        return Decided(ImportState.NOT_ATTEMPTED, "Amazon has not shipped it yet. It is taken when Amazon has.")
    if site.levels_loaded_at is None:
        return Decided(
            ImportState.NOT_ATTEMPTED,
            f"{site.name} has no stock levels.",
            "Load the levels from Amazon; the order is taken then.",
            f"site:{site.pk}",
        )
    fault = totals_fault(incoming)
    return Decided(ImportState.FAILED, fault, "Compare with Seller Central, then Retry Download.") if fault else None


def _make(imported: ImportedOrder, channel: Channel, site: Site, incoming: IncomingOrder, now: datetime) -> Taken:
    imported.state, imported.reason, imported.cure, imported.waits_for = ImportState.OK.value, "", "", ""
    imported.imported_at = now
    for kind in (ProblemKind.TOTALS_DIFFER, ProblemKind.NOT_UNDERSTOOD):
        solve_problem(kind, f"imported:{imported.pk}", now=now)
    imported.record_only = incoming.fulfilment is Fulfilment.FBM and incoming.status is AmazonStatus.SHIPPED
    imported.save()
    order = make_sales_order(imported, incoming, site, now=now)
    if incoming.fulfilment is Fulfilment.FBA:
        _issue_fba(order, incoming, now)
    elif imported.record_only:
        _record_shipped(order, incoming, now)
    else:
        lines = list(order.lines.order_by("pk"))
        allocate_lines(lines, site_id=site.pk, now=now)
        change_sales_order(order, incoming, lines, now=now, new=True)
        bring_state_along(order, lines, now=now)
    _warn_of_currency(order, channel, now)
    record_activity(
        f"{order.code} made from Amazon order {incoming.amazon_order_id}: {order.state}.",
        sales_order=order,
        imported_order=imported,
        channel=channel,
        now=now,
    )
    return Taken(order.code)


def _issue_fba(order: SalesOrder, incoming: IncomingOrder, now: datetime) -> None:
    """Amazon has shipped: stock leaves the FBA site, the invoice is made, the order is issued by itself."""
    order.shipped_at = incoming.updated_at
    order.save(update_fields=["shipped_at"])
    lines = list(order.lines.order_by("item_id", "pk"))
    for line in lines:
        line.quantity_shipped = max(0, line.quantity_ordered - line.quantity_cancelled)
        line.save(update_fields=["quantity_shipped"])
        if line.item_id is not None and line.quantity_shipped:
            move_fba_sale(
                line.item_id,
                order.site_id,
                line.quantity_shipped,
                shipped_at=incoming.updated_at,
                order_line=line,
                now=now,
            )
    bring_state_along(order, lines, now=now)
    invoice_order(order, now=now)


def _record_shipped(order: SalesOrder, incoming: IncomingOrder, now: datetime) -> None:
    """Shipped at Amazon before we knew the order: record only, no stock movement, no confirmation."""
    order.shipped_at = incoming.updated_at
    order.save(update_fields=["shipped_at"])
    lines = list(order.lines.order_by("pk"))
    for line in lines:
        line.quantity_shipped = max(0, line.quantity_ordered - line.quantity_cancelled)
        line.save(update_fields=["quantity_shipped"])
    bring_state_along(order, lines, now=now)


def _warn_of_currency(order: SalesOrder, channel: Channel, now: datetime) -> None:
    expected = channel.marketplace.currency
    key = f"order:{order.pk}"
    if not order.currency or order.currency == expected:
        solve_problem(ProblemKind.FOREIGN_CURRENCY, key, now=now)
        return
    open_problem(
        ProblemKind.FOREIGN_CURRENCY,
        key,
        cause=f"{order.code} is in {order.currency}, but {channel.marketplace.name} sells in {expected}.",
        cure="The order was taken with Amazon's amounts as they are. Check it before you invoice it.",
        cure_page=f"/sales-orders/{order.pk}/",
        sales_order=order,
        channel=channel,
        now=now,
    )


def _change(imported: ImportedOrder, order: SalesOrder, incoming: IncomingOrder, now: datetime) -> Outcome:
    """An order that we hold already: everything that changed at Amazon comes along."""
    imported.state, imported.reason, imported.waits_for = ImportState.OK.value, "", ""
    imported.save()
    order.imported = imported
    if imported.fulfilment == Fulfilment.FBA.value:
        return Unchanged()
    lines = list(order.lines.select_for_update().order_by("pk"))
    lines = change_sales_order(order, incoming, lines, now=now, new=False)
    allocate_lines(lines, site_id=order.site_id, now=now)
    bring_state_along(order, lines, now=now)
    _warn_of_currency(order, order.channel, now)
    return Taken(order.code)


@operation
def record_system_error(raw_id: int, amazon_order_id: str, *, error: str, now: datetime) -> None:
    """Our own fault while taking an order that is known already: its page shows it."""
    raw = RawMessage.objects.get(pk=raw_id)
    ImportedOrder.objects.filter(account_id=raw.account_id, amazon_order_id=amazon_order_id, sales_order=None).update(
        state=ImportState.SYSTEM_ERROR.value, reason=error, cure="It is tried again by itself."
    )
