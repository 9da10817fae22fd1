"""A marketplace's zone is checked against its orders and changed by a person."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.factories.cast import Retailer
from tests.factories.ground import NOW
from tests.factories.incoming import an_order

from wharfinger.db.models import Activity, AuditEntry, Channel, ImportedOrder, Marketplace, Problem
from wharfinger.db.queries.installation.problems import problem_row
from wharfinger.db.queries.orders.sales_orders import BOARD, Day, SalesOrderFilter, ShipBy, list_sales_orders
from wharfinger.domain.days import ends
from wharfinger.domain.installation.subjects import AboutMarketplace
from wharfinger.operations.channels import marketplaces
from wharfinger.operations.refusals import Refused
from wharfinger.web.problem_pages import page_of_problem

pytestmark = pytest.mark.django_db
US = "ATVPDKIKX0DER"
NEW_YORK = "America/New_York"


@pytest.fixture
def shop():
    shop = Retailer()
    shop.item("MUG", 50)
    Channel.objects.filter(pk=shop.fbm.pk).update(marketplace=US)
    return shop


def proposals():
    return list(Problem.objects.filter(kind="zone_differs", solved_at=None).values_list("key", flat=True))


def take(shop, count, first=0):
    for number in range(first, first + count):
        last = ends(date(2026, 11, 25) + timedelta(days=number % 5), NEW_YORK) - timedelta(seconds=1)
        shop.take(an_order(marketplace_id=US, number=f"111-0000001-{number:07d}", ship_by=last))


def test_after_twenty_orders_the_zone_that_fits_is_proposed_and_a_person_accepts_it(shop):
    take(shop, 19)
    assert (marketplaces.check_zones(now=NOW), proposals()) == (0, [])
    take(shop, 1, first=19)
    assert (marketplaces.check_zones(now=NOW), marketplaces.check_zones(now=NOW)) == (1, 1)
    problem = Problem.objects.get(key=AboutMarketplace(US))
    assert (proposals(), page_of_problem(problem_row(problem.pk))) == ([problem.key], f"/channels/{shop.fbm.pk}/")
    assert "Press “Use this zone”" in problem.remedy
    with pytest.raises(Refused, match="This zone is no longer proposed"):
        marketplaces.accept_zone(shop.fbm.pk, "Europe/Paris", now=NOW, user=shop.olga)
    assert marketplaces.accept_zone(shop.fbm.pk, NEW_YORK, now=NOW, user=shop.olga) == NEW_YORK
    assert (Marketplace.objects.get(pk=US).time_zone, proposals()) == (NEW_YORK, [])
    assert marketplaces.check_zones(now=NOW) == 0
    assert AuditEntry.objects.get(verb="accept zone").after == {"time zone": NEW_YORK}
    assert Activity.objects.filter(channel=shop.fbm, text__contains=NEW_YORK).count() == 1


def test_an_order_that_the_start_date_kept_out_is_looked_at_again_in_the_new_zone(shop):
    shop.take(an_order(marketplace_id=US, placed_at=datetime(2026, 11, 1, 5, 30, tzinfo=UTC)))
    Marketplace.objects.filter(pk=US).update(proposed_zone=NEW_YORK)
    assert ImportedOrder.objects.get().state == "skipped"
    marketplaces.accept_zone(shop.fbm.pk, NEW_YORK, now=NOW, user=shop.olga)
    assert ImportedOrder.objects.get().state == "retrying"


@pytest.mark.parametrize(
    ("now", "urgency"),
    [
        (datetime(2026, 11, 24, 12, tzinfo=UTC), ShipBy.TODAY),
        (datetime(2026, 11, 24, 7, 59, tzinfo=UTC), ShipBy.TOMORROW),
        (datetime(2026, 11, 23, 7, 59, tzinfo=UTC), ShipBy.LATER),
        (datetime(2026, 11, 25, 8, tzinfo=UTC), ShipBy.LATE),
    ],
)
def test_today_is_the_marketplaces_day_in_row_and_filter(shop, now, urgency):
    """Amazon.com's 24 November ends at 07:59:59 UTC of the 25th."""
    shop.take(an_order(marketplace_id=US, ship_by=datetime(2026, 11, 25, 7, 59, 59, tzinfo=UTC)))
    found = {}
    for wanted in BOARD:
        page = list_sales_orders(SalesOrderFilter(ship_by=wanted.value), Day(now), with_customers=False)
        found[wanted] = [row.urgency for row in page.rows]
    expected = {one: [urgency] if one is urgency else [] for one in BOARD}
    assert found == expected
