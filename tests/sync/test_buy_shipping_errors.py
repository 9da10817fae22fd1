"""Every error of Amazon's is one of a courier's, with the same verdict and Amazon's own words."""

import inspect

import pytest

from wharfinger.amazon import errors as amazon
from wharfinger.couriers import errors as couriers
from wharfinger.sync.translate.buy_shipping import to_courier_error

LEAVES = [
    kind
    for _, kind in inspect.getmembers(amazon, inspect.isclass)
    if issubclass(kind, amazon.AmazonError) and hasattr(kind, "verdict")
]
VERDICTS = {
    amazon.Verdict.LATER: couriers.Verdict.LATER,
    amazon.Verdict.NEVER: couriers.Verdict.NEVER,
    amazon.Verdict.REAUTHORISE: couriers.Verdict.ADMINISTRATOR,
    amazon.Verdict.OUR_BUG: couriers.Verdict.OUR_BUG,
}


@pytest.mark.parametrize("kind", LEAVES)
@pytest.mark.parametrize("unknown", [True, False])
def test_verdict_and_doubt_stay_what_they_are(kind, unknown):
    error = to_courier_error(kind("purchaseShipment", status=400, outcome_unknown=unknown))
    expected = VERDICTS[kind.verdict]
    if kind is amazon.InvalidClient:
        expected = couriers.Verdict.ADMINISTRATOR  # the application's secret: an administrator enters it
    assert (error.verdict, error.outcome_unknown, error.status) == (expected, unknown, 400)
    assert error.call == "Amazon purchaseShipment"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (amazon.OffersExpired, couriers.OffersExpired),
        (amazon.NotFound, couriers.NotThere),
        (amazon.PageTokenRefused, couriers.RequestRefused),
        (amazon.AccessDenied, couriers.NotAllowed),
        (amazon.InvalidGrant, couriers.KeyRefused),
        (amazon.TimedOut, couriers.NotReached),
        (amazon.NotAnsweredAsPromised, couriers.NotUnderstood),
    ],
)
def test_a_leaf_is_the_leaf_that_means_the_same(theirs, ours):
    assert type(to_courier_error(theirs("getRates"))) is ours


def test_amazons_words_are_kept_all_of_them():
    error = amazon.Refused(
        "getRates",
        status=400,
        code="InvalidRequest",
        message="Request is missing or has invalid parameters",
        details="RateId cannot be null",
        others=(amazon.Said("InvalidRequest", "Another"),),
    )
    assert to_courier_error(error).summary() == (
        "400 InvalidRequest: Request is missing or has invalid parameters RateId cannot be null | "
        "InvalidRequest: Another"
    )
