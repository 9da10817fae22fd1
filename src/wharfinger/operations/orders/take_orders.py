"""Amazon's orders become ours: a batch of one account's messages in one transaction, each order with its own outcome.

The order of steps is that of `take_batch`; nobody else knows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from wharfinger.db.any_of import any_of
from wharfinger.db.models import Customer, ImportedOrder, RawMessage, SalesOrder, SalesOrderLine
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutImport
from wharfinger.domain.orders.deciding import Decision, Follow, Hold, Leave, OrderFacts, Skip, Take, decide, fault_in
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment, ImportState, IncomingOrder
from wharfinger.domain.orders.waits_for import ForLevels
from wharfinger.domain.stock.allocation import Key
from wharfinger.operations.orders._book import IDS, ORDER_NUMBERS, Book, open_book
from wharfinger.operations.orders._customer_steps import Buyer, MonthsBuyers
from wharfinger.operations.orders._follow_steps import (
    Following,
    follow,
    following_items,
    following_keys,
    plan_following,
)
from wharfinger.operations.orders._import_steps import about_message, solve_import_problems
from wharfinger.operations.orders._reserve_steps import (
    Reservation,
    note_pending,
    plan_reservation,
    reservation_keys,
    reserve,
    reserved_items,
)
from wharfinger.operations.orders._take_steps import Taking, plan_taking, take, taking_keys
from wharfinger.operations.stock._allocation_steps import allocate_lines, recompute_state
from wharfinger.operations.transaction import operation

LOCK_TIMEOUT = "2s"
"""A batch waits no longer for a row: a person's click goes first, and the batch comes again."""


@dataclass(frozen=True, slots=True)
class Message:
    """A saved message, and the order that it says."""

    raw_id: int
    incoming: IncomingOrder


@dataclass(frozen=True, slots=True)
class Taken:
    """A sales order was made or changed."""

    code: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """An older message, or nothing new."""


Outcome = Taken | Hold | Skip | Unchanged


class _Raw(NamedTuple):
    """A message that is locked."""

    pk: int
    account_id: int
    key: str


@dataclass(frozen=True, slots=True)
class _Held:
    """Not taken: its units are reserved, and what it waits for is written on it."""

    decision: Hold | Skip | Leave
    reservation: Reservation


_Plan = Taking | Following | _Held


def take_order(raw_id: int, incoming: IncomingOrder, *, now: datetime) -> Outcome:
    """A batch of one."""
    return take_batch([Message(raw_id, incoming)], now=now).get(raw_id, Unchanged())


@operation
def take_batch(messages: Sequence[Message], *, now: datetime) -> dict[int, Outcome]:
    """Take messages of one account as they say: route, match, allocate, write; all of them or none.

    Returns outcomes by message; one that somebody else takes at this moment is left out. Of several messages of one
    order the newest decides. What an order can have of the stock is what those with an earlier ship-by left of it.
    """
    _wait_briefly()
    raws = _lock_messages(messages)
    if not raws:
        return {}
    deciding = _deciding([message for message in messages if message.raw_id in raws])
    about = [about_message(raws[message.raw_id]) for message in deciding]
    account_id = next(iter(raws.values())).account_id
    book = open_book(account_id, [message.incoming for message in deciding], about, now)
    plans = {message.raw_id: _plan(book, raws[message.raw_id], message.incoming) for message in deciding}
    wanted = [plan for of_message in plans.values() for plan in of_message]
    _read_customers(book, wanted)
    book.shelf.read_parts(item for plan in wanted for item in _items(book, plan))
    book.shelf.lock({key for plan in wanted for key in _keys(book, plan)})
    _expect_numbers(book, wanted)
    outcomes = {raw_id: _carry_out_all(book, of_message) for raw_id, of_message in plans.items()}
    for subject in about:
        book.problems.solve(ProblemKind.NOT_UNDERSTOOD, subject)
    book.write()
    RawMessage.objects.filter(any_of("pk", raws)).update(state=RawMessage.State.TAKEN, error="")
    return {raw_id: outcomes.get(raw_id, Unchanged()) for raw_id in raws}


def _wait_briefly() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])


def _lock_messages(messages: Sequence[Message]) -> dict[int, _Raw]:
    """Oldest first; one that another process takes at this moment is passed over."""
    rows = RawMessage.objects.select_for_update(no_key=True, skip_locked=True)
    rows = rows.filter(any_of("pk", [message.raw_id for message in messages])).order_by("pk")
    return {pk: _Raw(pk, account, key) for pk, account, key in rows.values_list("pk", "account_id", "key")}


def _deciding(messages: Sequence[Message]) -> list[Message]:
    """The newest message of each order, in the order in which the orders are served.

    One that cannot be understood overtakes none that can.
    """
    newest: dict[str, Message] = {}
    for message in sorted(messages, key=_age):
        newest[message.incoming.amazon_order_id] = message
    return sorted(newest.values(), key=lambda message: _urgency(message.incoming))


def _age(message: Message) -> tuple[bool, datetime, int]:
    return not fault_in(message.incoming), message.incoming.updated_at, message.raw_id


def _urgency(order: IncomingOrder) -> tuple[bool, datetime, datetime, str]:
    return order.ship_by is None, order.ship_by or order.placed_at, order.placed_at, order.amazon_order_id


def _plan(book: Book, raw: _Raw, incoming: IncomingOrder) -> Sequence[_Plan]:
    """What becomes of the order, part by part, and what is needed for that; an older message changes nothing."""
    imported = book.find_or_make_import(incoming)
    if _older(imported, raw, incoming):
        return ()
    parts = book.parts_of.get(imported.pk, ())
    _write_facts(book, imported, incoming, raw)
    decision = _decide(book, imported, incoming, taken=bool(parts))
    match decision:
        case Follow():
            return plan_following(book, imported, incoming, parts)
        case Take(site_id=site_id):
            return (plan_taking(book, imported, incoming, site_id),)
        case Hold() | Skip() | Leave():
            return (_Held(decision, plan_reservation(book, imported, incoming)),)


def _older(imported: ImportedOrder, raw: _Raw, incoming: IncomingOrder) -> bool:
    """An older message never overwrites a newer one that was understood."""
    understood = imported.amazon_status != AmazonStatus.UNKNOWN
    return understood and imported.raw_message_id != raw.pk and incoming.updated_at < imported.amazon_updated_at


def _write_facts(book: Book, imported: ImportedOrder, incoming: IncomingOrder, raw: _Raw) -> None:
    imported.raw_message_id = raw.pk
    imported.placed_at = incoming.placed_at
    imported.amazon_updated_at = incoming.updated_at
    note_pending(book, imported, incoming)
    if incoming.status is not AmazonStatus.UNKNOWN:
        imported.amazon_status = incoming.status
    imported.fulfilment = incoming.fulfilment if incoming.fulfilment else imported.fulfilment
    marketplace = book.channels.marketplace(incoming.marketplace_id)
    imported.marketplace_id = marketplace.pk if marketplace else imported.marketplace_id
    imported.currency = incoming.currency[:3] or imported.currency
    imported.total = imported.total if incoming.total is None else incoming.total
    imported.summary = _summary(incoming) or imported.summary
    imported.ship_by = incoming.ship_by or imported.ship_by
    imported.attempts = min(imported.attempts + 1, 30_000)


def _summary(incoming: IncomingOrder) -> str:
    lines = ", ".join(f"{line.quantity_ordered} × {line.title or line.sku}"[:80] for line in incoming.lines[:3])
    more = f" and {len(incoming.lines) - 3} more" if len(incoming.lines) > 3 else ""
    return f"{lines}{more}"[:300]


def _decide(book: Book, imported: ImportedOrder, incoming: IncomingOrder, *, taken: bool) -> Decision:
    ignored = imported.state == ImportState.IGNORED
    channel = None
    if not taken and not ignored:
        channel = book.channels.route(imported.marketplace_id, imported.fulfilment)
        imported.channel = channel
        if channel is not None:
            imported.order_ref = channel.order_ref_format.replace("{0}", incoming.amazon_order_id)[:100]
    marketplace = book.channels.marketplace(imported.marketplace_id or "")
    facts = OrderFacts(
        account_id=book.account_id,
        fulfilment=Fulfilment(imported.fulfilment) if imported.fulfilment else None,
        status=imported.amazon_status,
        marketplace_id=imported.marketplace_id or "",
        marketplace=marketplace.name if marketplace else "",
        channel=book.channels.importing(channel, incoming.order_type) if channel else None,
        ignored=ignored,
        taken=taken,
    )
    return decide(incoming, facts, now=book.now)


def _read_customers(book: Book, plans: Sequence[_Plan]) -> None:
    wanted: dict[Buyer | MonthsBuyers, None] = {}
    for plan in plans:
        if isinstance(plan, Taking | Following) and plan.customer is not None:
            wanted.setdefault(plan.customer)
    book.customers.read(list(wanted))


def _items(book: Book, plan: _Plan) -> set[int]:
    match plan:
        case Taking():
            return plan.items | reserved_items(book.kept_of.get(plan.imported.pk, ()))
        case Following():
            return following_items(book, plan)
        case _Held(_, reservation):
            return reserved_items(reservation.rows)


def _keys(book: Book, plan: _Plan) -> set[Key]:
    match plan:
        case Taking():
            return taking_keys(book, plan)
        case Following():
            return following_keys(book, plan)
        case _Held(_, reservation):
            return reservation_keys(book.shelf, reservation.rows)


def _expect_numbers(book: Book, plans: Sequence[_Plan]) -> None:
    """Drawn in blocks, once it is known how many are needed."""
    taken = [plan for plan in plans if isinstance(plan, Taking)]
    new_lines = sum(len(plan.matches) for plan in plans if isinstance(plan, Taking | Following))
    book.numbers.expect(
        {
            IDS[SalesOrder]: len(taken),
            ORDER_NUMBERS: len(taken),
            IDS[SalesOrderLine]: new_lines,
            IDS[Customer]: book.customers.missing,
        }
    )


def _carry_out_all(book: Book, plans: Sequence[_Plan]) -> Outcome:
    """Of several parts: what became of the first."""
    return next(iter([_carry_out(book, plan) for plan in plans]), Unchanged())


def _carry_out(book: Book, plan: _Plan) -> Outcome:
    match plan:
        case Taking():
            return Taken(take(book, plan).code)
        case Following():
            return Taken(plan.order.code) if follow(book, plan) else Unchanged()
        case _Held(decision, reservation):
            reserve(book, reservation)
            if isinstance(decision, Leave):
                return Unchanged()
            _write_decision(book, reservation.imported, decision)
            return decision


def _write_decision(book: Book, imported: ImportedOrder, decision: Hold | Skip) -> None:
    """The state with its reason, and its problems; the timeline says it when it is not what it was."""
    if imported.reason != decision.reason:
        verb = "Held" if isinstance(decision, Hold) else "Skipped"
        book.record(f"{verb}: {decision.reason}", imported_order=imported, channel_id=imported.channel_id)
    imported.state = decision.state if isinstance(decision, Hold) else ImportState.SKIPPED
    imported.reason, imported.remedy, imported.waits_for = decision.reason, decision.remedy, decision.waits_for
    failed = imported.state is ImportState.FAILED
    solve_import_problems(imported, book.problems, but=ProblemKind.NOT_UNDERSTOOD if failed else None)
    if failed:
        book.problems.open(
            ProblemKind.NOT_UNDERSTOOD,
            AboutImport(imported.pk),
            cause=f"{imported.amazon_order_id}: {decision.reason}",
            remedy=decision.remedy,
            imported_order_id=imported.pk,
            channel_id=imported.channel_id,
        )
    if isinstance(decision.waits_for, ForLevels):
        book.note_empty_site(decision.waits_for.site_id)


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
    allocate_lines(order, lines, now=now)
    recompute_state(order, lines, now=now)
    return True
