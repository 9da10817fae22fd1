"""What the shop looks like at a moment of trade, written as rows: for pages, lists and queries."""

from datetime import timedelta
from decimal import Decimal

from tests.factories.cast import Trading
from tests.factories.ground import NOW
from tests.factories.orders import an_imported_order, an_order
from tests.factories.shipping import a_confirmation
from tests.factories.stock import a_level, a_listing, a_product, an_item

from wharfinger.db.encryption import keyed_hash
from wharfinger.db.models import (
    Activity,
    Allocation,
    Customer,
    Invoice,
    Listing,
    Problem,
    RawMessage,
    SalesOrderLine,
    ShipmentLine,
    StockNotice,
)
from wharfinger.domain.installation.subjects import AboutSku

WHY = {"quantity": 7, "steps": [["On hand", 9], ["Allocated", -2], ["Buffer kept back", 0], ["Told Amazon", 7]]}


def stocked_item(world: Trading, code, *, on_hand=10, allocated=0, listed=True):
    """An item in the warehouse and in the FBA pool, with its ledger, sold by one FBM listing."""
    item = an_item(code, f"Enamel mug {code}")
    a_level(item, world.warehouse, on_hand, allocated=allocated)
    a_level(item, world.pool, 4, fba_reserved=1, fba_inbound=2)
    if listed:
        linked_product(world, code, item)
    return item


def linked_product(world: Trading, sku, item, fulfilment="FBM"):
    """Sent and read back, with a notice that waits."""
    listing = a_listing(world.account, sku, None, (), fulfilment, "DRINKING_CUP")
    at_amazon = {"sent_quantity": 7, "sent_at": NOW, "sent_why": WHY, "read_back_quantity": 7, "seen_at": NOW}
    Listing.objects.filter(pk=listing.pk).update(found_at=NOW, **at_amazon)
    StockNotice.objects.create(
        listing=listing, account=world.account, cause="an order came", raised_at=NOW, again_at=NOW
    )
    linked = {"linked_by": "itself", "linked_at": NOW} if item else {}
    return a_product(listing, item, asin="B0MUG00001", title=f"Enamel mug {sku}", **linked)


def imported_order(world: Trading, number, **changes):
    """The n-th, n hours old, with its message."""
    order_id = f"026-{number:07d}-0000001"
    raw = RawMessage.objects.create(
        account=world.account,
        kind="order",
        key=order_id,
        body=b"{}",
        body_hash=f"{number:064d}",
        source="search",
        state="taken",
        received_at=NOW,
    )
    defaults = {
        "order_ref": f"AMZ-{order_id}",
        "summary": "2 × Enamel mug",
        "placed_at": NOW - timedelta(hours=number),
        "currency": "GBP",
        "total": Decimal("25.98"),
        "raw_message": raw,
    }
    return an_imported_order(world.fbm, number, **{**defaults, **changes})


def sales_order(world: Trading, number, item, **changes):
    """An order over two units; with an item they are allocated, without one the line is held."""
    imported = imported_order(world, number)
    surname = keyed_hash("surname", "Hopper")
    customer = Customer.objects.create(code=f"C{number}", name="Grace Hopper", surname_hash=surname, made_at=NOW)
    fields = {
        "code": f"SO{number}",
        "customer": customer,
        "order_ref": imported.order_ref,
        "state": "ready_to_ship" if item else "held",
        "total": Decimal("25.98"),
        "delivery": {
            "name": "Grace Hopper",
            "line_1": "1 Quay Street",
            "town": "Bristol",
            "postcode": "BS1 4DJ",
            "country": "GB",
        },
        "buyer": {"name": "Grace Hopper", "email": "grace@marketplace.amazon.co.uk"},
        "surname_hash": surname,
        "postcode_hash": keyed_hash("postcode", "BS1 4DJ"),
        "ship_by": NOW + timedelta(hours=5),
    }
    columns = {
        "order_item_id": f"{number}0001",
        "sku": "MUG-BLUE" if item is None else item.code,
        "asin": "B0MUG00001",
        "title": "Enamel mug, blue",
        "held_reason": "" if item else "Unknown SKU MUG-BLUE.",
        "amount_item": Decimal("25.98"),
        "amount_total": Decimal("25.98"),
    }
    place = {"channel": world.fbm, "site": world.warehouse}
    order = an_order(lines=[(item, 2, columns)], imported=imported, **{**place, **fields, **changes})
    if item is not None:
        Allocation.objects.create(line=order.lines.get(), item=item, site=order.site, quantity=2, made_at=NOW)
    Activity.objects.create(text=f"Order {order.code} was made.", happened_at=NOW, sales_order=order)
    return order


def shipped_order(world: Trading, number, item, state="accepted"):
    order = sales_order(world, number, item, state="shipped", shipped_at=NOW)
    line = order.lines.get()
    SalesOrderLine.objects.filter(pk=line.pk).update(quantity_shipped=2)
    Allocation.objects.filter(line=line).delete()
    fields = {
        "attempts": 1,
        "attempted_at": NOW,
        "accepted_at": NOW,
        "confirmed_at": NOW if state == "confirmed" else None,
    }
    parcel = a_confirmation(order, world.courier, state, f"DM{number:09d}GB", **fields).shipment
    ShipmentLine.objects.create(shipment=parcel, line=line, quantity=2)
    Invoice.objects.create(code=f"I{number}", order=order, currency="GBP", total=Decimal("25.98"), issued_at=NOW)
    return order


def unknown_sku(world: Trading, order, sku="MUG-BLUE"):
    return Problem.objects.create(
        kind="unknown_sku",
        key=AboutSku(world.account.pk, sku),
        cause=f"No stock item is linked to the Amazon SKU {sku}.",
        remedy="Link it to a stock item.",
        account=world.account,
        channel=world.fbm,
        sales_order=order,
        imported_order=order.imported,
        opened_at=NOW,
        seen_at=NOW,
    )
