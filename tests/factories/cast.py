"""The standing cast: Harbour & Home, the retailer of the demo system, before its first order and in full trade."""

from functools import cached_property

from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW, UK
from tests.factories.people import olga_the_owner
from tests.factories.shipping import a_service
from tests.factories.stock import a_listing, a_product, a_site, an_fba_site, an_item, level_of

from wharfinger.db.models import CourierMapping, CourierService, Installation, RawMessage, Site
from wharfinger.operations.orders import inbox, take_orders
from wharfinger.operations.orders.inbox import RawOrder
from wharfinger.operations.stock import ledger


class Retailer:
    """One seller account, a warehouse, an FBA site, and an FBM and an FBA channel for Amazon.co.uk."""

    trades = False

    def __init__(self, **account):
        Installation.objects.get_or_create(pk=1, defaults={"system": "demo", "made_at": NOW})
        self.account = an_account(**account)
        self.warehouse = a_site(loaded=self.trades)
        self.pool = an_fba_site(self.account, loaded=self.trades)
        self.fbm = self.channel("FBM", self.warehouse)
        self.fba = self.channel("FBA", self.pool)

    def now(self):
        return NOW

    def channel(self, kind, site, marketplace=UK, **values):
        fields = {"approved": self.trades and kind == "FBM", **values}
        return a_channel(self.account, site, marketplace, kind, **fields)

    def item(self, code, units=0, *, sku=None, listed=True, **listing):
        item = an_item(code, code)
        if listed:
            self.listing(sku or code, item, **listing)
        if units:
            ledger.receive_stock(item.pk, self.warehouse.pk, units, now=self.now())
        return item

    def listing(self, sku, item=None, *, marketplace=UK, **listing):
        """Its product there; the listing stands already where it sells elsewhere."""
        known = self.account.listings.filter(sku=sku).first()
        if known:
            return a_product(known, item, marketplace)
        return a_listing(self.account, sku, item, (marketplace,), **listing).products.get()

    def level(self, item, site=None):
        """On hand, allocated."""
        return level_of(item, site or self.warehouse)

    @cached_property
    def olga(self):
        return olga_the_owner()

    def take(self, order, now=NOW):
        """An `IncomingOrder` (tests/factories/incoming.py) arrives and is taken."""
        inbox.keep_order(self.account.pk, RawOrder(order.amazon_order_id, repr(order).encode()), now=now)
        return take_orders.take_order(RawMessage.objects.latest("pk").pk, order, now=now)


class Trading(Retailer):
    """Its levels are known, its parcels leave by a service that Amazon knows, its stock upload is approved."""

    trades = True

    def __init__(self, **account):
        super().__init__(**account)
        Site.objects.filter(pk=self.pool.pk).update(levels_read_at=NOW)
        self.courier = a_service(
            courier="Demo", name="Next Day", number_prefix="", amazon_carrier_code="Royal Mail", amazon_carrier_name=""
        )
        self.typed = CourierService.objects.create(
            courier="Royal Mail", name="Tracked 48", tracking="by_hand", amazon_carrier_code="Royal Mail"
        )
        self.fbm.options.update(courier_service=self.courier)
        CourierMapping.objects.create(channel=self.fbm, service=self.courier, carrier_code="Royal Mail")
