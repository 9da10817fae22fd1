"""The delivery address of an order as a person corrects it. Amazon's is kept beside it, and can be restored."""

from datetime import datetime

from wharfinger.db.models import SalesOrder, User
from wharfinger.domain.installation.subjects import AboutOrder
from wharfinger.domain.orders.addresses import LABEL, address_parts, doubts_of_tidy, read_address, tidy, written
from wharfinger.domain.orders.order import Fulfilment, IncomingAddress
from wharfinger.domain.sentences import N_
from wharfinger.operations.installation._problem_steps import Problems
from wharfinger.operations.orders._address_steps import (
    address_hash,
    note_address,
    shipping_address,
    solve_address_changes,
)
from wharfinger.operations.orders._search_steps import write_words
from wharfinger.operations.orders.actions._sales_order_steps import lock_order, record_act, refuse_closed, refuse_erased
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._allocation_steps import recompute_state
from wharfinger.operations.transaction import operation

_FIELD_OF = {"street": "line_1", "region": "county"}
_PART_AT_MOST = 200


@operation
def edit_address(order_id: int, *, address: IncomingAddress, seen: str, now: datetime, user: User) -> SalesOrder:
    """From now on the order goes there. `seen`: `address_hash` of the address that the page showed; another one means
    that somebody, or Amazon, changed it meanwhile."""
    order = _order_to_send(order_id)
    before = shipping_address(order)
    if seen != address_hash(before):
        raise Refused(
            "The address of %(order)s was changed in the meantime. Open the page again and compare it.",
            order=order.code,
        )
    _check_lengths(address)
    after = tidy(address)
    _check(after)
    if before is not None and after == tidy(before):
        raise Refused("Nothing was changed. Change the address, or go back.")
    order.own_delivery, order.goes_to = address_parts(after), after.country[:2].upper()
    order.save(update_fields=["own_delivery", "goes_to"])
    _settle(order, now)
    _record(order, "edit address", "The delivery address was edited.", before, after, now, user)
    return order


@operation
def restore_address(order_id: int, *, now: datetime, user: User) -> SalesOrder:
    """Amazon's address holds again, as it is there now."""
    order = _order_to_send(order_id)
    if not order.own_delivery:
        raise Refused(
            "%(order)s already goes to the address that Amazon sent. Nothing is needed.",
            order=order.code,
        )
    before = shipping_address(order)
    order.own_delivery = None
    amazons = shipping_address(order)
    order.goes_to = amazons.country[:2].upper() if amazons else ""
    order.save(update_fields=["own_delivery", "goes_to"])
    _settle(order, now)
    after = shipping_address(order)
    _record(order, "restore address", "Amazon's delivery address was restored.", before, after, now, user)
    return order


def _order_to_send(order_id: int) -> SalesOrder:
    order = lock_order(order_id)
    if order.channel.kind == Fulfilment.FBA:
        raise Refused(
            "%(order)s is fulfilled by Amazon (FBA): Amazon delivers it to its own address.",
            order=order.code,
        )
    refuse_closed(order, N_("There is nothing left to deliver."))
    refuse_erased(order)
    return order


def _check_lengths(address: IncomingAddress) -> None:
    long = next((name for name, text in address_parts(address).items() if len(text) > _PART_AT_MOST), "")
    if long:
        raise Refused(
            "At most %(at_most)s characters. Shorten it.",
            long,
            at_most=_PART_AT_MOST,
        )


def _check(address: IncomingAddress) -> None:
    lacks = doubts_of_tidy(address)
    for part in (*lacks.missing, *lacks.masked):
        field = _FIELD_OF.get(part, part)
        sentence = (
            N_("The address has no %(part)s: a courier cannot deliver without it.")
            if part in lacks.missing
            else N_("The %(part)s of the address is masked: a courier cannot deliver to it.")
        )
        raise Refused(sentence, field if field in LABEL else "", part=part)


def _settle(order: SalesOrder, now: datetime) -> None:
    """What follows from another address: holds, warnings, the words that find the order, its state."""
    solve_address_changes(order, now=now)
    problems = Problems()
    problems.read([AboutOrder(order.pk)])
    note_address(order, read_address(order.delivery), order.imported.amazon_status, problems)
    problems.write(now=now)
    write_words([order], changed=[order])
    recompute_state(order, list(order.lines.order_by("pk")), now=now)


def _record(
    order: SalesOrder,
    verb: str,
    text: str,
    before: IncomingAddress | None,
    after: IncomingAddress | None,
    now: datetime,
    user: User,
) -> None:
    old, new = (list(written(one)) if one else [] for one in (before, after))
    record_act(
        order,
        verb,
        text,
        before={"address": old},
        after={"address": new},
        personal={"before": old, "after": new},
        now=now,
        user=user,
    )
