"""Whether the access to a seller account is lost, or one operation only is denied."""

from wharfinger.amazon.errors import (
    AmazonError,
    AuthorisationLost,
    ConnectionFailed,
    InvalidGrant,
    InvalidRequest,
    Misaddressed,
    NotAnsweredAsPromised,
    OurBug,
    Refused,
    ServerFault,
    Throttled,
    TokenExpired,
)
from wharfinger.domain.orders.blindness import Whose
from wharfinger.sync.calls import Calls, NotBefore


def is_access_lost(calls: Calls, error: AmazonError) -> bool:
    """What a refusal of the access means: tried with a fresh token, by the one operation that needs no role.

    A missing role, a wrong region and a bad id all look like lost access (403); only a refresh token that is
    worth nothing, or participations that are denied to a new access token, are. No answer proves nothing.
    """
    if isinstance(error, InvalidGrant):
        return True
    try:
        calls.prove_token()
        calls.get_marketplace_participations()
    except AuthorisationLost:
        return True
    except (AmazonError, NotBefore):
        return False
    return False


def whose_fault(error: AmazonError) -> Whose:
    """What a failed call says of who has to act. A broken answer may come from anything between us and Amazon."""
    match error:
        case ServerFault() | TokenExpired():
            return Whose.AMAZON
        case Throttled():
            return Whose.RATE
        case ConnectionFailed() | NotAnsweredAsPromised():
            return Whose.NETWORK
        case InvalidGrant():
            return Whose.ACCESS
        case Misaddressed() | InvalidRequest():
            return Whose.OURS
        case Refused() | AuthorisationLost() | OurBug():
            return Whose.REFUSAL
        case _:
            return Whose.OURS
