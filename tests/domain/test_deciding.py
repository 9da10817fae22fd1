"""What becomes of an Amazon order, by facts alone."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.factories.ground import NOW, UK
from tests.factories.incoming import a_line, an_order

from wharfinger.domain.orders.deciding import (
    AT_THE_COUNTER,
    LOOK_AT_AMAZON,
    Follow,
    Hold,
    ImportingChannel,
    ImportingSite,
    Leave,
    OrderFacts,
    Skip,
    Take,
    decide,
)
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment, ImportState, SkipReason
from wharfinger.domain.orders.waits_for import ForChannel, ForLevels, ForNewChannel

FBM, FBA = Fulfilment.FBM, Fulfilment.FBA
SITE = ImportingSite(3, "Main warehouse", levels_loaded=True)
CHANNEL = ImportingChannel(
    channel_id=7,
    name="Amazon.co.uk FBM",
    time_zone="Europe/London",
    start_date=date(2026, 11, 1),
    enabled=True,
    activated=True,
    checks_failed=False,
    paused=False,
    site=SITE,
)
FACTS = OrderFacts(1, FBM, AmazonStatus.UNSHIPPED, UK, "Amazon.co.uk", CHANNEL)
WAITS = ForChannel(7)


def held(**channel):
    return decide(an_order(), replace(FACTS, channel=replace(CHANNEL, **channel)), now=NOW)


def test_an_order_of_a_running_channel_is_taken_to_its_site():
    assert decide(an_order(), FACTS, now=NOW) == Take(channel_id=7, site_id=3)


def test_an_order_that_is_a_sales_order_follows_amazon_whatever_its_channel_is():
    facts = replace(FACTS, taken=True, ignored=True, channel=None)
    assert decide(an_order(status=AmazonStatus.CANCELLED), facts, now=NOW) == Follow()


def test_an_ignored_order_is_left_alone():
    assert decide(an_order(), replace(FACTS, ignored=True), now=NOW) == Leave()


@pytest.mark.parametrize(
    ("order", "fault"),
    [
        (an_order(fulfilment=None), "Amazon did not say who fulfils this order, or what its status is."),
        (an_order(status=AmazonStatus.UNKNOWN), "Amazon did not say who fulfils this order, or what its status is."),
        (replace(an_order(), lines=()), "Amazon sent the order without its lines."),
        (an_order(a_line(quantity=-1)), "Amazon sent a line with a negative quantity."),
    ],
)
def test_a_message_that_cannot_be_an_order_needs_a_person(order, fault):
    assert decide(order, FACTS, now=NOW) == Hold(ImportState.FAILED, fault, LOOK_AT_AMAZON)


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (an_order(number="S01-0000001-0000001"), SkipReason.NOT_AMAZONS),
        (an_order(status=AmazonStatus.CANCELLED), SkipReason.CANCELLED),
        (an_order(placed_at=NOW - timedelta(days=95)), SkipReason.TOO_OLD),
    ],
)
def test_what_is_never_imported_waits_for_nothing(order, reason):
    assert decide(order, FACTS, now=NOW) == Skip(reason)


def test_an_order_before_the_start_date_waits_for_an_earlier_one():
    early = an_order(placed_at=NOW - timedelta(days=27))
    remedy = "To import it, set an earlier Start Date under General."
    assert decide(early, FACTS, now=NOW) == Skip(SkipReason.BEFORE_START, remedy, WAITS)


@pytest.mark.parametrize(
    ("facts", "then"),
    [
        ({}, "; its units are already allocated. Or dispatch it in Seller Central."),
        ({"status": AmazonStatus.SHIPPED}, ". It has been dispatched: there is nothing to do here."),
        ({"fulfilment": FBA}, ". Amazon dispatches it: there is nothing to do here."),
    ],
)
def test_without_a_channel_it_waits_for_one_and_says_what_happens_until_then(facts, then):
    facts = replace(FACTS, channel=None, **facts)
    assert decide(an_order(), facts, now=NOW) == Skip(
        f"There is no channel for Amazon.co.uk {facts.fulfilment}.",
        f"Create the channel, and the order is imported{then}",
        ForNewChannel(1, UK, facts.fulfilment),
    )


@pytest.mark.parametrize(
    ("channel", "reason", "remedy"),
    [
        ({"enabled": False}, "Amazon.co.uk FBM is not enabled.", "Switch the channel on."),
        ({"activated": False}, "Amazon.co.uk FBM is not activated.", "Switch the channel on."),
        (
            {"checks_failed": True},
            "Amazon.co.uk FBM is not linked.",
            "See the checks on its page. The order is imported once they pass.",
        ),
        ({"paused": True}, "Don't import orders is on.", "Switch it off under General."),
        ({"site": None}, "Amazon.co.uk FBM has no Site.", "Set Site under (Global)."),
    ],
)
def test_a_channel_that_imports_nothing_keeps_its_orders(channel, reason, remedy):
    assert held(**channel) == Hold(ImportState.NOT_ATTEMPTED, reason, remedy, WAITS)


def test_an_fba_order_is_taken_once_amazon_has_shipped_it_and_its_levels_are_there():
    order = an_order(fulfilment=FBA)
    assert decide(order, FACTS, now=NOW) == Hold(
        ImportState.NOT_ATTEMPTED, "Amazon has not shipped it yet. It is imported once Amazon has."
    )
    shipped = replace(order, status=AmazonStatus.SHIPPED)
    assert decide(shipped, FACTS, now=NOW) == Take(7, 3)
    empty = replace(FACTS, channel=replace(CHANNEL, site=ImportingSite(4, "FBA UK", levels_loaded=False)))
    assert decide(shipped, empty, now=NOW) == Hold(
        ImportState.NOT_ATTEMPTED,
        "FBA UK has no stock levels.",
        "Load the levels from Amazon; the order is then imported.",
        ForLevels(4),
    )


@pytest.mark.parametrize(
    ("order", "skip"),
    [
        (an_order(sold_elsewhere=True), Skip(SkipReason.NOT_AMAZONS)),
        (an_order(status=AmazonStatus.UNFULFILLABLE), Skip(SkipReason.UNFULFILLABLE)),
        (an_order(programs=("IN_STORE_PICK_UP",)), Skip(SkipReason.PICK_UP, AT_THE_COUNTER)),
        (an_order(programs=("IN_STORE_PICK_UP",), status=AmazonStatus.CANCELLED), Skip(SkipReason.CANCELLED)),
    ],
)
def test_what_nobody_dispatches_from_here_is_skipped_with_its_reason_channel_or_not(order, skip):
    assert decide(order, FACTS, now=NOW) == skip
    assert decide(order, replace(FACTS, channel=None), now=NOW) == skip
