"""Amazon as a courier: its errors as those of the one tree that every courier's have."""

from wharfinger.amazon import errors as amazon
from wharfinger.couriers import errors as couriers

_KINDS: tuple[tuple[type[amazon.AmazonError], type[couriers.CourierError]], ...] = (
    (amazon.Throttled, couriers.Throttled),
    (amazon.ConnectionFailed, couriers.NotReached),
    (amazon.ServerFault, couriers.ServerFault),
    (amazon.NotAnsweredAsPromised, couriers.NotUnderstood),
    (amazon.TokenExpired, couriers.ServerFault),
    (amazon.OffersExpired, couriers.OffersExpired),
    (amazon.NotFound, couriers.NotThere),
    (amazon.Refused, couriers.RequestRefused),
    (amazon.AccessDenied, couriers.NotAllowed),
    (amazon.AuthorisationLost, couriers.KeyRefused),
    (amazon.InvalidClient, couriers.KeyRefused),
    (amazon.OurBug, couriers.OurBug),
)
"""The first that fits; a leaf stands before its parent. An expired token is fetched again at the next call: later."""


def to_courier_error(error: amazon.AmazonError) -> couriers.CourierError:
    """The same in the words of couriers, with Amazon's own in its text; whether the outcome is known is kept."""
    kind = next(ours for theirs, ours in _KINDS if isinstance(error, theirs))
    first = amazon.Said(error.code, error.message, error.details)
    said = [
        couriers.Said(message=" ".join(part for part in (one.message, one.details) if part), code=one.code)
        for one in (first, *error.others)
    ]
    return kind(f"Amazon {error.operation}", status=error.status, said=said, outcome_unknown=error.outcome_unknown)
