"""“Also imported by another program?”: seen from what it leaves behind, said once."""

from datetime import timedelta

import pytest
from tests.factories.ground import NOW
from tests.factories.moments import sales_order, shipped_order, stocked_item

from wharfinger.db.models import Problem, RateBudget, SalesOrder, Shipment
from wharfinger.db.queries.access.other_programs import signs_of_others
from wharfinger.domain.access.other_programs import Sign, Signs, likely
from wharfinger.domain.installation.subjects import AboutListing
from wharfinger.operations.access.other_programs import look_for_other_programs
from wharfinger.operations.installation.problems import mark_as_done

NONE = Signs(0, 0, (), 0, (), ())


@pytest.mark.parametrize(
    ("shipped", "elsewhere", "quantities", "found"),
    [
        (0, 0, 0, ()),
        (2, 2, 0, ()),
        (3, 3, 0, (Sign.SHIPPED,)),
        (15, 3, 0, (Sign.SHIPPED,)),
        (16, 3, 0, ()),
        (100, 0, 2, ()),
        (100, 0, 3, (Sign.QUANTITIES,)),
        (10, 5, 9, (Sign.SHIPPED, Sign.QUANTITIES)),
    ],
)
def test_what_a_person_does_now_and_then_is_no_program(shipped, elsewhere, quantities, found):
    assert likely(Signs(shipped, elsewhere, (), quantities, (), ())) == found


@pytest.fixture
def shop(world):
    """Three orders shipped without us, one that we sent."""
    item = stocked_item(world, "MUG")
    for number in (1, 2, 3):
        sales_order(world, number, item, state="shipped", shipped_at=NOW - timedelta(days=1))
    shipped_order(world, 4, item)
    SalesOrder.objects.filter(code="SO4").update(shipped_at=NOW)
    sales_order(world, 5, item, state="shipped", shipped_at=NOW - timedelta(days=9))
    return world


@pytest.mark.django_db
def test_orders_of_this_week_that_left_without_a_parcel_of_ours_are_the_sign(shop):
    signs = signs_of_others(shop.account.pk, now=NOW)
    assert Shipment.objects.count() == 1
    assert (signs.shipped, signs.shipped_elsewhere) == (4, 3)
    assert [code for _, code in signs.codes] == ["SO3", "SO2", "SO1"]


@pytest.mark.django_db
def test_it_is_said_once_and_a_persons_word_holds_until_another_sign_comes(shop, olga):
    look_for_other_programs(now=NOW)
    look_for_other_programs(now=NOW)
    problem = Problem.objects.get(kind="also_imported")
    assert problem.cause == f"{shop.account.name}: another program or a person confirms dispatches at Amazon."
    mark_as_done(problem.pk, now=NOW, user=olga)
    look_for_other_programs(now=NOW)
    assert not Problem.objects.filter(kind="also_imported", solved_at=None).exists()
    for number in (1, 2, 3):
        item = stocked_item(shop, f"CUP{number}")
        listing = item.channel_products.get().listing
        Problem.objects.create(
            kind="listing_drift", key=AboutListing(listing.pk), listing=listing, account=shop.account, opened_at=NOW,
            seen_at=NOW, cause="", remedy="",
        )  # fmt: skip
    look_for_other_programs(now=NOW)
    assert (
        "confirms dispatches and changes quantities" in Problem.objects.get(kind="also_imported", solved_at=None).cause
    )


@pytest.mark.django_db
def test_it_closes_when_the_signs_are_gone(shop):
    look_for_other_programs(now=NOW)
    look_for_other_programs(now=NOW + timedelta(days=8))
    assert not Problem.objects.filter(kind="also_imported", solved_at=None).exists()


@pytest.mark.django_db
def test_a_limit_that_somebody_else_spends_is_named(shop):
    RateBudget.objects.create(
        account=shop.account, operation="searchOrders", rate=1, burst=1, tokens=1, counted_at=NOW, share="0.5"
    )
    assert signs_of_others(shop.account.pk, now=NOW).slowed == ("searchOrders",)
