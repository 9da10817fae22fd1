"""What a failed call says of who has to act."""

import pytest

from wharfinger.amazon import errors
from wharfinger.domain.orders.blindness import Whose
from wharfinger.sync.access import whose_fault

FAULTS = {
    "ServerFault": Whose.AMAZON,
    "TokenExpired": Whose.AMAZON,
    "Throttled": Whose.RATE,
    "Unreachable": Whose.NETWORK,
    "TimedOut": Whose.NETWORK,
    "NotAnsweredAsPromised": Whose.NETWORK,
    "Refused": Whose.REFUSAL,
    "NotFound": Whose.REFUSAL,
    "OffersExpired": Whose.REFUSAL,
    "PageTokenRefused": Whose.REFUSAL,
    "AccessDenied": Whose.REFUSAL,
    "TokenRefused": Whose.REFUSAL,
    "InvalidGrant": Whose.ACCESS,
    "InvalidClient": Whose.REFUSAL,
    "TokenRequestRefused": Whose.REFUSAL,
    "Misaddressed": Whose.OURS,
    "InvalidRequest": Whose.OURS,
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_error_of_amazons_is_somebodys(name):
    assert whose_fault(getattr(errors, name)("searchOrders")) is FAULTS[name]


def test_every_error_that_can_be_raised_is_among_them():
    leaves, todo = set(), [errors.AmazonError]
    while todo:
        one = todo.pop()
        below = one.__subclasses__()
        todo += below
        if not below or one is errors.Refused:
            leaves.add(one.__name__)
    assert leaves == set(FAULTS)
