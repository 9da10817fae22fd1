"""Every operation, well called and badly called. Who adds one adds its walk: `test_conformance.py` fails until then."""

import functools

from tests.simulator.conftest import Amazon
from tests.simulator.walks import buy_shipping, feeds, orders, outbound, reports, selling, shipping
from tests.simulator.walks.walker import Walker

WALKS = (
    selling.walk_sellers,
    orders.walk_orders,
    orders.walk_old_orders,
    orders.walk_regulated,
    orders.walk_shipments,
    buy_shipping.walk_buy_shipping,
    shipping.walk_shipping,
    shipping.walk_accounts,
    shipping.walk_collections,
    shipping.walk_deliveries,
    selling.walk_listings,
    selling.walk_catalog,
    selling.walk_inventory,
    outbound.walk_outbound,
    feeds.walk_feeds,
    reports.walk_reports,
    reports.walk_schedules,
    reports.walk_finances,
    selling.walk_notifications,
    selling.walk_tokens,
    selling.walk_application,
)


@functools.cache
def walked(walk):
    """Responses by operation, of one walk through an Amazon of its own."""
    walker = Walker(Amazon(lifted=True))
    walk(walker)
    return walker.answers
