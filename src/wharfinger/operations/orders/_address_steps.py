"""Steps that judge a delivery address and note its changes; they need an open transaction."""

from datetime import datetime

from wharfinger.db.encryption import keyed_hash
from wharfinger.db.models import Problem, SalesOrder
from wharfinger.domain.installation.problems import ADDRESS_HOLDS, ProblemKind
from wharfinger.domain.installation.subjects import AboutOrder, AboutPartAddress, Subject
from wharfinger.domain.orders.addresses import LABEL, Doubts, doubts_of_tidy, read_address, tidy
from wharfinger.domain.orders.changes import TO_SEND
from wharfinger.domain.orders.order import AmazonStatus, IncomingAddress
from wharfinger.operations.installation._problem_steps import Problems


def address_hash(address: IncomingAddress | None) -> str:
    """Of what is written on the label: by it a person's word for an odd address holds for this very one only."""
    return keyed_hash("confirmed address", "|".join(getattr(address, name) for name in LABEL)) if address else ""


def shipping_address(order: SalesOrder) -> IncomingAddress | None:
    """Where the order goes: as a person corrected it, else as Amazon sent it."""
    return read_address(order.own_delivery or order.delivery)


def note_address(order: SalesOrder, address: IncomingAddress | None, status: AmazonStatus, problems: Problems) -> bool:
    """Hold the order while nothing could be written on its label, unless a person confirmed the address as it is.

    `address`: Amazon's, tidy; where a person corrected it, theirs is judged. Amazon gives it minutes after payment
    (behaviour O08). Returns whether it is held.
    """
    if order.own_delivery:
        address = tidy(read_address(order.own_delivery) or IncomingAddress())
    lacks = doubts_of_tidy(address or IncomingAddress())
    confirmed = bool(address) and order.confirmed_address_hash == address_hash(address)
    wanted = None if status not in TO_SEND or not lacks or confirmed else _kind(lacks)
    for kind in ADDRESS_HOLDS:
        if kind is not wanted:
            problems.solve(kind, AboutOrder(order.pk))
    if wanted is not None:
        cause, remedy = _NOTHING if wanted is ProblemKind.NO_ADDRESS else _odd(lacks)
        if order.erased_at is not None:
            cause, remedy = _ERASED
        _open(problems, order, wanted, AboutOrder(order.pk), cause.format(order.code), remedy)
    return wanted is not None


def _kind(lacks: Doubts) -> ProblemKind:
    return ProblemKind.NO_ADDRESS if "street" in lacks.missing else ProblemKind.ADDRESS_INCOMPLETE


_NOTHING = (
    "Amazon has not sent a delivery address for {} yet.",
    "It usually arrives within minutes and is imported automatically; press “Retry Download” to request it now. If "
    "it does not arrive, check that the application has the role Direct-to-Consumer Shipping.",
)

_ERASED = (
    "{} has no delivery address any more: its personal data was erased when its time was over.",
    "Look in Seller Central whether it is still to be sent; if not, cancel the order.",
)


def _odd(lacks: Doubts) -> tuple[str, str]:
    said = [f"lacks {_listed(lacks.missing)}"] if lacks.missing else []
    said += [f"is masked in {_listed(lacks.masked)}"] if lacks.masked else []
    remedy = (
        "Compare it with Seller Central. If a courier can deliver to it, press “Confirm this address” on the order."
    )
    return f"The delivery address of {{}} {' and '.join(said)}.", remedy


def _listed(parts: tuple[str, ...]) -> str:
    *others, last = parts
    return f"{', '.join(others)} and {last}" if others else last


def warn_of_new_address(order: SalesOrder, problems: Problems, *, dispatched: bool) -> None:
    """Once somebody picked or packed by the old one, a person must know; both are in the timeline."""
    if order.own_delivery:
        _warn_of_both(order, problems)
        return
    if order.picked_at is None and not dispatched:
        return
    when = "after a parcel was dispatched" if dispatched else "after it was picked"
    _open(
        problems,
        order,
        ProblemKind.ADDRESS_CHANGED,
        AboutOrder(order.pk),
        f"Amazon changed the delivery address of {order.code} {when}.",
        "Stop or relabel the parcel: old and new address are in the order's timeline. Then press “I have seen "
        "the new address” on the order.",
    )


def _warn_of_both(order: SalesOrder, problems: Problems) -> None:
    _open(
        problems,
        order,
        ProblemKind.ADDRESS_CHANGED,
        AboutOrder(order.pk),
        f"Amazon changed the delivery address of {order.code}, which had been edited here. The edited address is used.",
        "Compare both on the order. Press “Restore Amazon's address” to use Amazon's, or “I have seen the new address” "
        "to keep yours.",
    )


def warn_of_part_address(order: SalesOrder, address: IncomingAddress | None, problems: Problems) -> None:
    """Another address of which Amazon sent too little: one problem for each such address."""
    subject = AboutPartAddress(order.pk, address_hash(address)[:16])
    if problems.was_opened(ProblemKind.ADDRESS_CHANGED, subject):
        return
    _open(
        problems,
        order,
        ProblemKind.ADDRESS_CHANGED,
        subject,
        f"Amazon shows a different delivery address for {order.code}, but only part of it; the saved address is "
        "unchanged.",
        "Compare the address with Seller Central before you dispatch. Then press “I have seen the new address” on the "
        "order.",
    )


def solve_address_changes(order: SalesOrder, *, now: datetime) -> int:
    """A person has seen them, or nothing is to be sent any more. Returns how many were open."""
    rows = Problem.objects.filter(kind=ProblemKind.ADDRESS_CHANGED, sales_order=order, solved_at=None)
    return rows.update(solved_at=now)


def _open(problems: Problems, order: SalesOrder, kind: ProblemKind, subject: Subject, cause: str, remedy: str) -> None:
    problems.open(kind, subject, cause=cause, remedy=remedy, sales_order_id=order.pk, channel_id=order.channel_id)
