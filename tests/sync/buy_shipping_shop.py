"""A shop that buys its labels from the whole pretend Amazon, whose own books judge what was bought."""

from datetime import timedelta

from django.db import connection as database
from tests.couriers.pretend import Cut
from tests.factories.buy_shipping import a_buy_shipping, a_sender, an_amazon_service, an_offer_line
from tests.factories.people import someone
from tests.factories.stock import a_listing, an_item
from tests.sync.whole_amazon import EU, UK, Whole

from wharfinger.db.models import Channel, CourierLabel, Problem, SalesOrder
from wharfinger.operations.shipping import labels, shipments
from wharfinger.operations.shipping.labels import LabelEntry
from wharfinger.operations.stock import ledger
from wharfinger.sync import labels_out
from wharfinger.sync.buy_shipping import BuyShipping


class BuyingShop(Whole):
    def __init__(self, **line):
        super().__init__()
        self.authorise(EU)
        self.site.country = "GB"
        self.site.save()
        Channel.objects.update(stock_upload_approved_at=self.clock.now(), dont_upload_stock_levels=True)
        books = self.state_report()["listings"]
        self.sku = next(
            row["sku"]
            for row in books
            if row["channelCode"] == "DEFAULT" and row["listed"] and (row["quantity"] or 0) > 40
        )
        self.item = an_item(self.sku, self.sku)
        self.item.weight_grams = 300
        self.item.save()
        a_listing(self.account, self.sku, self.item)
        ledger.receive_stock(self.item.pk, self.site.pk, 100, now=self.clock.now())
        self.connection = a_buy_shipping(self.account)
        self.line = an_offer_line(self.connection, **line)
        self.service = an_amazon_service(self.line)
        self.sender = a_sender(self.site)
        self.packer = someone()

    def sale(self, quantity=1, **values):
        """An order that a buyer placed, imported."""
        purchase = {"sellerId": EU, "marketplaceId": UK, "items": [{"sku": self.sku, "quantity": quantity}], **values}
        number = self.amazon.control("orders", purchase)["orderId"]
        for _ in range(8):
            self.amazon.advance(600)
            self.run("orders_in", "take_orders")
            found = SalesOrder.objects.filter(imported__amazon_order_id=number).first()
            if found is not None and found.state == "ready_to_ship":
                return found
        raise AssertionError(
            f"{number}: {found and (found.state, found.on_hold_at, list(found.lines.values()))}, {problems()}"
        )

    def request(self, order, units=None, **values):
        line = order.lines.get()
        fields = {"service_id": self.service.pk, "units": {line.pk: units or line.quantity_open}, "number": 1, **values}
        return labels.request_label(order.pk, LabelEntry(**fields), now=self.clock.now(), user=self.packer)

    def connect(self, connection_id):
        assert connection_id == self.connection.pk
        return BuyShipping(self.calls_for(self.connection.account_id), self.clock.now)

    def run_labels(self):
        return labels_out.run(self.connect, self.clock)

    def settle(self, rounds=12, seconds=120):
        """Until nothing moves any more."""
        for _ in range(rounds):
            self.run_labels()
            if labels.next_label_due() is None:
                return
            self.amazon.advance(seconds)

    def dispatch(self, label, **values):
        fields = {"service_id": label.service_id, "tracking_number": label.tracking_number, "now": self.clock.now()}
        return shipments.dispatch(label.order_id, **{**fields, **values})

    def fault(self, kind, operation, **values):
        return self.amazon.control("faults", {"kind": kind, "operation": operation, "times": 1, **values})

    def bought(self, status="Purchased"):
        """Labels in Amazon's own books."""
        return [row for row in self.amazon.control("labels")["labels"] if row["status"] == status]

    def at_amazon(self, order):
        return self.amazon.simulator.world.orders[order.imported.amazon_order_id]

    def pass_time(self, **by):
        self.amazon.advance(timedelta(**by).total_seconds())


def label():
    return CourierLabel.objects.latest("pk")


def problems():
    return [kind.name for kind in Problem.objects.filter(solved_at=None).order_by("pk").values_list("kind", flat=True)]


def killed_before_commit(place, run):
    """Whether the run ended before its commit of that place; within a test's own transaction a commit is a RELEASE."""
    left = place

    def kill(execute, sql, *args):
        nonlocal left
        left -= sql.startswith("RELEASE")
        if left == 0:
            raise Cut
        return execute(sql, *args)

    try:
        with database.execute_wrapper(kill):
            run()
    except Cut:
        return False
    return True
