"""Parcels, and what becomes of telling Amazon about them."""

from dataclasses import dataclass

from wharfinger.domain.labels import Labelled
from wharfinger.domain.shipping.carriers import is_another_carrier


class Tracking(Labelled):
    """When a courier service gives its tracking number.

    LATER is kept for services that were made with it: files are exchanged with nobody yet, so that it is not offered.
    """

    AT_ONCE = "at_once", "At once"
    BY_HAND = "by_hand", "Typed by hand"
    TYPED_LATER = "typed_later", "Later, typed on the order"
    LATER = "later", "Later (file exchange)"


TRACKINGS_OFFERED = (Tracking.AT_ONCE, Tracking.BY_HAND, Tracking.TYPED_LATER)


class ConfirmationState(Labelled):
    """The life of one shipment confirmation at Amazon.

    WAITING → ATTEMPTED (written before the call; unknown until settled) → ACCEPTED (204) → CONFIRMED
    (seen in Amazon's own order); REFUSED goes again automatically until ship-by, with a problem for a person at once;
    NOT_SHOWN needs a person too: Amazon took it, or holds the order as shipped, and its order does not show our
    parcel; NOT_SENT: the channel does not upload order status.
    AMAZONS_OWN → CONFIRMED: Amazon shows the parcel automatically, from a label that was bought from it. Nothing is
    ever sent of it.
    """

    WAITING = "waiting", "Queued"
    ATTEMPTED = "attempted", "Sent"
    ACCEPTED = "accepted", "Accepted"
    CONFIRMED = "confirmed", "Confirmed"
    REFUSED = "refused", "Refused"
    NOT_SHOWN = "not_shown", "Not shown"
    NOT_SENT = "not_sent", "Not sent"
    AMAZONS_OWN = "amazons_own", "Waiting for Amazon"


SETTLED = (ConfirmationState.CONFIRMED, ConfirmationState.NOT_SENT)
"""Nothing more is to come."""
UNTOUCHED = (ConfirmationState.WAITING, ConfirmationState.NOT_SENT, ConfirmationState.AMAZONS_OWN)
"""Where nothing was sent, unless an attempt was made before."""


@dataclass(frozen=True, slots=True)
class SentParcel:
    """A parcel as it was sent. `carrier`: Amazon's code, or the name where the code is Other; empty = not known."""

    reference: str
    tracking_number: str
    carrier: str = ""


def is_same_parcel(sent: SentParcel, *, reference: str, tracking_number: str, carrier: str = "") -> bool:
    """Whether what Amazon shows is this parcel: by its number (spaces and case apart), else by our reference.

    Where Amazon names no number, another carrier under our reference is somebody else's parcel.
    """
    if _squeezed(tracking_number):
        return _squeezed(tracking_number) == _squeezed(sent.tracking_number)
    return reference == sent.reference and not is_another_carrier(carrier, sent.carrier)


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()
