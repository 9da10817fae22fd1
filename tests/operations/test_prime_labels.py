"""Labels of Prime orders: how a marketplace is set decides what is offered, said and refused."""

import pytest
from tests.factories.buy_shipping import a_buy_shipping, a_sender, an_amazon_service, an_offer_line
from tests.factories.couriers import a_label_service
from tests.factories.ground import NOW
from tests.factories.orders import an_allocated_order
from tests.factories.people import someone
from tests.factories.shipping import a_service

from wharfinger.db.models import CourierLabel, Marketplace, SalesOrder
from wharfinger.db.queries.courier_choice import chosen_service, read_rules
from wharfinger.db.queries.shipping.dispatch_services import chosen_services
from wharfinger.domain.orders.order import OrderType
from wharfinger.domain.shipping.labels import LabelState
from wharfinger.domain.shipping.number_lists import NumberRow
from wharfinger.domain.shipping.prime import PrimeLabels
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import label_batches, labels, number_lists, shipments
from wharfinger.operations.shipping.labels import LabelEntry

pytestmark = pytest.mark.django_db
HOME = {"name": "Paula Parker", "line_1": "1 Quay Street", "town": "Bristol", "postcode": "BS1 4RW", "country": "GB"}
NUMBER = "H0012345678901234"


class Shop:
    """A Prime order, Royal Mail by Click & Drop, and a service that buys from Amazon."""

    def __init__(self, world, setting):
        self.channel, self.site = world.fbm, world.warehouse
        self.site.country = "GB"
        self.site.save()
        Marketplace.objects.filter(pk=self.channel.marketplace_id).update(prime_labels=setting)
        self.channel.refresh_from_db()
        self.mug = world.item("MUG", 50)
        self.mug.weight_grams = 300
        self.mug.save()
        a_sender(self.site)
        self.amazon = an_amazon_service(an_offer_line(a_buy_shipping(world.account)))
        self.royal_mail = a_label_service()
        self.plain = a_service(courier="Demo", name="24")
        self.packer = someone(username="prime-packer")
        self.order = self.new_order()

    def new_order(self, **values):
        fields = {"delivery": HOME, "programs": ["PRIME"], "order_type": OrderType.PRIME.value, **values}
        return an_allocated_order(self.channel, self.site, [(self.mug, 1)], **fields)

    def request(self, service):
        entry = LabelEntry(service.pk, {self.order.lines.get().pk: 1}, 1)
        return labels.request_label(self.order.pk, entry, now=NOW, user=self.packer)

    def dispatch(self, service, number="", **values):
        return shipments.dispatch(self.order.pk, service_id=service.pk, tracking_number=number, now=NOW, **values)


@pytest.mark.parametrize("setting", [PrimeLabels.PREFER, PrimeLabels.WARN])
def test_nothing_holds_up_another_label_unless_the_marketplace_requires_amazons(world, setting):
    shop = Shop(world, setting)
    assert shop.request(shop.royal_mail).state is LabelState.WAITING
    CourierLabel.objects.all().delete()
    assert shop.dispatch(shop.plain).tracking_number


def test_a_marketplace_that_requires_amazons_labels_takes_no_other(world):
    shop = Shop(world, PrimeLabels.REQUIRE)
    with pytest.raises(Refused, match="requires labels bought from Amazon"):
        shop.request(shop.royal_mail)
    with pytest.raises(Refused, match="requires labels bought from Amazon"):
        shop.dispatch(shop.plain)
    with pytest.raises(Refused, match="one bought in Seller Central.*tick “The number is right”"):
        shop.dispatch(shop.plain, NUMBER)
    assert shop.dispatch(shop.plain, NUMBER, number_confirmed=True).tracking_number == NUMBER


def test_a_label_bought_before_the_setting_changed_is_refused_too(world):
    shop = Shop(world, PrimeLabels.WARN)
    row = shop.request(shop.royal_mail)
    CourierLabel.objects.filter(pk=row.pk).update(state=LabelState.READY, tracking_number=NUMBER)
    Marketplace.objects.update(prime_labels=PrimeLabels.REQUIRE)
    with pytest.raises(Refused, match="requires labels bought from Amazon"):
        shop.dispatch(shop.royal_mail, NUMBER, number_confirmed=True)


def test_amazons_label_leaves_whatever_is_set(world):
    for setting in PrimeLabels:
        shop = Shop(world, setting) if setting is PrimeLabels.PREFER else shop  # noqa: F821 -- made in the first round
        Marketplace.objects.update(prime_labels=setting)
        shop.order = shop.new_order()
        row = shop.request(shop.amazon)
        number = f"{NUMBER}{len(setting)}"
        CourierLabel.objects.filter(pk=row.pk).update(state=LabelState.READY, tracking_number=number)
        assert shop.dispatch(shop.amazon, number).amazons_label


def test_an_order_that_is_not_prime_is_not_concerned(world):
    shop = Shop(world, PrimeLabels.REQUIRE)
    shop.order = shop.new_order(programs=[], order_type=OrderType.STANDARD.value)
    assert shop.dispatch(shop.plain).tracking_number


def test_a_marketplace_for_which_amazon_sells_no_labels_requires_none(world):
    shop = Shop(world, PrimeLabels.REQUIRE)
    Marketplace.objects.update(country="DE")
    assert shop.dispatch(shop.plain).tracking_number


@pytest.mark.parametrize("setting", PrimeLabels)
def test_both_ways_choose_the_same_service_for_prime_orders_and_others(world, setting):
    shop = Shop(world, setting)
    plain = shop.new_order(programs=[], order_type=OrderType.STANDARD.value)
    ids = [shop.order.pk, plain.pk]
    one_by_one = {pk: service for pk, (service, _) in chosen_services(ids).items()}
    by_sql = dict(SalesOrder.objects.filter(pk__in=ids).annotate(own=chosen_service()).values_list("pk", "own"))
    rules = read_rules()
    by_rules = {
        order.pk: rules.service_of(order.channel_id, None, order.order_type, "", "GB") for order in (shop.order, plain)
    }
    assert one_by_one == by_sql == by_rules
    own = one_by_one[plain.pk]
    assert own not in (None, shop.amazon.pk)
    assert one_by_one[shop.order.pk] == (own if setting is PrimeLabels.WARN else shop.amazon.pk)


def test_lists_and_batches_say_which_prime_orders_have_no_label_of_amazons(world):
    shop = Shop(world, PrimeLabels.WARN)
    rows = [NumberRow(1, shop.order.code, "", str(shop.plain))]
    (row,) = number_lists.check_list(rows)
    assert (row.ready, row.prime_without_amazon) == (True, True)
    Marketplace.objects.update(prime_labels=PrimeLabels.REQUIRE)
    (row,) = number_lists.check_list(rows)
    assert (row.ready, row.refused.field) == (False, "service_id")
    (row,) = number_lists.check_list([NumberRow(1, shop.order.code, NUMBER, str(shop.plain))])
    assert "Seller Central" in row.doubt
    (checked,) = label_batches.check_labels([shop.order.pk], now=NOW, user=shop.packer)
    assert (checked.service, checked.refused, checked.prime_without_amazon) == (str(shop.amazon), None, False)
