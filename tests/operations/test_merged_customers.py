"""Two records of one customer become one: orders move, the merged one points to the other, new orders find it."""

import pytest
from tests.factories.amazon_orders import line, order
from tests.factories.people import someone
from tests.sync.orders_world import World

from wharfinger.db.models import Activity, AuditEntry, Customer, SalesOrder
from wharfinger.domain.installation.people import Role
from wharfinger.operations.orders.actions import customers
from wharfinger.operations.refusals import Refused

pytestmark = pytest.mark.django_db


class Buyers:
    """Several buyers, each known by an order of theirs."""

    def __init__(self, *streets):
        self.world = World()
        self.world.item("MUG", 50)
        self.boss = someone(Role.MANAGER)
        self.known = [self.buys(street).customer for street in streets]

    def buys(self, street):
        message = order(line("MUG"))
        address = {**message["recipient"]["deliveryAddress"], "addressLine1": street}
        self.world.hear({**message, "recipient": {"deliveryAddress": address}})
        return self.world.sale(message)

    def merge(self, gone, kept):
        return customers.merge_customers(gone.pk, into_id=kept.pk, now=self.world.now(), user=self.boss)


def test_orders_move_and_the_merged_record_points_to_the_other():
    buyers = Buyers("1 Quay", "2 Quay")
    one, two = buyers.known
    buyers.merge(one, two)
    one.refresh_from_db()
    assert (one.merged_into, one.merged_at) == (two, buyers.world.now())
    assert set(SalesOrder.objects.values_list("customer", flat=True)) == {two.pk}
    assert f"Its customer {one.code} was merged into {two.code}." in Activity.objects.values_list("text", flat=True)
    entry = AuditEntry.objects.get(verb="merge")
    assert (entry.noun_id, entry.after) == (str(one.pk), {"into": two.code, "orders": 1})


def test_the_next_order_of_the_merged_buyer_goes_to_the_record_that_stays():
    buyers = Buyers("1 Quay", "2 Quay", "3 Quay")
    one, two, three = buyers.known
    buyers.merge(one, two)
    buyers.merge(two, three)
    assert buyers.buys("1 Quay").customer == three
    assert buyers.buys("2 Quay").customer == three
    assert Customer.objects.count() == 3


def test_what_is_no_merge_is_refused():
    buyers = Buyers("1 Quay", "2 Quay", "3 Quay")
    one, two, three = buyers.known
    generic = Customer.objects.create(code="Amazo-1126", generic=True, made_at=buyers.world.now())
    for gone, kept, said in (
        (one, one, "cannot be merged into itself"),
        (one, generic, "is the record of all buyers of a channel and a month"),
        (generic, one, "is the record of all buyers of a channel and a month"),
    ):
        with pytest.raises(Refused, match=said):
            buyers.merge(gone, kept)
    buyers.merge(one, two)
    with pytest.raises(Refused, match="was merged in the meantime"):
        buyers.merge(one, three)
    with pytest.raises(Refused, match="was itself merged"):
        buyers.merge(three, one)
    assert SalesOrder.objects.filter(customer=three).count() == 1
