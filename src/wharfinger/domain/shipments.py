"""Parcels, and what becomes of telling Amazon about them."""

from enum import StrEnum


class Tracking(StrEnum):
    """When a courier service gives its tracking number.

    LATER is kept for services that were made with it: files are exchanged with nobody yet, so that it is not offered.
    """

    AT_ONCE = "At once"
    BY_HAND = "Typed by hand"
    TYPED_LATER = "Later, typed on the order"
    LATER = "Later (file exchange)"

    @property
    def comes_later(self) -> bool:
        """A parcel leaves before its number is known: Amazon hears of it only then."""
        return self in (Tracking.TYPED_LATER, Tracking.LATER)


TRACKINGS_OFFERED = (Tracking.AT_ONCE, Tracking.BY_HAND, Tracking.TYPED_LATER)


class ConfirmationState(StrEnum):
    """The life of one shipment confirmation at Amazon.

    WAITING → ATTEMPTED (written before the call; unknown until settled) → ACCEPTED (204) → CONFIRMED
    (seen in Amazon's own order); REFUSED needs a person; NOT_SENT: the channel does not upload order status.
    """

    WAITING = "Waiting"
    ATTEMPTED = "Attempted"
    ACCEPTED = "Accepted"
    CONFIRMED = "Confirmed"
    REFUSED = "Refused"
    NOT_SENT = "Not sent"
