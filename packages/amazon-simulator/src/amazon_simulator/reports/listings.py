"""Listing reports. Source: report-type-values-inventory; headers as files have them; behaviours R01, R02."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from amazon_simulator.reports.report import ReportContext, Sheet
from amazon_simulator.world.catalogue import Market, written
from amazon_simulator.world.entities import Listing
from amazon_simulator.world.prices import price_in

HEADER = (
    "item-name", "item-description", "listing-id", "seller-sku", "price", "quantity", "open-date", "image-url",
    "item-is-marketplace", "product-id-type", "zshop-shipping-fee", "item-note", "item-condition", "zshop-category1",
    "zshop-browse-path", "zshop-storefront-feature", "asin1", "asin2", "asin3", "will-ship-internationally",
    "expedited-shipping", "zshop-boldface", "product-id", "bid-for-featured-placement", "add-delete",
    "pending-quantity", "fulfillment-channel", "merchant-shipping-group", "status",
)  # fmt: skip
LOCALISED = {
    "de": {
        "item-name": "Artikelbezeichnung", "seller-sku": "Händler-SKU", "price": "Preis", "quantity": "Menge",
        "open-date": "Erstellungsdatum", "item-condition": "Artikelzustand", "asin1": "ASIN 1", "asin2": "ASIN 2",
        "asin3": "ASIN 3", "product-id-type": "Produkt-ID-Typ", "product-id": "Produkt-ID",
        "fulfillment-channel": "Versender", "status": "Status", "listing-id": "Angebotsnummer",
        "merchant-shipping-group": "Versandgruppe",
    },
    "fr": {
        "item-name": "nom-produit", "item-description": "description-article", "listing-id": "id-offre",
        "seller-sku": "sku-vendeur", "price": "prix", "quantity": "quantité", "open-date": "date-ouverture",
        "item-note": "note-état-article", "item-condition": "état-produit", "product-id-type": "type-id-produit",
        "product-id": "id-produit", "will-ship-internationally": "expédition-international",
        "expedited-shipping": "livraison-express", "fulfillment-channel": "canal-traitement",
        "merchant-shipping-group": "groupe-expédition-vendeur", "status": "état",
    },
    "it": {
        "item-name": "Nome dell'articolo", "seller-sku": "SKU venditore", "price": "Prezzo", "quantity": "Quantità",
        "open-date": "Data di creazione", "item-condition": "Condizione dell'articolo",
        "product-id-type": "Tipo di identificativo del prodotto", "product-id": "Identificativo del prodotto",
        "fulfillment-channel": "Canale di gestione", "status": "stato",
    },
    "es": {
        "item-name": "Título del producto", "seller-sku": "SKU del vendedor", "quantity": "Cantidad",
        "open-date": "Fecha de creación", "item-condition": "Estado del producto",
        "product-id-type": "Tipo de identificador de producto", "product-id": "Identificador del producto",
        "fulfillment-channel": "Canal de gestión logística", "status": "estado",
    },
    "ja": {
        "item-name": "商品名", "seller-sku": "出品者SKU", "price": "価格", "quantity": "数量", "open-date": "出品日",
        "item-condition": "コンディション", "product-id-type": "商品IDタイプ", "product-id": "商品ID",
        "fulfillment-channel": "フルフィルメント・チャンネル", "status": "ステータス",
    },
}  # fmt: skip
"""The headers that are written in the language of preferredReportDocumentLocale; the others stay English."""
LOCALE = "preferredreportdocumentlocale"
CONDITIONS = {"new_new": "11", "refurbished_refurbished": "10", "used_like_new": "1", "used_very_good": "2"}
OPEN_LISTINGS = ("sku", "asin", "price", "quantity")
WINDOWS = {"JP": "windows-31j"}


def everything(context: ReportContext) -> Sheet:
    return _sheet(context, HEADER, lambda listing: True)


def active(context: ReportContext) -> Sheet:
    """Without the column “status”: all of them are."""
    return _sheet(context, HEADER[:-1], is_active)


def inactive(context: ReportContext) -> Sheet:
    return _sheet(context, HEADER[:-1], lambda listing: not is_active(listing))


def open_listings(context: ReportContext) -> Sheet:
    rows = (
        (listing.sku, listing.asin, _price(listing, market), _quantity(listing))
        for market, listing in _listed(context, is_active)
    )
    return Sheet(OPEN_LISTINGS, rows, charset=_charset(context))


def is_active(listing: Listing) -> bool:
    """Whether it can be bought: what Amazon sends counts as active."""
    return listing.channel != "DEFAULT" or bool(listing.quantity)


def _sheet(context: ReportContext, header: tuple[str, ...], fits: Callable[[Listing], bool]) -> Sheet:
    language = next((value for name, value in context.options.items() if name.lower() == LOCALE), "")[:2].lower()
    translations = LOCALISED.get(language, {})
    rows = (_row(market, listing)[: len(header)] for market, listing in _listed(context, fits))
    return Sheet(tuple(translations.get(name, name) for name in header), rows, charset=_charset(context))


def _charset(context: ReportContext) -> str:
    return WINDOWS.get(context.markets[0].country, "Cp1252")


def _listed(context: ReportContext, fits: Callable[[Listing], bool]) -> Iterator[tuple[Market, Listing]]:
    for market in context.markets:
        for listing in context.world.by_seller.get(context.seller.id, {}).values():
            if listing.listed and market.id in listing.marketplaces and fits(listing):
                yield market, listing


def _row(market: Market, listing: Listing) -> tuple[str, ...]:
    cells = {
        "item-name": listing.title,
        "listing-id": f"0926{listing.asin[-7:]}",
        "seller-sku": listing.sku,
        "price": _price(listing, market),
        "quantity": _quantity(listing),
        "open-date": _opened(listing, market),
        "item-is-marketplace": "y",
        "product-id-type": "1",
        "item-condition": CONDITIONS.get(listing.particulars.condition, "11"),
        "asin1": listing.asin,
        "product-id": listing.asin,
        "pending-quantity": "" if listing.channel != "DEFAULT" else "0",
        "fulfillment-channel": listing.channel,
        "merchant-shipping-group": "Migrated Template",
        "status": "Active" if is_active(listing) else "Inactive",
    }
    return tuple(cells.get(name, "") for name in HEADER)


def _price(listing: Listing, market: Market) -> str:
    return written(price_in(listing, market), market.currency)


def _quantity(listing: Listing) -> str:
    """Amazon's own stock stands in other reports."""
    return str(listing.quantity or 0) if listing.channel == "DEFAULT" else ""


def _opened(listing: Listing, market: Market) -> str:
    """Day first but in America."""
    at = datetime.fromtimestamp(listing.history[0].at if listing.history else 0.0, UTC)
    return at.strftime("%Y-%m-%d %H:%M:%S UTC" if market.pool == "NA" else "%d/%m/%Y %H:%M:%S GMT")
