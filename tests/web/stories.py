"""Small worlds for the tests of queries and pages, written as rows: what a shop looks like at a moment."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from wharfinger.db.encryption import keyed_hash
from wharfinger.db.models import (
    Activity,
    Allocation,
    Channel,
    ChannelOption,
    ChannelProduct,
    Confirmation,
    CourierMapping,
    CourierService,
    Customer,
    ImportedOrder,
    Invoice,
    Listing,
    Movement,
    Problem,
    RawMessage,
    SalesOrder,
    SalesOrderLine,
    SellerAccount,
    Shipment,
    ShipmentLine,
    Site,
    StockItem,
    StockLevel,
    StockNotice,
    User,
)
from wharfinger.domain.installation.people import Role
from wharfinger.domain.installation.subjects import AboutSku

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
UK, DE = "A1F83G8C2ARO7P", "A1PA6795UKMFR9"
WHY = {"quantity": 7, "steps": [["On hand", 9], ["Allocated", -2], ["Buffer kept back", 0], ["Told Amazon", 7]]}


@dataclass
class Shop:
    account: SellerAccount
    fbm: Channel
    fba: Channel
    warehouse: Site
    pool: Site
    courier: CourierService
    typed: CourierService


def shop() -> Shop:
    account = SellerAccount.objects.create(
        name="Harbour Goods UK", region="EU", seller_id="A2HARBOURGOODS", link_state="linked", made_at=NOW
    )
    warehouse = Site.objects.create(name="Main warehouse", kind="Own warehouse", levels_loaded_at=NOW, made_at=NOW)
    pool = Site.objects.create(
        name="FBA UK", kind="FBA", pool="UK", account=account, levels_loaded_at=NOW, levels_read_at=NOW, made_at=NOW
    )
    courier = CourierService.objects.create(
        courier="Demo", name="Next Day", tracking="At once", gives_number=True, amazon_carrier_code="Royal Mail"
    )
    typed = CourierService.objects.create(
        courier="Royal Mail", name="Tracked 48", tracking="Typed by hand", amazon_carrier_code="Royal Mail"
    )
    fbm, fba = (
        Channel.objects.create(
            name=f"Amazon.co.uk {kind}",
            kind=kind,
            account=account,
            marketplace_id=UK,
            link_state="linked",
            start_date=date(2026, 11, 1),
            import_fba_orders="Only FBA Import" if kind == "FBA" else "No FBA import",
            stock_upload_approved_at=NOW if kind == "FBM" else None,
            made_at=NOW,
        )
        for kind in ("FBM", "FBA")
    )
    ChannelOption.objects.create(channel=fbm, order_type="", site=warehouse, courier_service=courier)
    ChannelOption.objects.create(channel=fba, order_type="", site=pool)
    CourierMapping.objects.create(channel=fbm, service=courier, carrier_code="Royal Mail")
    return Shop(account, fbm, fba, warehouse, pool, courier, typed)


def someone(role: Role = Role.ADMINISTRATOR) -> User:
    user = User(username=role.value.lower(), full_name=f"Anna {role.value}", role=role.value)
    user.set_unusable_password()
    user.save()
    return user


def stocked_item(world: Shop, code: str, *, on_hand: int = 10, allocated: int = 0, listed: bool = True) -> StockItem:
    """An item in the warehouse and in the FBA pool, with its ledger, sold by one FBM listing."""
    item = StockItem.objects.create(code=code, name=f"Enamel mug {code}", made_at=NOW)
    StockLevel.objects.create(item=item, site=world.warehouse, on_hand=on_hand, allocated=allocated, counted_at=NOW)
    StockLevel.objects.create(item=item, site=world.pool, on_hand=4, counted_at=NOW, fba_reserved=1, fba_inbound=2)
    for site, units, reason in ((world.warehouse, on_hand, "Counted"), (world.pool, 4, "Opening level")):
        if units:
            Movement.objects.create(
                item=item, site=site, quantity=units, on_hand_after=units, reason=reason, moved_at=NOW
            )
    if listed:
        linked_product(world, code, item)
    return item


def linked_product(world: Shop, sku: str, item: StockItem | None, fulfilment: str = "FBM") -> ChannelProduct:
    listing = Listing.objects.create(
        account=world.account,
        sku=sku,
        fulfilment=fulfilment,
        product_type="DRINKING_CUP",
        sent_quantity=7,
        sent_at=NOW,
        sent_why=WHY,
        read_back_quantity=7,
        seen_at=NOW,
        found_at=NOW,
    )
    StockNotice.objects.create(
        listing=listing, account=world.account, cause="an order came", raised_at=NOW, again_at=NOW
    )
    return ChannelProduct.objects.create(
        listing=listing,
        marketplace_id=UK,
        asin="B0MUG00001",
        title=f"Enamel mug {sku}",
        item=item,
        linked_by="itself" if item else "",
        linked_at=NOW if item else None,
        found_at=NOW,
    )


def imported_order(world: Shop, number: int, **changes: Any) -> ImportedOrder:
    placed = changes.pop("placed_at", NOW - timedelta(hours=number))
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
    values: dict[str, Any] = {
        "account": world.account,
        "amazon_order_id": order_id,
        "channel": world.fbm,
        "marketplace_id": UK,
        "fulfilment": "FBM",
        "state": "ok",
        "amazon_status": "UNSHIPPED",
        "order_ref": f"AMZ-{order_id}",
        "summary": "2 × Enamel mug",
        "placed_at": placed,
        "amazon_updated_at": NOW,
        "currency": "GBP",
        "total": Decimal("25.98"),
        "raw_message": raw,
        "found_at": NOW,
    }
    return ImportedOrder.objects.create(**{**values, **changes})


def sales_order(world: Shop, number: int, item: StockItem | None, **changes: Any) -> SalesOrder:
    """An order over two units; with an item they are allocated, without one the line is held."""
    imported = imported_order(world, number)
    customer = Customer.objects.create(
        code=f"C{number}", name="Grace Hopper", surname_hash=keyed_hash("surname", "Hopper"), made_at=NOW
    )
    values: dict[str, Any] = {
        "code": f"SO{number}",
        "imported": imported,
        "channel": world.fbm,
        "site": world.warehouse,
        "customer": customer,
        "order_ref": imported.order_ref,
        "order_type": "Standard",
        "state": "ready_to_ship" if item else "held",
        "currency": "GBP",
        "total": Decimal("25.98"),
        "delivery": {
            "name": "Grace Hopper",
            "line_1": "1 Quay Street",
            "town": "Bristol",
            "postcode": "BS1 4DJ",
            "country": "GB",
        },
        "buyer": {"name": "Grace Hopper", "email": "grace@marketplace.amazon.co.uk"},
        "surname_hash": keyed_hash("surname", "Hopper"),
        "postcode_hash": keyed_hash("postcode", "BS1 4DJ"),
        "ship_by": NOW + timedelta(hours=5),
        "placed_at": imported.placed_at,
        "made_at": NOW,
    }
    order = SalesOrder.objects.create(**{**values, **changes})
    line = SalesOrderLine.objects.create(
        order=order,
        order_item_id=f"{number}0001",
        sku="MUG-BLUE" if item is None else item.code,
        asin="B0MUG00001",
        title="Enamel mug, blue",
        item=item,
        held_reason="" if item else "Unknown SKU MUG-BLUE.",
        quantity_ordered=2,
        amount_item=Decimal("25.98"),
        amount_total=Decimal("25.98"),
    )
    if item is not None:
        Allocation.objects.create(line=line, item=item, site=order.site, quantity=2, made_at=NOW)
    Activity.objects.create(text=f"Order {order.code} was made.", happened_at=NOW, sales_order=order)
    return order


def shipped_order(world: Shop, number: int, item: StockItem, state: str = "accepted") -> SalesOrder:
    order = sales_order(world, number, item, state="shipped", shipped_at=NOW)
    line = order.lines.get()
    SalesOrderLine.objects.filter(pk=line.pk).update(quantity_shipped=2)
    Allocation.objects.filter(line=line).delete()
    parcel = Shipment.objects.create(
        order=order,
        package_reference="1",
        service=world.courier,
        tracking_number=f"DM{number:09d}GB",
        shipped_at=NOW,
    )
    ShipmentLine.objects.create(shipment=parcel, line=line, quantity=2)
    Confirmation.objects.create(
        shipment=parcel,
        account=world.account,
        state=state,
        attempts=1,
        attempted_at=NOW,
        again_at=NOW,
        accepted_at=NOW,
        confirmed_at=NOW if state == "confirmed" else None,
        made_at=NOW,
    )
    Invoice.objects.create(code=f"I{number}", order=order, currency="GBP", total=Decimal("25.98"), issued_at=NOW)
    return order


def unknown_sku(world: Shop, order: SalesOrder, sku: str = "MUG-BLUE") -> Problem:
    return Problem.objects.create(
        kind="Unknown SKU",
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
