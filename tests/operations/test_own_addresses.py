"""Delivery addresses that a person corrects: Amazon's is kept beside, can be restored, and its changes are seen."""

from dataclasses import replace

import pytest
from tests.factories.amazon_orders import later, line, order
from tests.factories.people import someone
from tests.sync.orders_world import World

from wharfinger.db.models import Activity, Problem, SearchWord
from wharfinger.domain.installation.people import Role
from wharfinger.domain.orders.addresses import read_address
from wharfinger.operations.orders._address_steps import address_hash, shipping_address
from wharfinger.operations.orders.actions import addresses
from wharfinger.operations.refusals import Refused

pytestmark = pytest.mark.django_db


class Edited:
    """An order whose address somebody corrects."""

    def __init__(self, without=()):
        self.world = World()
        self.world.item("MUG", 10)
        self.message = order(line("MUG"))
        kept = self.message["recipient"]["deliveryAddress"].items()
        address = {part: text for part, text in kept if part not in without}
        self.message["recipient"] = {"deliveryAddress": address}
        self.world.hear(self.message)
        self.boss = someone(Role.MANAGER)

    @property
    def sale(self):
        return self.world.sale(self.message)

    def edit(self, seen=None, **parts):
        held = shipping_address(self.sale)
        ours = replace(held, **parts)
        known = address_hash(held) if seen is None else seen
        return addresses.edit_address(self.sale.pk, address=ours, seen=known, now=self.world.now(), user=self.boss)

    def amazon_changes(self, **parts):
        address = {**self.message["recipient"]["deliveryAddress"], **parts}
        self.world.hear(later(self.message, recipient={"deliveryAddress": address}))

    def problems(self):
        return list(Problem.objects.filter(solved_at=None).values_list("kind", flat=True))


def test_the_order_goes_to_ours_and_amazons_is_kept():
    shop = Edited()
    amazons = read_address(shop.sale.delivery)
    shop.edit(line_1="12 Corrected Lane", postcode="BS1 4ST")
    assert read_address(shop.sale.delivery) == amazons
    ours = shipping_address(shop.sale)
    assert (ours.line_1, ours.postcode) == ("12 Corrected Lane", "BS1 4ST")
    last = Activity.objects.filter(sales_order=shop.sale).latest("pk")
    assert (last.text, "12 Corrected Lane" in last.personal["after"]) == ("The delivery address was edited.", True)


def test_the_words_that_find_an_order_are_those_of_where_it_goes():
    shop = Edited()
    before = set(SearchWord.objects.values_list("hash", flat=True))
    shop.edit(name="Zebedee Quux")
    assert set(SearchWord.objects.values_list("hash", flat=True)) - before


def test_amazons_change_of_an_edited_address_is_a_problem_and_ours_is_still_used():
    shop = Edited()
    shop.edit(line_2="Flat 2")
    shop.amazon_changes(addressLine1="9 Other Street")
    assert "address_changed" in shop.problems()
    assert shipping_address(shop.sale).line_2 == "Flat 2"
    addresses.restore_address(shop.sale.pk, now=shop.world.now(), user=shop.boss)
    assert shipping_address(shop.sale).line_1 == "9 Other Street"
    assert "address_changed" not in shop.problems()
    with pytest.raises(Refused, match="already goes to the address that Amazon sent"):
        addresses.restore_address(shop.sale.pk, now=shop.world.now(), user=shop.boss)


def test_a_corrected_address_ends_the_hold_and_amazons_next_message_does_not_bring_it_back():
    shop = Edited(without=("city",))
    assert (shop.sale.state, shop.problems()) == ("held", ["address_incomplete"])
    shop.edit(town="Bristol")
    assert (shop.sale.state, shop.problems()) == ("ready_to_ship", [])
    shop.world.hear(later(shop.message))
    assert (shop.sale.state, shop.problems()) == ("ready_to_ship", [])
    addresses.restore_address(shop.sale.pk, now=shop.world.now(), user=shop.boss)
    assert (shop.sale.state, shop.problems()) == ("held", ["address_incomplete"])


def test_the_second_of_two_who_edit_is_refused():
    shop = Edited()
    seen = address_hash(shipping_address(shop.sale))
    shop.edit(line_2="Flat 2")
    with pytest.raises(Refused, match="was changed in the meantime"):
        shop.edit(seen=seen, line_2="Flat 3")
    assert shipping_address(shop.sale).line_2 == "Flat 2"


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"town": ""}, "town"),
        ({"line_1": "", "line_2": "", "line_3": ""}, "line_1"),
        ({"postcode": "BS1 XXX"}, "postcode"),
        ({"name": "", "company": ""}, "name"),
        ({"line_3": "x y " * 60}, "line_3"),
    ],
)
def test_what_no_courier_can_deliver_to_is_refused_beside_its_field(parts, field):
    shop = Edited()
    with pytest.raises(Refused) as refused:
        shop.edit(**parts)
    assert (refused.value.field, shop.sale.own_delivery) == (field, None)


def test_nothing_changed_and_an_order_that_is_closed_are_refused():
    shop = Edited()
    with pytest.raises(Refused, match="Nothing was changed"):
        shop.edit()
    shop.world.hear(later(shop.message, status="CANCELLED"))
    with pytest.raises(Refused, match="is cancelled. There is nothing left to deliver"):
        shop.edit(line_2="Flat 2")
