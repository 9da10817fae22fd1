"""The demo's account at Royal Mail: the pretend Click & Drop as a connection, its codes, services that use it."""

from datetime import datetime

from wharfinger.cli.demo.click_and_drop.account import KEY
from wharfinger.db.models import CourierConnection, CourierService, StockItem, User
from wharfinger.domain.shipping.connections import ConnectionKind, PackageFormat
from wharfinger.domain.shipping.shipments import Tracking
from wharfinger.operations.shipping import connections, couriers
from wharfinger.operations.shipping.connections import CodeEntry, ConnectionEntry
from wharfinger.operations.shipping.couriers import ServiceEntry
from wharfinger.operations.stock import items
from wharfinger.operations.stock.items import ItemEntry

COURIER, FIRST = "Royal Mail", "Tracked 24"
CODES = (
    CodeEntry("TPN24", FIRST, PackageFormat.SMALL_PARCEL, 20_000),
    CodeEntry("TPS48", "Tracked 48", PackageFormat.SMALL_PARCEL, 20_000),
    CodeEntry("CRL1", "24 without tracking", PackageFormat.SMALL_PARCEL, 20_000, gives_tracking=False),
)


def connect(now: datetime) -> None:
    """Safe to run twice: what a person changed since stays."""
    user = User.objects.get(username="olga")
    if CourierConnection.objects.filter(kind=ConnectionKind.CLICK_AND_DROP).exists():
        return
    entry = ConnectionEntry(ConnectionKind.CLICK_AND_DROP, "Royal Mail", KEY)
    connection = connections.create_connection(entry, now=now, user=user)
    for code in CODES:
        row = connections.create_code(connection.pk, code, now=now, user=user)
        _use(row.pk, code, now, user)
    _weigh(now, user)


def _use(code_id: int, code: CodeEntry, now: datetime, user: User) -> None:
    service = ServiceEntry(
        COURIER, code.name, Tracking.BY_HAND, False, "", "Royal Mail", "", label_service_id=code_id
    )  # fmt: skip
    known = CourierService.objects.filter(courier=COURIER, name=code.name).first()
    if known is None:
        couriers.create_service(service, now=now, user=user)
    else:
        couriers.edit_service(known.pk, service, now=now, user=user)


def _weigh(now: datetime, user: User) -> None:
    """Labels are bought by weight: what the seed has put into the warehouse gets one."""
    for place, item in enumerate(StockItem.objects.filter(weight_grams=None, components=None).order_by("pk")):
        held = tuple(item.barcodes.order_by("pk").values_list("type", "code"))
        entry = ItemEntry(
            item.code,
            item.name,
            item.other_reference,
            weight_grams=150 + 50 * (place % 12),
            commodity_code=item.commodity_code,
            country_of_origin=item.country_of_origin,
            regulated=item.regulated,
            barcodes=held,
        )
        items.edit_item(item.pk, entry, now=now, user=user)
