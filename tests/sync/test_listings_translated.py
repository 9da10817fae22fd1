from tests.factories.ground import UK

from wharfinger.amazon.messages.listings import FulfillmentAvailability, ListingsItem
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.sync.translate.listings import found_listing


def found(*codes):
    offers = tuple(FulfillmentAvailability(fulfillment_channel_code=code, quantity=4) for code in codes)
    one = found_listing(ListingsItem(sku="MUG", fulfillment_availability=offers), UK)
    return one.fulfilment, one.both_ways, one.location_codes


def test_who_sends_a_sku_is_read_from_its_fulfilment_channels():
    assert found() == (None, False, ())
    assert found("DEFAULT") == (Fulfilment.FBM, False, ())
    assert found("AMAZON_EU") == (Fulfilment.FBA, False, ())
    assert found("AMAZON_EU", "DEFAULT") == (Fulfilment.FBA, True, ())


def test_a_sku_in_the_sellers_locations_is_the_sellers_and_names_them():
    assert found("SUPPLY-2", "SUPPLY-1") == (Fulfilment.FBM, False, ("SUPPLY-1", "SUPPLY-2"))
    assert found("DEFAULT", "SUPPLY-1") == (Fulfilment.FBM, False, ("SUPPLY-1",))
    assert found("AMAZON_NA", "SUPPLY-1") == (Fulfilment.FBA, True, ("SUPPLY-1",))
