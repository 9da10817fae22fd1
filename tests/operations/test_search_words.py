"""Orders are found by their buyers' words: written where orders are, replaced when they change, gone with the buyer."""

from dataclasses import replace

import pytest
from django.db import connection, transaction
from tests.factories import moments
from tests.factories.cast import Retailer, Trading
from tests.factories.incoming import ADDRESS, later
from tests.factories.incoming import an_order as incoming
from tests.factories.orders import an_imported_order, an_order
from tests.factories.outcomes import the_order

from wharfinger.db.models import Installation, SalesOrder, SearchWord
from wharfinger.db.queries.orders.word_search import orders_by_buyer
from wharfinger.domain.orders.order import IncomingBuyer
from wharfinger.operations.orders import search_words
from wharfinger.operations.orders._search_steps import write_words

pytestmark = pytest.mark.django_db
ANNA = {"name": "Anna-Lena Müller", "company": "Tee & Tücher GmbH", "postcode": "BS1 4DJ", "country": "GB"}


def _order(number=1, delivery=ANNA, buyer=None):
    world = Trading() if number == 1 else None
    if world is not None:
        moments.sales_order(world, 1, moments.stocked_item(world, "MUG"))
    order = SalesOrder.objects.get(code="SO1")
    order.delivery, order.buyer = delivery, buyer or {"email": "x7@marketplace.amazon.co.uk"}
    order.surname_hash = order.postcode_hash = ""
    order.save()
    return order


@transaction.atomic
def _written(order, **changed):
    write_words([order], **changed)


def test_an_order_is_found_by_any_whole_words_of_its_buyer_and_by_no_part():
    order = _order()
    _written(order)
    found = ("muller", "Müller", "ANNA lena", "müller anna", "tücher", "Tee GmbH", "bs14dj", "BS1 4DJ", "bs1")
    found += ("X7@marketplace.amazon.co.uk",)
    assert [text for text in found if orders_by_buyer(text) != {order.pk}] == []
    not_found = ("mull", "anna hopper", "4dj", "bs", "x7", "gmbh", "", "@", "marketplace.amazon.co.uk")
    assert [text for text in not_found if orders_by_buyer(text)] == []
    assert SearchWord.objects.filter(order=order).count() == 8


def test_words_are_those_of_now_and_gone_with_the_buyer():
    order = _order()
    _written(order)
    order.delivery = {**ANNA, "name": "Ben Smith"}
    _written(order, changed=[order])
    assert (orders_by_buyer("muller"), orders_by_buyer("ben smith")) == (set(), {order.pk})
    order.delivery = order.buyer = None
    _written(order, changed=[order])
    assert not SearchWord.objects.exists()


def test_orders_of_an_earlier_version_get_their_words_once_each():
    order = _order()
    assert search_words.fill_words() == 0
    Installation.objects.update(words_wanted_to=order.pk)
    assert (search_words.fill_words(), search_words.fill_words()) == (1, 0)
    assert orders_by_buyer("muller") == {order.pk}


def test_an_order_that_no_key_opens_holds_no_other_up():
    order = _order()
    imported = an_imported_order(order.channel, number=77)
    other = an_order(order.channel, order.site, (), imported=imported, delivery=ANNA)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wharfinger_salesorder SET delivery = 'lost:AAAA' WHERE id = %s", [order.pk])
    Installation.objects.update(words_wanted_to=other.pk)
    assert search_words.fill_words() == 2
    assert orders_by_buyer("muller") == {other.pk}


def test_an_order_that_is_taken_is_found_by_its_buyer_and_by_the_new_one_after_a_change():
    shop = Retailer()
    shop.item("MUG", 5)
    shop.take(incoming(address=replace(ADDRESS, name="José Müller"), buyer=IncomingBuyer()))
    order = the_order()
    assert (orders_by_buyer("jose muller"), orders_by_buyer(ADDRESS.postcode)) == ({order.pk}, {order.pk})
    shop.take(later(incoming(address=replace(ADDRESS, name="Ben Smith", line_1="9 Pier Road"), buyer=IncomingBuyer())))
    assert (orders_by_buyer("muller"), orders_by_buyer("smith")) == (set(), {order.pk})
