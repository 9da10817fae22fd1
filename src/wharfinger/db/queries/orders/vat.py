"""VAT of sales orders for the seller's own books, worked out from what is held: four statements for any number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F

from wharfinger.db.models import SalesOrder, SalesOrderLine, Site, StockItem, VatItemRate, VatRegistration
from wharfinger.domain.days import day_of
from wharfinger.domain.orders.addresses import read_address, read_buyer
from wharfinger.domain.orders.order import Particulars, SalesOrderState
from wharfinger.domain.orders.particulars import read_particulars
from wharfinger.domain.vat import sums_of, vat_of
from wharfinger.domain.vat_areas import area_of, tax_country
from wharfinger.domain.vat_facts import ItemRate, LineVat, Registration, Sale, Scheme, VatLine, VatSum


@dataclass(frozen=True, slots=True)
class OrderVat:
    """`lines`: (SKU, its VAT)."""

    lines: tuple[tuple[str, LineVat], ...]

    @property
    def sums(self) -> tuple[VatSum, ...]:
        return sums_of([vat for _, vat in self.lines])

    @property
    def unknown(self) -> tuple[LineVat, ...]:
        return tuple(vat for _, vat in self.lines if vat.vat is None)

    @property
    def net(self) -> Decimal | None:
        """None while one line is not known."""
        return None if self.unknown or not self.lines else sum((one.net for one in self.sums), Decimal(0))

    @property
    def vat(self) -> Decimal | None:
        return None if self.unknown or not self.lines else sum((one.vat for one in self.sums), Decimal(0))

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        return tuple(dict.fromkeys(vat.scheme for _, vat in self.lines))

    @property
    def countries(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(vat.country for _, vat in self.lines if vat.country))

    @property
    def rates(self) -> tuple[Decimal, ...]:
        return tuple(dict.fromkeys(vat.rate for _, vat in self.lines if vat.rate is not None))

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why lines are not known, each once."""
        return tuple(dict.fromkeys(str(vat.reason) for vat in self.unknown))


NO_VAT = OrderVat(())

_OF_ORDER = ("id", "placed_at", "state", "currency", "vat_area", "buyer_vat_country", "site__country",
             "channel__marketplace__time_zone")  # fmt: skip
_AMOUNTS = ("amount_item", "amount_shipping", "amount_gift_wrap", "amount_discount", "amount_tax", "amount_other",
            "amount_total")  # fmt: skip
_OF_LINE = ("id", "order", "sku", "item", "quantity_ordered", "quantity_cancelled", "service", "tax_collected_by",
            "ioss_number", "particulars", *_AMOUNTS)  # fmt: skip


def vat_of_orders(order_ids: Collection[int]) -> dict[int, OrderVat]:
    """By order. A cancelled order, and a line that is cancelled whole, have none."""
    rows_of_orders = SalesOrder.objects.filter(pk__in=order_ids).exclude(state=SalesOrderState.CANCELLED)
    orders = [dict(row) for row in rows_of_orders.values(*_OF_ORDER)]
    _fill_areas(orders)
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    lines = SalesOrderLine.objects.filter(order__in=order_ids, quantity_ordered__gt=F("quantity_cancelled"))
    for line in lines.order_by("id").values(*_OF_LINE):
        rows[line["order"]].append(line)
    rates = _item_rates({line["item"] for each in rows.values() for line in each if line["item"] is not None})
    held = registrations()
    return {order["id"]: _order_vat(order, rows[order["id"]], rates, held) for order in orders}


def _fill_areas(orders: Sequence[dict[str, Any]]) -> None:
    """Orders of before the areas were kept: from the address, as long as it is held."""
    without = {order["id"]: order for order in orders if not order["vat_area"]}
    held = SalesOrder.objects.filter(pk__in=without, delivery__isnull=False) if without else SalesOrder.objects.none()
    for pk, delivery, buyer in held.values_list("pk", "delivery", "buyer"):
        address = read_address(delivery)
        if address is not None:
            without[pk]["vat_area"] = area_of(address.country, address.postcode)
            without[pk]["buyer_vat_country"] = tax_country(read_buyer(buyer).vat_number)


def registrations() -> tuple[Registration, ...]:
    return tuple(
        Registration(row.kind, row.country, row.since, row.until, row.number, row.established)
        for row in VatRegistration.objects.order_by("kind", "country", "since")
    )


def _item_rates(items: Collection[int]) -> dict[int, list[ItemRate]]:
    found: dict[int, list[ItemRate]] = defaultdict(list)
    for row in VatItemRate.objects.filter(item__in=items) if items else ():
        found[row.item_id].append(ItemRate(row.country, row.rate, row.since))
    return found


def _order_vat(
    order: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    rates: Mapping[int, Iterable[ItemRate]],
    held: Sequence[Registration],
) -> OrderVat:
    sale = Sale(
        day=day_of(order["placed_at"], order["channel__marketplace__time_zone"]),
        from_area=order["site__country"],
        to_area=order["vat_area"],
        currency=order["currency"],
        lines=tuple(_line(row, tuple(rates.get(row["item"] or 0, ()))) for row in rows),
        buyer_country=order["buyer_vat_country"],
    )
    return OrderVat(tuple(zip((row["sku"] for row in rows), vat_of(sale, held), strict=True)))


def _line(row: Mapping[str, Any], rates: tuple[ItemRate, ...]) -> VatLine:
    said = read_particulars(row["particulars"])
    return VatLine(
        key=str(row["id"]),
        total=_total(row),
        goods=_goods(row, said),
        tax=row["amount_tax"],
        by_amazon=bool(row["tax_collected_by"] or row["ioss_number"] or said.tax_model or said.tax_scheme),
        rates=rates,
        service=bool(row["service"]),
    )


def _total(row: Mapping[str, Any]) -> Decimal | None:
    total: Decimal | None = row["amount_total"]
    if total is not None or row["amount_item"] is None:
        return total
    more = (row[name] or Decimal(0) for name in ("amount_shipping", "amount_gift_wrap", "amount_other"))
    return sum(more, Decimal(row["amount_item"])) - Decimal(row["amount_discount"] or 0)


def _goods(row: Mapping[str, Any], said: Particulars) -> Decimal | None:
    """What is paid for the goods alone; a discount is taken off what Amazon says that it is on, else off the goods."""
    if row["amount_item"] is None:
        return None
    parts = dict(said.discount_parts)
    off = parts.get("ITEM", Decimal(0)) if parts else Decimal(row["amount_discount"] or 0)
    return max(Decimal(0), Decimal(row["amount_item"]) - off)


@dataclass(frozen=True, slots=True)
class RegistrationRow:
    id: int
    held: Registration


@dataclass(frozen=True, slots=True)
class ItemRateRow:
    id: int
    code: str
    rate: ItemRate


@dataclass(frozen=True, slots=True)
class SiteCountry:
    id: int
    name: str
    country: str


def registration_rows() -> tuple[RegistrationRow, ...]:
    rows = VatRegistration.objects.order_by("kind", "country", "since")
    return tuple(
        RegistrationRow(row.pk, Registration(row.kind, row.country, row.since, row.until, row.number, row.established))
        for row in rows
    )


def item_rate_rows(at_most: int = 500) -> tuple[ItemRateRow, ...]:
    rows = VatItemRate.objects.select_related("item").order_by("item__code", "country", "since")[:at_most]
    return tuple(ItemRateRow(row.pk, row.item.code, ItemRate(row.country, row.rate, row.since)) for row in rows)


def site_countries() -> tuple[SiteCountry, ...]:
    return tuple(SiteCountry(*row) for row in Site.objects.order_by("name").values_list("id", "name", "country"))


def item_of_code(code: str) -> int | None:
    return StockItem.objects.filter(code=code).values_list("pk", flat=True).first()
