"""Stock items: make and edit, with their barcodes and, for a kit, its components."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from wharfinger.db.models import KitComponent, StockBarcode, StockItem, User
from wharfinger.domain.sentences import Sentence
from wharfinger.domain.stock.gtin import GTIN_TYPES, gtin_fault
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._item_steps import (
    BARCODE_AT_MOST,
    CODE_AT_MOST,
    NAME_AT_MOST,
    REFERENCE_AT_MOST,
    fault_in,
    keep_barcode,
    link_waiting_listings,
)
from wharfinger.operations.stock._stock_steps import raise_notices
from wharfinger.operations.transaction import operation

WEIGHT_AT_MOST = 1_000_000
LENGTH_AT_MOST = 100_000
CASE_AT_MOST = 100_000
COST_AT_MOST = Decimal(10_000_000)
UNITS_IN_A_KIT_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class ItemEntry:
    """What a person entered. `barcodes`: (type, code); `components`: (stock item, units in one kit); `cost`: of a unit,
    without VAT, in `cost_currency`; `case_size`: units in a case."""

    code: str
    name: str
    other_reference: str = ""
    weight_grams: int | None = None
    commodity_code: str = ""
    country_of_origin: str = ""
    regulated: bool = False
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    case_size: int | None = None
    cost: Decimal | None = None
    cost_currency: str = ""
    has_serials: bool = False
    has_batches: bool = False
    barcodes: tuple[tuple[str, str], ...] = ()
    components: tuple[tuple[int, int], ...] = ()


@operation
def create_item(entry: ItemEntry, *, now: datetime, user: User | None = None) -> StockItem:
    """Make a stock item; listings whose SKU equals it exactly are linked by themselves."""
    checked = _checked(entry)
    item = StockItem(made_at=now)
    _write(item, checked)
    record_audit("create", "StockItem", item.pk, before=None, after=_facts(checked), now=now, user=user)
    link_waiting_listings([item], now=now)
    return item


@operation
def edit_item(item_id: int, entry: ItemEntry, *, now: datetime, user: User | None = None) -> StockItem:
    """Write everything that a person may change of an item."""
    item = StockItem.objects.select_for_update(no_key=True).get(pk=item_id)
    checked = _checked(entry, item_id)
    before = {"code": item.code, "name": item.name, "other reference": item.other_reference}
    _write(item, checked)
    record_audit("edit", "StockItem", item.pk, before=before, after=_facts(checked), now=now, user=user)
    link_waiting_listings([item], now=now)
    raise_notices([item.pk], cause="Stock item edited", now=now)
    return item


def _checked(entry: ItemEntry, item_id: int | None = None) -> ItemEntry:
    code, name = entry.code.strip(), " ".join(entry.name.split())
    if not code:
        raise Refused("Give the item its stock code.", "code")
    if not name:
        raise Refused("Give the item a name.", "name")
    for field, text, at_most in (
        ("code", code, CODE_AT_MOST),
        ("name", name, NAME_AT_MOST),
        ("other_reference", entry.other_reference.strip(), REFERENCE_AT_MOST),
        ("commodity_code", entry.commodity_code.strip(), 20),
    ):
        fault = fault_in(text, at_most)
        if fault:
            raise Refused("%(name)s %(fault)s", field, name=Sentence(field.replace("_", " ").capitalize()), fault=fault)
    if entry.weight_grams is not None and not 0 <= entry.weight_grams <= WEIGHT_AT_MOST:
        raise Refused(
            "The weight is a whole number of grams from 0 to %(at_most)s.",
            "weight_grams",
            at_most=WEIGHT_AT_MOST,
        )
    _check_measures(entry)
    return replace(
        entry,
        cost_currency=entry.cost_currency.strip().upper() if entry.cost is not None else "",
        code=code,
        name=name,
        other_reference=entry.other_reference.strip(),
        commodity_code=entry.commodity_code.strip(),
        country_of_origin=_country(entry.country_of_origin),
        barcodes=_barcodes(entry.barcodes, item_id),
    )


def _check_measures(entry: ItemEntry) -> None:
    for field in ("length_mm", "width_mm", "height_mm"):
        measure = getattr(entry, field)
        if measure is not None and not 1 <= measure <= LENGTH_AT_MOST:
            raise Refused(
                "A measure is a whole number of millimetres from 1 to %(at_most)s.", field, at_most=LENGTH_AT_MOST
            )
    if entry.case_size is not None and not 2 <= entry.case_size <= CASE_AT_MOST:
        raise Refused(
            "A case has 2 to %(at_most)s units. Leave it empty where there is none.", "case_size", at_most=CASE_AT_MOST
        )
    if entry.cost is None:
        return
    if not 0 <= entry.cost <= COST_AT_MOST:
        raise Refused("The cost is an amount from 0 to %(at_most)s.", "cost", at_most=COST_AT_MOST)
    currency = entry.cost_currency.strip().upper()
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise Refused("Give the currency of the cost as three letters, such as GBP.", "cost_currency")


def _country(text: str) -> str:
    country = text.strip().upper()
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise Refused("Country of origin is two letters, such as GB or DE.", "country_of_origin")
    return country


def _barcodes(given: Sequence[tuple[str, str]], item_id: int | None) -> tuple[tuple[str, str], ...]:
    """Checked; what the item has already stays, also where it was kept before check digits were looked at."""
    held = set(StockBarcode.objects.filter(item=item_id).values_list("type", "code")) if item_id else set()
    barcodes = tuple((type_.strip(), code.strip()) for type_, code in given if code.strip())
    for type_, code in barcodes:
        fault = fault_in(code, BARCODE_AT_MOST)
        if fault:
            raise Refused("A barcode %(fault)s", "barcodes", fault=fault)
        if not type_ or len(type_) > 30:
            raise Refused("Give the type of the barcode %(code)s: EAN, UPC, Amazon SKU …", "barcodes", code=code)
        wrong = gtin_fault(code) if type_ in GTIN_TYPES else ""
        if wrong and (type_, code) not in held:
            raise Refused(wrong, "barcodes")
    return barcodes


def _write(item: StockItem, entry: ItemEntry) -> None:
    twin = StockItem.objects.filter(code=entry.code).exclude(pk=item.pk).first()
    if twin is not None:
        raise Refused(
            "The stock code %(entry)s is in use for “%(twin)s”. Choose another.",
            "code",
            entry=entry.code,
            twin=twin.name,
        )
    item.code, item.name, item.other_reference = entry.code, entry.name, entry.other_reference
    item.weight_grams, item.commodity_code = entry.weight_grams, entry.commodity_code
    item.country_of_origin, item.regulated = entry.country_of_origin, entry.regulated
    item.length_mm, item.width_mm, item.height_mm = entry.length_mm, entry.width_mm, entry.height_mm
    item.case_size, item.cost, item.cost_currency = entry.case_size, entry.cost, entry.cost_currency
    item.has_serials, item.has_batches = entry.has_serials, entry.has_batches
    item.save()
    _write_barcodes(item, entry.barcodes)
    _write_components(item, entry.components)


def _write_barcodes(item: StockItem, barcodes: tuple[tuple[str, str], ...]) -> None:
    for row in StockBarcode.objects.filter(item=item):
        if (row.type, row.code) not in barcodes:
            row.delete()
    for type_, code in barcodes:
        keep_barcode(item, type_, code)


def _write_components(item: StockItem, components: tuple[tuple[int, int], ...]) -> None:
    ids = [component for component, _ in components]
    if item.pk in ids:
        raise Refused("A kit cannot be its own component.", "components")
    if len(set(ids)) != len(ids):
        raise Refused("A component is named twice. Add up its units in one row.", "components")
    if components and item.used_in.exists():
        raise Refused("This item is a component of another kit; a kit cannot contain a kit.", "components")
    known = {row.pk: row for row in StockItem.objects.filter(pk__in=ids).prefetch_related("components")}
    for component, quantity in components:
        part = known.get(component)
        if part is None:
            raise Refused("A component no longer exists. Remove it.", "components")
        if part.components.exists():
            raise Refused("%(part)s is a kit itself; a kit cannot contain a kit.", "components", part=part.code)
        if not 1 <= quantity <= UNITS_IN_A_KIT_AT_MOST:
            raise Refused(
                "Units of %(part)s in one kit: 1 to %(at_most)s.",
                "components",
                part=part.code,
                at_most=UNITS_IN_A_KIT_AT_MOST,
            )
    KitComponent.objects.filter(kit=item).exclude(component__in=ids).delete()
    for component, quantity in components:
        KitComponent.objects.update_or_create(kit=item, component_id=component, defaults={"quantity": quantity})


def _facts(entry: ItemEntry) -> dict[str, str]:
    return {
        "code": entry.code,
        "name": entry.name,
        "other reference": entry.other_reference,
        "barcodes": ", ".join(code for _, code in entry.barcodes),
        "components": ", ".join(f"{item} × {units}" for item, units in entry.components),
    }
