"""What the slips of parcels say, for one order or many."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from wharfinger.db.any_of import any_of
from wharfinger.db.models import SalesOrder, SalesOrderLine
from wharfinger.domain.orders.addresses import read_address
from wharfinger.domain.orders.order import LineAmounts
from wharfinger.domain.shipping.parcel_slips import SlipLine, SlipOrder, units_in_parcel

_COLUMNS = (
    "id", "code", "order_ref", "channel__marketplace__country", "channel__marketplace__time_zone",
    "channel__account__name", "site__address", "placed_at", "currency", "total", "delivery", "own_delivery",
)  # fmt: skip


def slips_of(order_ids: Sequence[int]) -> tuple[SlipOrder, ...]:
    """In the order that was given; two statements. Personal data: for who may see it."""
    rows = {row["id"]: row for row in SalesOrder.objects.filter(any_of("pk", order_ids)).values(*_COLUMNS)}
    lines: dict[int, list[SalesOrderLine]] = defaultdict(list)
    for line in SalesOrderLine.objects.filter(any_of("order", list(rows))).order_by("pk"):
        lines[line.order_id].append(line)
    return tuple(_slip(rows[pk], lines[pk]) for pk in dict.fromkeys(order_ids) if pk in rows)


def _slip(row: dict[str, Any], lines: Sequence[SalesOrderLine]) -> SlipOrder:
    anything_open = any(line.quantity_open for line in lines)
    goods = [line for line in lines if not line.service]
    return SlipOrder(
        id=row["id"],
        code=row["code"],
        order_ref=row["order_ref"],
        country=row["channel__marketplace__country"],
        zone=row["channel__marketplace__time_zone"],
        seller=row["channel__account__name"],
        site_address=row["site__address"] or "",
        placed_at=row["placed_at"],
        currency=row["currency"],
        total=row["total"],
        address=read_address(row["own_delivery"] or row["delivery"]),
        lines=tuple(_line(line, anything_open) for line in goods),
        cancelled=any(line.quantity_cancelled for line in goods),
    )


def _line(line: SalesOrderLine, anything_open: bool) -> SlipLine:
    return SlipLine(
        title=line.title or line.sku,
        sku=line.sku,
        units=units_in_parcel(
            ordered=line.quantity_ordered,
            cancelled=line.quantity_cancelled,
            shipped=line.quantity_shipped,
            anything_open=anything_open,
        ),
        ordered=line.quantity_ordered - line.quantity_cancelled,
        amounts=LineAmounts(
            item=line.amount_item,
            shipping=line.amount_shipping,
            gift_wrap=line.amount_gift_wrap,
            discount=line.amount_discount,
            tax=line.amount_tax,
            other=line.amount_other,
        ),
        gift_message=line.gift_message,
        gift_wrapped=bool(line.gift_wrap_level),
    )
