"""Parcels, and what becomes of telling Amazon about them."""

from enum import StrEnum


class Tracking(StrEnum):
    """When a courier service gives its tracking number."""

    AT_ONCE = "At once"
    BY_HAND = "Typed by hand"
    LATER = "Later (file exchange)"


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
