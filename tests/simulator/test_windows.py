"""When an order must leave and arrive: the marketplace's midnight, working days, the seller's cut-off hour."""

import pytest
from tests.simulator.conftest import DE, EU, NA, UK, US, Amazon

from amazon_simulator.core.clock import from_iso, iso
from amazon_simulator.representations.windows import windows
from amazon_simulator.world.entities import Buyer, Order

NOBODY = Buyer("", "", "", "", "", "GB")
JAPAN = "A1VC38T7YXB528"


def times_of(marketplace, created, level="STANDARD", **more):
    """The four times of an order, without their milliseconds."""
    at = from_iso(created)
    order = Order("1", EU, marketplace, "MERCHANT", "UNSHIPPED", at, at, [], NOBODY, service_level=level, **more)
    times = windows(order)
    return [iso(one)[:19] for one in (times.ship_from, times.ship_by, times.deliver_from, times.deliver_by)]


@pytest.mark.parametrize(
    ("marketplace", "created", "level", "expected"),
    [
        # A Wednesday evening in winter: London's midnight is UTC's.
        (UK, "2026-11-25T22:03:02Z", "STANDARD",
         ["2026-11-26T00:00:00", "2026-11-27T23:59:59", "2026-11-30T00:00:00", "2026-12-02T23:59:59"]),
        # In summer it is an hour earlier.
        (UK, "2026-07-01T22:03:02Z", "EXPEDITED",
         ["2026-07-01T23:00:00", "2026-07-02T22:59:59", "2026-07-02T23:00:00", "2026-07-06T22:59:59"]),
        (DE, "2026-11-25T10:00:00Z", "EXPEDITED",
         ["2026-11-25T23:00:00", "2026-11-26T22:59:59", "2026-11-26T23:00:00", "2026-11-30T22:59:59"]),
        # Pacific time: 23:30 UTC on Tuesday is Tuesday afternoon there; Thursday is Thanksgiving.
        (US, "2026-11-24T23:30:00Z", "STANDARD",
         ["2026-11-25T08:00:00", "2026-11-28T07:59:59", "2026-11-30T08:00:00", "2026-12-03T07:59:59"]),
        (US, "2026-07-07T05:00:00Z", "EXPEDITED",
         ["2026-07-07T07:00:00", "2026-07-08T06:59:59", "2026-07-08T07:00:00", "2026-07-10T06:59:59"]),
        # Before and after 14:00 in London.
        (UK, "2026-11-25T13:59:00Z", "NEXT_DAY",
         ["2026-11-25T13:59:00", "2026-11-25T23:59:59", "2026-11-26T00:00:00", "2026-11-26T23:59:59"]),
        (UK, "2026-11-25T14:00:00Z", "NEXT_DAY",
         ["2026-11-25T14:00:00", "2026-11-26T23:59:59", "2026-11-27T00:00:00", "2026-11-27T23:59:59"]),
        # The cut-off is the seller's, in London: 14:30 in Berlin is half an hour before it.
        (DE, "2026-11-25T13:30:00Z", "PRIORITY",
         ["2026-11-25T13:30:00", "2026-11-25T22:59:59", "2026-11-25T23:00:00", "2026-11-26T22:59:59"]),
        (UK, "2026-11-28T09:00:00Z", "SAME_DAY",
         ["2026-11-28T09:00:00", "2026-11-30T23:59:59", "2026-11-30T00:00:00", "2026-11-30T23:59:59"]),
        (JAPAN, "2026-11-25T00:00:00Z", "EXPEDITED",
         ["2026-11-25T15:00:00", "2026-11-26T14:59:59", "2026-11-26T15:00:00", "2026-11-30T14:59:59"]),
    ],
)  # fmt: skip
def test_times_end_on_the_marketplaces_midnight_and_on_working_days(marketplace, created, level, expected):
    assert times_of(marketplace, created, level) == expected


def test_a_pre_order_is_counted_from_when_its_goods_come_out():
    later = times_of(UK, "2026-11-20T09:00:00Z", available_at=from_iso("2026-11-25T22:03:02Z"))
    assert later == times_of(UK, "2026-11-25T22:03:02Z")


def test_an_order_shows_a_pacific_midnight():
    amazon = Amazon()
    order = amazon.order(seller=NA, marketplace=US)
    window = amazon.read(order, "FULFILLMENT", seller=NA)["fulfillment"]
    ends = [window[name]["latestDateTime"][10:19] for name in ("shipByWindow", "deliverByWindow")]
    assert ends == ["T06:59:59", "T06:59:59"]
