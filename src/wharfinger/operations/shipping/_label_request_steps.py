"""Steps that decide which labels are to be bought, one or many: read in a fixed number of statements, decided one by
one. Whether a parcel can have a label is the domain's decision (`domain.shipping.labels.why_no_label`)."""

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from wharfinger.db.any_of import any_of
from wharfinger.db.models import (
    ConnectionService,
    CourierConnection,
    CourierLabel,
    CourierService,
    SalesOrder,
    SalesOrderLine,
    SenderAddress,
    User,
)
from wharfinger.db.queries.orders.vat import NO_VAT, vat_of_orders
from wharfinger.domain.orders.order import IncomingAddress
from wharfinger.domain.sentences import N_
from wharfinger.domain.shipping.connections import CAPABILITIES, PackageFormat
from wharfinger.domain.shipping.dispatching import Stays
from wharfinger.domain.shipping.labels import (
    OPEN_LABELS,
    GoodsLine,
    ParcelToLabel,
    reference_of,
    share_without_tax,
    why_no_label,
)
from wharfinger.domain.shipping.offers import why_no_offers
from wharfinger.domain.shipping.prime import in_force, why_no_other_label
from wharfinger.domain.shipping.ship_plus import why_no_courier_label
from wharfinger.operations._rows import new_row
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping._carrier_steps import Carriers, refusal
from wharfinger.operations.shipping._label_steps import address_of, label_address_hash
from wharfinger.operations.shipping._offer_steps import parcel_to_quote, sells_by_offers
from wharfinger.operations.shipping._parcel_steps import Departures

BUSINESS = "AMAZON_BUSINESS"


@dataclass(frozen=True, slots=True)
class LabelEntry:
    """What a person wants. `units` by line, None = everything that may leave; `grams` None = those of the items;
    `number`: of the parcel on the page, None = the next one. `sides` in cm, None = the usual ones of the service.
    `by_hand`: a person chooses among the offers, whatever the service's rule."""

    service_id: int
    units: Mapping[int, int] | None = None
    number: int | None = None
    grams: int | None = None
    package_format: PackageFormat | None = None
    sides: tuple[int | None, int | None, int | None] = (None, None, None)
    by_hand: bool = False


class LabelRequests:
    """The orders of some purchases: first read, then each decided; the rows are the caller's to write.

    `locked` False: only to look at what would be bought.
    """

    def __init__(self, entries: Mapping[int, LabelEntry], *, locked: bool = True) -> None:
        """`entries`: by sales order."""
        self._departures = Departures([], orders=list(entries), locked=locked)
        self.orders = self._departures.orders
        channels = {order.channel_id for order in self.orders.values()}
        self._carriers = Carriers({entry.service_id for entry in entries.values()}, channels)
        rows = SalesOrderLine.objects.filter(any_of("order", self.orders)).select_related("item")
        self._lines = {line.pk: line for line in rows}
        self._labelled: Counter[int] = Counter()
        self._numbers: set[tuple[int, int]] = set()
        taken = CourierLabel.objects.filter(any_of("order", self.orders), state__in=OPEN_LABELS, shipment=None)
        for order_id, number, units in taken.values_list("order", "number", "units"):
            self._labelled.update(dict(units))
            self._numbers.add((order_id, number))
        services = self._carriers.services.values()
        wanted = [row.label_service_id for row in services if row.label_service_id is not None]
        codes = ConnectionService.objects.filter(pk__in=wanted).select_related("connection")
        self._codes = {code.pk: code for code in codes}
        sites = {order.site_id for order in self.orders.values()}
        self._senders: set[int] = set()
        if any(sells_by_offers(code) for code in self._codes.values()):
            self._senders.update(SenderAddress.objects.filter(any_of("site", sites)).values_list("site", flat=True))
        self._vat = vat_of_orders(list(self.orders)) if self._codes else {}
        self._sites: dict[int, set[int]] = {}
        if self._codes:
            connections = {code.connection_id for code in self._codes.values()}
            at = CourierConnection.objects.filter(pk__in=connections, sites__isnull=False)
            for connection, site in at.values_list("pk", "sites"):
                self._sites.setdefault(connection, set()).add(site)

    def decide(self, order_id: int, entry: LabelEntry, *, now: datetime, user: User) -> CourierLabel:
        """The row of the purchase, not written yet; refused with the reason. Units that it takes are taken for what is
        decided next."""
        order = self.orders.get(order_id)
        if order is None:
            raise Refused("This sales order is no longer there.")
        leaves = self._departures.what_leaves(order_id, wanted=None if entry.units is None else dict(entry.units))
        if isinstance(leaves, Stays):
            raise refusal(leaves)
        self._carriers.to_use(order.channel, entry.service_id)
        service = self._carriers.services[entry.service_id]
        code = self._code_of(service, order)
        by_offers = sells_by_offers(code)
        stays = None if by_offers else why_no_courier_label(order.programs, service=service)
        if stays is not None:
            raise refusal(stays)
        if stays is None and not by_offers:
            marketplace = order.channel.marketplace
            setting = in_force(marketplace.prime_labels, marketplace.country)
            stays = why_no_other_label(order.programs, setting, marketplace=marketplace.name)
            if stays is not None:
                raise refusal(stays)
        if entry.by_hand and not by_offers:
            raise Refused(
                "%(connection)s has no offers to compare. Press “Buy label”.", "service_id", connection=code.connection
            )
        units = {line.line_id: line.units for line in leaves.lines}
        number = entry.number if entry.number is not None else leaves.reference
        self._check_free(order, units, number)
        lines = {pk: self._lines[pk] for pk in units}
        grams = entry.grams if entry.grams is not None else _grams(lines, units)
        address = address_of(order)
        usual = (code.length_cm, code.width_cm, code.height_cm)
        sides = [typed or known for typed, known in zip(entry.sides, usual, strict=True)] if by_offers else [None] * 3
        if by_offers:
            has_sender = order.site_id in self._senders
            stays = why_no_offers(parcel_to_quote(order, code, grams, sides, has_sender=has_sender))
        else:
            parcel = parcel_to_label(order, service, code, grams, address, goods_lines(lines, units))
            stays = why_no_label(parcel, CAPABILITIES[code.connection.kind])
        if stays is not None:
            raise refusal(stays)
        self._labelled.update(units)
        self._numbers.add((order.pk, number))
        vat = self._vat.get(order.pk, NO_VAT)
        return new_row(
            CourierLabel,
            order=order,
            service=service,
            label_service=code,
            number=number,
            reference=reference_of(order.code, number, secrets.token_hex(2)),
            units=sorted(units.items()),
            grams=grams or 0,
            net_share=share_without_tax(vat.net, vat.vat),
            package_format=entry.package_format or code.package_format,
            address_hash=label_address_hash(address),
            again_at=now,
            requested_at=now,
            requested_by=user,
            by_hand=entry.by_hand,
            label_format=code.label_format,
            length_cm=sides[0],
            width_cm=sides[1],
            height_cm=sides[2],
        )

    def _code_of(self, service: CourierService, order: SalesOrder) -> ConnectionService:
        code = self._codes.get(service.label_service_id or 0)
        if code is None:
            raise Refused(
                "No label is bought with %(service)s from here. Choose a service that has a connection, or type its "
                "number and press Dispatch.",
                "service_id",
                service=service,
            )
        connection = code.connection
        if not (code.active and connection.active):
            raise Refused("%(connection)s is not in use. Choose another service.", "service_id", connection=connection)
        sites = self._sites.get(connection.pk)
        if sites and order.site_id not in sites:
            raise Refused(
                "%(connection)s is not used at %(site)s. Choose another service.",
                "service_id",
                connection=connection,
                site=order.site.name,
            )
        return code

    def _check_free(self, order: SalesOrder, units: Mapping[int, int], number: int) -> None:
        """No unit gets two labels, and no parcel."""
        for pk, wanted in units.items():
            line = self._lines[pk]
            if wanted > line.quantity_open - self._labelled[pk]:
                raise Refused(
                    "%(sku)s: a label was bought for %(labelled)s of %(open)s units already; see Labels. Void it "
                    "first, or send fewer.",
                    "lines",
                    sku=line.sku[:60],
                    labelled=self._labelled[pk],
                    open=line.quantity_open,
                )
        if (order.pk, number) in self._numbers:
            raise Refused(
                N_("A label for parcel %(number)s of %(order)s is being bought already; see Labels."),
                number=number,
                order=order.code,
            )


def _grams(lines: Mapping[int, SalesOrderLine], units: Mapping[int, int]) -> int | None:
    """None when the weight of an item is not known."""
    total = 0
    for pk, count in units.items():
        item = lines[pk].item
        if item is None or item.weight_grams is None:
            return None
        total += count * item.weight_grams
    return total


def goods_lines(
    lines: Mapping[int, SalesOrderLine], units: Mapping[int, int], share: Decimal = Decimal(1)
) -> tuple[GoodsLine, ...]:
    """`share`: of an amount, without its tax."""
    found = []
    for pk, count in sorted(units.items()):
        line = lines[pk]
        item = line.item
        value = None
        if line.amount_item is not None and line.quantity_ordered:
            value = max(line.amount_item, Decimal(0)) * share / line.quantity_ordered
        found.append(
            GoodsLine(
                sku=line.sku,
                name=(item.name if item else "") or line.title,
                units=count,
                grams=item.weight_grams if item else None,
                value=value,
                origin=item.country_of_origin if item else "",
                commodity_code=item.commodity_code if item else "",
            )
        )
    return tuple(found)


def parcel_to_label(
    order: SalesOrder,
    service: CourierService,
    code: ConnectionService,
    grams: int | None,
    address: IncomingAddress | None,
    goods: tuple[GoodsLine, ...],
) -> ParcelToLabel:
    return ParcelToLabel(
        service=str(service),
        connection=code.connection.name,
        grams=grams,
        grams_at_most=code.grams_at_most,
        from_country=order.site.country,
        address=address,
        is_business=BUSINESS in (order.programs or []),
        goods=goods,
    )
