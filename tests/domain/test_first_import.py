"""What the first import proposes: never twice out of the door, never a confirmation of what was confirmed."""

import pytest

from wharfinger.domain.channels.first_import import FirstImport, choices, propose
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment

KINDS = [Fulfilment.FBM, Fulfilment.FBA, None]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", list(AmazonStatus))
def test_what_is_proposed_can_be_chosen_and_says_why(status, kind):
    proposal = propose(status, kind)
    assert proposal.choice in choices(status, kind)
    assert proposal.why.endswith(".")


def test_an_order_that_left_is_never_offered_for_shipping_again():
    assert propose(AmazonStatus.SHIPPED, Fulfilment.FBM).choice is FirstImport.RECORD
    assert FirstImport.IMPORT not in choices(AmazonStatus.SHIPPED, Fulfilment.FBM)


def test_an_order_to_be_shipped_may_have_left_by_other_means():
    assert propose(AmazonStatus.UNSHIPPED, Fulfilment.FBM).choice is FirstImport.IMPORT
    assert FirstImport.RECORD in choices(AmazonStatus.UNSHIPPED, Fulfilment.FBM)


@pytest.mark.parametrize("status", [AmazonStatus.UNSHIPPED, AmazonStatus.SHIPPED])
def test_fba_orders_are_taken_or_left(status):
    assert choices(status, Fulfilment.FBA) == (FirstImport.IMPORT, FirstImport.IGNORE)


def test_a_cancelled_order_is_left():
    assert choices(AmazonStatus.CANCELLED, Fulfilment.FBM) == (FirstImport.IGNORE,)
