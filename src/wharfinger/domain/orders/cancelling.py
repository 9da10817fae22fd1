"""Cancelling an order at Amazon: why, how far it is, and when it is possible. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from wharfinger.domain.labels import Labelled
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment, SalesOrderState
from wharfinger.domain.sentences import N_


class CancelReason(Labelled):
    """Those that Amazon's own page offers. Every one but the buyer's counts in the cancellation rate."""

    NO_INVENTORY = "no_inventory", "No stock"
    BUYER_CANCELLED = "buyer_cancelled", "The buyer cancelled"
    UNDELIVERABLE = "undeliverable", "The address cannot be delivered to"
    CUSTOMER_EXCHANGE = "customer_exchange", "Exchange agreed with the buyer"
    PRICING_ERROR = "pricing_error", "The price was wrong"
    GENERAL_ADJUSTMENT = "general_adjustment", "Another reason"


class CancellationState(Labelled):
    """The life of one cancellation at Amazon.

    WAITING → ATTEMPTED (written before the feed is created; unknown until settled) → SUBMITTED (Amazon has the feed) →
    ACCEPTED (its report names no error) → CONFIRMED (Amazon's own order is cancelled); REFUSED and NOT_SHOWN need a
    person; WITHDRAWN: taken back before anything was sent.
    """

    WAITING = "waiting", "Queued"
    ATTEMPTED = "attempted", "Sent"
    SUBMITTED = "submitted", "Amazon is working on it"
    ACCEPTED = "accepted", "Accepted"
    CONFIRMED = "confirmed", "Cancelled at Amazon"
    REFUSED = "refused", "Refused"
    NOT_SHOWN = "not_shown", "Not cancelled at Amazon"
    WITHDRAWN = "withdrawn", "Taken back"

    @property
    def open(self) -> bool:
        """Amazon's word is still to come."""
        return self in OPEN


OPEN = (
    CancellationState.WAITING,
    CancellationState.ATTEMPTED,
    CancellationState.SUBMITTED,
    CancellationState.ACCEPTED,
)


class FeedState(StrEnum):
    """Of the feed that carries cancellations; pages show the cancellations."""

    PREPARING = "preparing"
    SUBMITTING = "submitting"
    PROCESSING = "processing"
    DONE = "done"
    FAILED = "failed"


UNDER_WAY = (FeedState.PREPARING, FeedState.SUBMITTING, FeedState.PROCESSING)
FIRST_LOOK, RARELY = timedelta(minutes=1), timedelta(minutes=10)
"""Between looks at a feed: Amazon takes minutes in good times, half a day in bad ones."""
GIVEN_UP_AFTER = timedelta(hours=24)
"""Of a feed that Amazon does not finish: its orders are read instead."""
FIRST_READ_BACK, LAST_READ_BACK = timedelta(minutes=2), timedelta(hours=24)
"""Of an order whose cancellation was accepted."""
DOUBT = timedelta(minutes=30)
"""How long after an attempt of unknown outcome an order that is not cancelled means that Amazon never had the feed."""
SENT_AT_MOST = 3
"""Feeds that Amazon ends without looking at what is in them (behaviour FD01)."""


def look_again_after(age: timedelta) -> timedelta:
    """How long to wait until the next look at a feed that was submitted so long ago."""
    return min(max(FIRST_LOOK, age / 4), RARELY)


@dataclass(frozen=True, slots=True)
class ToCancel:
    """What decides whether an order can be cancelled at Amazon."""

    state: SalesOrderState
    amazon: AmazonStatus
    fulfilment: Fulfilment
    any_dispatched: bool
    record_only: bool
    buyer_requested: bool
    split: bool = False
    """It is a part of an Amazon order with other parts."""


def cancel_refusal(order: ToCancel) -> str:
    """Why the order cannot be cancelled, with the remedy, a sentence of `order`; empty = it can.

    Whole orders only: what an acknowledgement of a part does to the rest is not documented by Amazon.
    """
    if order.fulfilment is Fulfilment.FBA:
        return N_("%(order)s is fulfilled by Amazon (FBA): only the buyer or Amazon can cancel it.")
    if order.state is SalesOrderState.CANCELLED or order.amazon is AmazonStatus.CANCELLED:
        return N_("%(order)s is cancelled already. Nothing more is needed.")
    if order.any_dispatched or order.state is SalesOrderState.PART_SHIPPED:
        return N_(
            "A parcel of %(order)s was dispatched, and Amazon cancels whole orders only. Stop the parcel with the "
            "courier if you can, and refund the buyer in Seller Central."
        )
    if order.split:
        return N_(
            "%(order)s was split, and Amazon cancels whole orders only. Merge its parts first, or dispatch this one "
            "and refund the buyer in Seller Central."
        )
    if order.record_only or not order.state.open or order.amazon is AmazonStatus.SHIPPED:
        return N_("%(order)s counts as shipped: it is too late to cancel it. Refund the buyer in Seller Central.")
    if order.amazon.pending:
        return N_("%(order)s is pending: Amazon lets a seller cancel it once it is paid. Wait until then.")
    return ""


def reason_refusal(order: ToCancel, reason: CancelReason) -> str:
    """A reason of the buyer's without the buyer's request would be untrue, and Amazon checks it."""
    if reason is CancelReason.BUYER_CANCELLED and not order.buyer_requested:
        return N_(
            "The buyer of %(order)s has not requested cancellation at Amazon. Choose another reason, or ask the "
            "buyer to request it under Your Orders."
        )
    return ""
