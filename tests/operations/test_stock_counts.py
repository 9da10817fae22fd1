"""Counts: trade goes on while people count, and what they accept is booked once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.ground import NOW
from tests.factories.people import someone
from tests.factories.stock import a_level, a_site, an_fba_site, an_item, check_the_ledger, level_of

from wharfinger.db.models import CountEntry, CountLine, KitComponent, Movement, StockCount, StockLevel
from wharfinger.domain.installation.people import Role
from wharfinger.domain.stock.counts import CountScope, CountState
from wharfinger.domain.stock.ledger import MovementReason, SiteKind
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._stock_steps import Move, move_stock
from wharfinger.operations.stock.ledger import receive_stock
from wharfinger.operations.stock.warehouse.counts import (
    CountRequest,
    accept_lines,
    begin_count,
    book_count,
    cancel_count,
    count_rest_as_zero,
    enter_count,
    request_recount,
)

pytestmark = pytest.mark.django_db


def stocked(*codes, site=None, units=10):
    site = site or a_site()
    items = [an_item(code) for code in codes]
    for item in items:
        a_level(item, site, units)
    return site, items


def a_count(site, scope=CountScope.SITE, **values):
    return begin_count(CountRequest(site.pk, scope, **values), now=NOW)


def entered(count, item, units, token=None, **values):
    token = token or f"{item.code}-{CountEntry.objects.count()}"
    return enter_count(count.pk, item.pk, units, token=token, now=NOW, **values)


def sold(item, site, units):
    move_stock(item.pk, site.pk, Move(-units, MovementReason.SOLD), now=NOW)


def test_sales_during_the_count_stay_and_variances_are_booked_with_its_number():
    site, (mug, cup, jug, _pot) = stocked("MUG", "CUP", "JUG", "POT")
    count = a_count(site)
    sold(mug, site, 1)
    entered(count, mug, 8)
    sold(mug, site, 3)
    entered(count, cup, 10)
    entered(count, jug, 12)
    accept_lines(count.pk, now=NOW)
    booked = book_count(count.pk, now=NOW, user=someone(Role.WAREHOUSE))
    assert (booked.state, booked.booked) == (CountState.BOOKED, 2)
    assert [level_of(item, site)[0] for item in (mug, cup, jug, _pot)] == [5, 10, 12, 10]
    by_count = Movement.objects.filter(note=count.code).values_list("item__code", "quantity", "reason")
    assert set(by_count) == {("MUG", -1, MovementReason.COUNTED), ("JUG", 2, MovementReason.COUNTED)}
    check_the_ledger()


def test_booked_twice_it_is_booked_once():
    site, (mug,) = stocked("MUG")
    count = a_count(site)
    entered(count, mug, 7)
    accept_lines(count.pk, now=NOW)
    for _ in range(2):
        assert book_count(count.pk, now=NOW).booked == 1
    assert level_of(mug, site)[0] == 7
    with pytest.raises(Refused, match="booked already"):
        entered(count, mug, 1)


def test_entries_of_several_people_add_up_and_a_recount_replaces_them():
    site, (mug,) = stocked("MUG")
    count = a_count(site)
    ann, ben = someone(Role.WAREHOUSE), someone(Role.MANAGER)
    entered(count, mug, 4, user=ann)
    assert entered(count, mug, 5, user=ben).counted == 9
    assert entered(count, mug, 9, token="again", user=ben).counted == 18
    assert entered(count, mug, 9, token="again", user=ben).counted == 18
    line = entered(count, mug, 10, user=ann, replaces=True)
    assert (line.counted, line.variance, line.entries) == (10, 0, 4)
    people = CountEntry.objects.order_by("pk").values_list("user", "quantity", "replaces")
    assert list(people) == [(ann.pk, 4, False), (ben.pk, 5, False), (ben.pk, 9, False), (ann.pk, 10, True)]


def test_a_variance_waits_for_a_person_and_a_new_entry_undoes_the_decision():
    site, (mug, cup) = stocked("MUG", "CUP")
    count = a_count(site)
    with pytest.raises(Refused, match="Nothing was counted"):
        book_count(count.pk, now=NOW)
    line = entered(count, mug, 8)
    entered(count, cup, 10)
    with pytest.raises(Refused, match="1 variances are not accepted"):
        book_count(count.pk, now=NOW)
    assert request_recount(count.pk, [line.pk], now=NOW) == 1
    with pytest.raises(Refused, match="1 items are to be recounted"):
        book_count(count.pk, now=NOW)
    assert entered(count, mug, 9).counted == 9
    assert accept_lines(count.pk, [line.pk], now=NOW) == 1
    entered(count, mug, 2)
    with pytest.raises(Refused, match="not accepted"):
        book_count(count.pk, now=NOW)
    assert level_of(mug, site)[0] == 10


def test_units_that_move_between_two_entries_need_a_decision():
    site, (mug,) = stocked("MUG")
    count = a_count(site)
    entered(count, mug, 6)
    sold(mug, site, 1)
    line = entered(count, mug, 4)
    assert (line.counted, line.expected, line.moved) == (10, 10, True)
    with pytest.raises(Refused, match="not accepted"):
        book_count(count.pk, now=NOW)


def test_a_range_of_bins_holds_its_bounds_and_what_begins_with_the_last():
    site = a_site()
    for code, place in (("ONE", "A-1"), ("TWO", "B-1"), ("THREE", "B-2"), ("FOUR", "C-1"), ("FIVE", "")):
        a_level(an_item(code), site, 3, bin=place)
    count = a_count(site, CountScope.BINS, bin_from="A-2", bin_to="B")
    assert list(count.lines.order_by("bin").values_list("item__code", "bin")) == [("TWO", "B-1"), ("THREE", "B-2")]
    everywhere = a_count(site, CountScope.BINS)
    assert everywhere.lines.count() == 4


def test_the_rest_counts_as_nothing_once_somebody_says_so():
    site, (mug, cup) = stocked("MUG", "CUP")
    count = a_count(site)
    entered(count, mug, 10)
    assert count_rest_as_zero(count.pk, token="rest", now=NOW) == 1
    assert count_rest_as_zero(count.pk, token="rest", now=NOW) == 0
    with pytest.raises(Refused, match="not accepted"):
        book_count(count.pk, now=NOW)
    accept_lines(count.pk, now=NOW)
    book_count(count.pk, now=NOW)
    assert (level_of(mug, site)[0], level_of(cup, site)[0]) == (10, 0)


def test_what_is_found_and_was_not_on_the_list_is_counted_and_becomes_known():
    site, (mug, cup) = stocked("MUG", "CUP")
    count = a_count(site, CountScope.ITEMS, item_ids=(mug.pk,))
    found = an_item("FOUND")
    entered(count, found, 0)
    book_count(count.pk, now=NOW)
    assert StockLevel.objects.get(item=found).counted_at == NOW
    assert list(CountLine.objects.order_by("pk").values_list("item__code", "counted")) == [("MUG", None), ("FOUND", 0)]
    assert level_of(cup, site)[0] == 10


def test_what_cannot_be_counted_is_refused():
    site, (mug,) = stocked("MUG")
    kit = an_item("KIT")
    KitComponent.objects.create(kit=kit, component=mug, quantity=2)
    count = a_count(site)
    for field, request in (
        ("code", lambda: entered(count, kit, 1)),
        ("quantity", lambda: entered(count, mug, -1)),
        ("items", lambda: a_count(site, CountScope.ITEMS)),
        ("items", lambda: a_count(site, CountScope.ITEMS, item_ids=(kit.pk,))),
        ("bin_from", lambda: a_count(site, CountScope.BINS, bin_from="A")),
        ("bin_to", lambda: a_count(site, CountScope.BINS, bin_from="B", bin_to="A")),
        ("site", lambda: a_count(an_fba_site())),
        ("site", lambda: a_count(a_site("On the way", SiteKind.IN_TRANSIT))),
    ):
        with pytest.raises(Refused) as refused:
            request()
        assert refused.value.field == field
    assert StockCount.objects.count() == 1


def test_a_cancelled_count_books_nothing():
    site, (mug,) = stocked("MUG")
    count = a_count(site)
    entered(count, mug, 3)
    cancel_count(count.pk, now=NOW)
    for act in (lambda: book_count(count.pk, now=NOW), lambda: cancel_count(count.pk, now=NOW)):
        with pytest.raises(Refused, match="was cancelled"):
            act()
    assert level_of(mug, site)[0] == 10


def test_booking_takes_as_many_statements_for_many_items_as_for_few():
    def statements(codes):
        site, items = stocked(*codes, site=a_site(codes[0]))
        count = a_count(site)
        for item in items:
            entered(count, item, 8)
        accept_lines(count.pk, now=NOW)
        with CaptureQueriesContext(connection) as found:
            book_count(count.pk, now=NOW)
        return len(found)

    assert statements([f"A{number}" for number in range(2)]) == statements([f"B{number}" for number in range(40)])


def test_units_received_during_the_count_stay():
    site, (mug,) = stocked("MUG")
    count = a_count(site)
    entered(count, mug, 9)
    receive_stock(mug.pk, site.pk, 5, now=NOW)
    accept_lines(count.pk, now=NOW)
    book_count(count.pk, now=NOW)
    assert level_of(mug, site)[0] == 14
