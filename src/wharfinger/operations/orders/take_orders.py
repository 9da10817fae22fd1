"""Amazon's orders become ours: one order, one transaction, one state of its own."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.models import (
    Channel,
    ImportedOrder,
    Marketplace,
    RawMessage,
    SalesOrder,
    SalesOrderLine,
    Site,
)
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.channels.first_import import FirstImport
from wharfinger.domain.days import day_of, months_before
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutOrder
from wharfinger.domain.orders.matching import Matched, NotMatched
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment, ImportState, IncomingOrder, SkipReason
from wharfinger.domain.orders.sales_orders import totals_fault
from wharfinger.domain.orders.waits_for import ForChannel, ForLevels, ForNewChannel, WaitsFor
from wharfinger.operations._options_in_force import (
    InForce,
    options_for,
)
from wharfinger.operations.after_sale._invoice_steps import assign_invoice_code, invoice_order, invoice_what_is_due
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem
from wharfinger.operations.orders._change_steps import change_sales_order
from wharfinger.operations.orders._customer_steps import generic_customer
from wharfinger.operations.orders._import_steps import (
    Decided,
    about_message,
    find_or_make_import,
    solve_import_problems,
    write_decision,
)
from wharfinger.operations.orders._link_steps import find_items
from wharfinger.operations.orders._order_steps import make_sales_order
from wharfinger.operations.orders._reserve_steps import note_pending, release_units, reserve_units, reserved_keys
from wharfinger.operations.stock._allocation_steps import allocate_lines, lock_parts, pick_by_itself, recompute_state
from wharfinger.operations.stock._stock_steps import lock_levels, move_fba_sale
from wharfinger.operations.transaction import operation

LOOK_AT_AMAZON = (
    "It is imported as soon as Amazon sends it complete; press “Retry Download” to request it now. "
    "If the problem remains, look it up in Seller Central and dispatch it there before its ship-by date."
)
"""A message with a fault of Amazon's own: asking again helps only when Amazon has another answer by then."""

OLDEST_IMPORTED_MONTHS = 3
"""Older orders are never imported (the guide's rule). Calendar months of the marketplace."""


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
    raw = RawMessage.objects.select_for_update(no_key=True).get(pk=raw_id)
    imported, found_now = find_or_make_import(raw, incoming, now=now)
    _settle(raw)
    if _older(imported, raw, incoming):
        return Unchanged()
    _write_facts(imported, incoming, raw, now)
    sales_order = (
        SalesOrder.objects.select_for_update(of=("self",), no_key=True)
        .select_related("channel__marketplace", "site")
        .filter(imported=imported)
        .first()
    )
    if sales_order is not None:
        outcome: Outcome = _change(imported, sales_order, incoming, now)
    else:
        outcome = _take_new(imported, incoming, now, found_now=found_now)
    imported.save()
    solve_problem(ProblemKind.NOT_UNDERSTOOD, about_message(raw), now=now)
    return outcome


def _settle(raw: RawMessage) -> None:
    raw.state, raw.error = RawMessage.State.TAKEN, ""
    raw.save(update_fields=["state", "error"])


def _older(imported: ImportedOrder, raw: RawMessage, incoming: IncomingOrder) -> bool:
    """An older message never overwrites a newer one that was understood."""
    understood = imported.amazon_status != AmazonStatus.UNKNOWN
    return understood and imported.raw_message_id != raw.pk and incoming.updated_at < imported.amazon_updated_at


def _write_facts(imported: ImportedOrder, incoming: IncomingOrder, raw: RawMessage, now: datetime) -> None:
    imported.raw_message = raw
    imported.placed_at = incoming.placed_at
    imported.amazon_updated_at = incoming.updated_at
    if incoming.status is not AmazonStatus.UNKNOWN:
        imported.amazon_status = incoming.status
    imported.fulfilment = incoming.fulfilment if incoming.fulfilment else imported.fulfilment
    imported.marketplace = Marketplace.objects.filter(pk=incoming.marketplace_id).first() or imported.marketplace
    imported.currency = incoming.currency[:3] or imported.currency
    imported.total = imported.total if incoming.total is None else incoming.total
    imported.summary = _summary(incoming) or imported.summary
    imported.ship_by = incoming.ship_by or imported.ship_by
    imported.attempts = min(imported.attempts + 1, 30_000)
    note_pending(imported, incoming.status, now=now)


def _summary(incoming: IncomingOrder) -> str:
    lines = ", ".join(f"{line.quantity_ordered} × {line.title or line.sku}"[:80] for line in incoming.lines[:3])
    more = f" and {len(incoming.lines) - 3} more" if len(incoming.lines) > 3 else ""
    return f"{lines}{more}"[:300]


def _take_new(imported: ImportedOrder, incoming: IncomingOrder, now: datetime, *, found_now: bool) -> Outcome:
    if imported.state == ImportState.IGNORED:
        reserve_units(imported, incoming, now=now)
        return Unchanged()
    channel = _route(imported)
    imported.channel = channel
    if channel is not None:
        imported.order_ref = channel.order_ref_format.replace("{0}", incoming.amazon_order_id)[:100]
    options = options_for(channel, incoming.order_type) if channel else None
    site = options.site if options else None
    decided = _not_now(imported, channel, site, incoming, now)
    if decided is None and options is not None and site is not None:
        return _make(imported, site, options, incoming, now, found_now=found_now)
    decided = decided or _no_channel(imported)
    reserve_units(imported, incoming, now=now, found_now=found_now)  # levels are locked before problems
    write_decision(imported, decided, now=now)
    return decided


def _route(imported: ImportedOrder) -> Channel | None:
    """By marketplace and fulfilledBy, never a guess."""
    if not imported.fulfilment:
        return None
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


def _no_channel(imported: ImportedOrder) -> Decided:
    where = imported.marketplace.name if imported.marketplace else "its marketplace"
    return Decided(
        ImportState.SKIPPED,
        f"There is no channel for {where} {imported.fulfilment}.",
        f"Create the channel, and the order is imported{_until_then(imported)}",
        ForNewChannel(imported.account_id, imported.marketplace_id or "", Fulfilment(imported.fulfilment)),
    )


def _until_then(imported: ImportedOrder) -> str:
    """What becomes of an order without a channel's goods meanwhile."""
    if imported.fulfilment == Fulfilment.FBA:
        return ". Amazon dispatches it: there is nothing to do here."
    if imported.amazon_status == AmazonStatus.SHIPPED:
        return ". It has been dispatched: there is nothing to do here."
    return "; its units are already allocated. Or dispatch it in Seller Central."


def _not_now(
    imported: ImportedOrder, channel: Channel | None, site: Site | None, incoming: IncomingOrder, now: datetime
) -> Decided | None:
    """Why the order is not taken now; None = take it."""
    fault = _fault_in(incoming)
    if fault:
        return Decided(ImportState.FAILED, fault, LOOK_AT_AMAZON, problem=ProblemKind.NOT_UNDERSTOOD)
    if incoming.amazon_order_id.startswith("S"):
        return Decided(ImportState.SKIPPED, SkipReason.NOT_AMAZONS)
    if incoming.status is AmazonStatus.CANCELLED:
        return Decided(ImportState.SKIPPED, SkipReason.CANCELLED)
    if channel is None:
        return _no_channel(imported)
    waits = ForChannel(channel.pk)
    zone = channel.marketplace.time_zone
    if day_of(incoming.placed_at, zone) < months_before(day_of(now, zone), OLDEST_IMPORTED_MONTHS):
        return Decided(ImportState.SKIPPED, SkipReason.TOO_OLD)
    if day_of(incoming.placed_at, zone) < channel.start_date:
        remedy = "To import it, set an earlier Start Date under General."
        return Decided(ImportState.SKIPPED, SkipReason.BEFORE_START, remedy, waits)
    stopped = _stopped(channel, site, waits)
    if stopped is not None:
        return stopped
    if incoming.fulfilment is Fulfilment.FBA and site is not None:
        waiting = _fba_waits(site, incoming)
        if waiting is not None:
            return waiting
    return None


def _fault_in(incoming: IncomingOrder) -> str:
    """Why the message cannot be an order; empty = it can."""
    if incoming.fulfilment is None or incoming.status is AmazonStatus.UNKNOWN:
        return "Amazon did not say who fulfils this order, or what its status is."
    if not incoming.lines:
        return "Amazon sent the order without its lines."
    if any(line.quantity_ordered < 0 for line in incoming.lines):
        return "Amazon sent a line with a negative quantity."
    return ""


def _stopped(channel: Channel, site: Site | None, waits: WaitsFor) -> Decided | None:
    if not channel.enabled or not channel.activated:
        word = "not enabled" if not channel.enabled else "not activated"
        return Decided(ImportState.NOT_ATTEMPTED, f"{channel.name} is {word}.", "Switch the channel on.", waits)
    if channel.link_state == LinkState.NOT_LINKED:
        remedy = "See the checks on its page. The order is imported once they pass."
        return Decided(ImportState.NOT_ATTEMPTED, f"{channel.name} is not linked.", remedy, waits)
    if channel.dont_import_orders:
        return Decided(ImportState.NOT_ATTEMPTED, "Don't import orders is on.", "Switch it off under General.", waits)
    if site is None:
        return Decided(ImportState.NOT_ATTEMPTED, f"{channel.name} has no Site.", "Set Site under (Global).", waits)
    return None


def _fba_waits(site: Site, incoming: IncomingOrder) -> Decided | None:
    if incoming.status is not AmazonStatus.SHIPPED:
        return Decided(ImportState.NOT_ATTEMPTED, "Amazon has not shipped it yet. It is imported once Amazon has.")
    if site.levels_loaded_at is None:
        return Decided(
            ImportState.NOT_ATTEMPTED,
            f"{site.name} has no stock levels.",
            "Load the levels from Amazon; the order is then imported.",
            ForLevels(site.pk),
        )
    return None


def _make(
    imported: ImportedOrder,
    site: Site,
    options: InForce,
    incoming: IncomingOrder,
    now: datetime,
    *,
    found_now: bool,
) -> Taken:
    channel = imported.channel
    if channel is None:
        raise ValueError("an order is taken through a channel")
    imported.state, imported.reason, imported.remedy, imported.waits_for = ImportState.OK, "", "", None
    imported.imported_at = now
    solve_import_problems(imported, now=now)
    fba = incoming.fulfilment is Fulfilment.FBA
    before_us = not fba and incoming.placed_at < channel.made_at
    shipped_before = before_us and incoming.status is AmazonStatus.SHIPPED
    imported.record_only = not fba and (shipped_before or imported.first_import_choice == FirstImport.RECORD)
    imported.save()
    matches = find_items(channel, [(line.sku, line.asin) for line in incoming.lines])
    _lock_stock(matches, site, fba=fba, held=set() if found_now else reserved_keys(imported))
    moved = {} if found_now else release_units(imported, now=now)
    order = make_sales_order(imported, incoming, site, options, matches=matches, now=now)
    _warn_of_totals(order, incoming, now, new=True)
    if fba:
        _issue_fba(order, incoming, options, now)
    else:
        lines = list(order.lines.order_by("pk"))
        if before_us or imported.record_only:
            _record_shipped(order, incoming, lines)
        elif moved:
            _record_moved(order, incoming, lines, moved)
        allocate_lines(lines, site_id=site.pk, now=now)
        change_sales_order(order, incoming, lines, options, now=now, new=True)
        recompute_state(order, lines, now=now, new=True)
        if moved:
            invoice_what_is_due(order, now=now)
        if options.values.assign_invoice_code and order.confirmed and not imported.record_only:
            assign_invoice_code(order)
    pick_by_itself(order, options, now=now)
    _warn_of_currency(order, options, now)
    confirmed = "" if order.confirmed else " It is waiting for a person to confirm it."
    record_activity(
        f"{order.code} created from Amazon order {incoming.amazon_order_id}: {order.state.label}.{confirmed}",
        sales_order=order,
        imported_order=imported,
        channel=channel,
        now=now,
    )
    return Taken(order.code)


def _lock_stock(matches: Sequence[Matched | NotMatched], site: Site, *, fba: bool, held: Set[tuple[int, int]]) -> None:
    """Levels are locked before the counters of codes, as in a dispatch; the other way round they would meet.

    `held`: (item, site) of what the order had reserved before its import.
    """
    items = [match.item_id for match in matches if isinstance(match, Matched)]
    if fba:
        lock_levels((item, site.pk) for item in items)
    else:
        lock_parts(items, site_id=site.pk, also=held)


def _issue_fba(order: SalesOrder, incoming: IncomingOrder, options: InForce, now: datetime) -> None:
    """Amazon has shipped: stock leaves the FBA site, the invoice is made, the order is issued by itself."""
    order.shipped_at = incoming.updated_at
    if order.customer_id is None:
        order.customer = generic_customer(
            order.channel, order.placed_at, company_class=options.values.company_class, now=now
        )
    order.save(update_fields=["shipped_at", "customer"])
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
    recompute_state(order, lines, now=now, new=True)
    invoice_order(order, now=now)


def _record_shipped(order: SalesOrder, incoming: IncomingOrder, lines: Sequence[SalesOrderLine]) -> None:
    """Units that left before the channel was made: record only, no stock movement, no confirmation."""
    fulfilled = {line.order_item_id: line.quantity_fulfilled for line in incoming.lines}
    for line in lines:
        units = line.quantity_open if order.imported.record_only else fulfilled.get(line.order_item_id, 0)
        line.quantity_shipped = min(units, line.quantity_open)
        line.save(update_fields=["quantity_shipped"])
    if not any(line.quantity_open for line in lines):
        order.shipped_at = incoming.updated_at


def _record_moved(
    order: SalesOrder, incoming: IncomingOrder, lines: Sequence[SalesOrderLine], moved: Mapping[str, int]
) -> None:
    """Units that left before the import, and were booked out then, are booked out no second time."""
    for line in lines:
        units = min(moved.get(line.order_item_id, 0), line.quantity_open)
        if units:
            line.quantity_shipped += units
            line.save(update_fields=["quantity_shipped"])
    if not any(line.quantity_open for line in lines):
        order.shipped_at = incoming.updated_at


def _warn_of_currency(order: SalesOrder, options: InForce, now: datetime) -> None:
    channel, expected = order.channel, options.values.currency
    subject = AboutOrder(order.pk)
    if not order.currency or order.currency == expected:
        solve_problem(ProblemKind.FOREIGN_CURRENCY, subject, now=now)
        return
    open_problem(
        ProblemKind.FOREIGN_CURRENCY,
        subject,
        cause=f"{order.code} is in {order.currency}, but {channel.name} expects {expected}.",
        remedy="The order was imported with Amazon's amounts unchanged. Check them before you invoice it, then press "
        "“Mark as done”.",
        sales_order=order,
        channel=channel,
        now=now,
    )


def _change(imported: ImportedOrder, order: SalesOrder, incoming: IncomingOrder, now: datetime) -> Outcome:
    """An order that we hold already: everything that changed at Amazon comes along."""
    imported.state, imported.reason, imported.remedy, imported.waits_for = ImportState.OK, "", "", None
    imported.save()
    order.imported = imported
    if imported.fulfilment == Fulfilment.FBA:
        if _warn_of_totals(order, incoming, now):
            order.total = order.total if incoming.total is None else incoming.total
            order.save(update_fields=["total"])
            invoice_what_is_due(order, now=now)
        return Unchanged()
    lines = list(order.lines.select_for_update(no_key=True).order_by("pk"))
    lock_parts({line.item_id for line in lines if line.item_id is not None}, site_id=order.site_id)
    options = options_for(order.channel, order.order_type)
    totals_agree = _warn_of_totals(order, incoming, now)
    lines = change_sales_order(order, incoming, lines, options, now=now, new=False)
    allocate_lines(lines, site_id=order.site_id, now=now)
    recompute_state(order, lines, now=now)
    if totals_agree:
        invoice_what_is_due(order, now=now)
    _warn_of_currency(order, options, now)
    return Taken(order.code)


def _warn_of_totals(order: SalesOrder, incoming: IncomingOrder, now: datetime, *, new: bool = False) -> bool:
    """The order goes on, whatever Amazon's sums are; a person looks at them, and the invoice waits for that.

    Answers whether the amounts agree again that had differed.
    """
    fault = totals_fault(incoming)
    subject = AboutOrder(order.pk)
    if not fault or fault == order.totals_accepted or incoming.status is AmazonStatus.CANCELLED:
        return not new and solve_problem(ProblemKind.TOTALS_DIFFER, subject, now=now)
    open_problem(
        ProblemKind.TOTALS_DIFFER,
        subject,
        cause=f"{order.code}: {fault}",
        remedy="The order continues; only its invoice waits. Compare its amounts with Seller Central, then press "
        "“Accept these amounts” on the order. It closes automatically when Amazon sends amounts that agree.",
        sales_order=order,
        channel=order.channel,
        now=now,
    )
    return False


@operation
def serve_order(order_id: int, *, now: datetime) -> bool:
    """Promise an order that waits what has become free meanwhile; False when somebody else holds it now."""
    order = (
        SalesOrder.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
        .select_related("imported", "site")
        .filter(pk=order_id)
        .first()
    )
    if order is None:
        return False
    lines = list(order.lines.order_by("pk"))
    allocate_lines(lines, site_id=order.site_id, now=now)
    recompute_state(order, lines, now=now)
    return True
