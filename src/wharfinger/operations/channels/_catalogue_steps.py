"""Steps that link many SKUs and make many stock items of them; they need an open transaction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from wharfinger.db.any_of import any_of
from wharfinger.db.models import (
    Channel,
    ChannelProduct,
    Listing,
    Marketplace,
    SellerAccount,
    StockBarcode,
    StockItem,
    User,
)
from wharfinger.domain.channels.sku_choices import Create, LinkTo, SkuChoice
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.gtin import article_code, gtin_type
from wharfinger.domain.stock.new_items import name_of
from wharfinger.operations import triggers
from wharfinger.operations._rows import draw, id_sequence, insert, load, new_row, update_columns
from wharfinger.operations.installation._history_steps import draft_activity, record_audits, write_activities
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._item_steps import CODE_AT_MOST, fault_in
from wharfinger.operations.stock._stock_steps import notice_listings


@dataclass(slots=True)
class Sku:
    """A row of a batch with its listing, locked; None where orders brought the SKU before its listing was read."""

    place: int
    choice: SkuChoice
    listing: Listing | None = None
    products: list[ChannelProduct] = field(default_factory=list)
    linked_to: str = ""
    """The code of the stock item that it has already."""

    @property
    def gtin(self) -> str:
        return next((product.gtin for product in self.products if product.gtin), "")

    @property
    def picture(self) -> str:
        return next((product.picture for product in self.products if product.picture), "")

    @property
    def title(self) -> str:
        return next((product.title for product in self.products if product.title), self.choice.title)


def read_skus(choices: Sequence[SkuChoice]) -> list[Sku]:
    """The rows with what there is of them, locked in one order. Refused where account or marketplace are none."""
    accounts = {one.account_id for one in choices}
    markets = {one.marketplace_id for one in choices}
    known = SellerAccount.objects.filter(any_of("pk", accounts)).count()
    if known < len(accounts) or Marketplace.objects.filter(any_of("pk", markets)).count() < len(markets):
        raise Refused("This page is out of date. Open it again, then link the SKUs.")
    rows = Listing.objects.filter(any_of("account", accounts), any_of("sku", {one.sku for one in choices}))
    listings = {(row.account_id, row.sku): row for row in load(rows.select_for_update(no_key=True).order_by("pk"))}
    products = _products(listings.values())
    linked = {product.item_id for rows in products.values() for product in rows} - {None}
    codes = dict(StockItem.objects.filter(any_of("pk", linked)).values_list("pk", "code"))
    found = []
    for place, one in enumerate(choices):
        listing = listings.get((one.account_id, one.sku))
        of_it = products[listing.pk] if listing else []
        code = next((codes[product.item_id] for product in of_it if product.item_id in codes), "")
        found.append(Sku(place, one, listing, of_it, code))
    return found


def _products(listings: Iterable[Listing]) -> dict[int, list[ChannelProduct]]:
    rows = ChannelProduct.objects.filter(any_of("listing", [listing.pk for listing in listings]))
    found: dict[int, list[ChannelProduct]] = defaultdict(list)
    for row in load(rows.select_for_update(no_key=True).order_by("pk")):
        found[row.listing_id].append(row)
    return found


@dataclass(slots=True)
class NewItems:
    """Stock items of a batch that are not written yet, and why those of some rows cannot be."""

    item_of: dict[int, int] = field(default_factory=dict)
    """The item of each row, by its place: new ones and those that were chosen."""
    items: list[StockItem] = field(default_factory=list)
    barcodes: list[StockBarcode] = field(default_factory=list)
    faults: dict[int, Refused] = field(default_factory=dict)

    def write(self, *, user: User, now: datetime) -> None:
        """Refused where another person was quicker by a moment: nothing is written then."""
        try:
            with transaction.atomic():
                insert(StockItem, self.items)
                insert(StockBarcode, self.barcodes)
        except IntegrityError as clash:
            raise Refused(
                "Somebody else created one of these stock items at this moment. Press the button once more."
            ) from clash
        codes = {row.item_id: row.code for row in self.barcodes}
        facts = {
            item.pk: {"code": item.code, "name": item.name, "barcodes": codes.get(item.pk, "")} for item in self.items
        }
        record_audits("create", "StockItem", facts, now=now, user=user)


def new_items(skus: Sequence[Sku], *, now: datetime) -> NewItems:
    """The items of these rows. Rows of several accounts with one SKU become one item."""
    made = NewItems()
    _choose_known(skus, made)
    rows = [
        (sku, chosen.code.strip() or sku.choice.sku)
        for sku in skus
        for chosen in [sku.choice.choice]
        if isinstance(chosen, Create)
    ]
    taken = dict(StockItem.objects.filter(any_of("code", {code for _, code in rows})).values_list("code", "name"))
    owners = _owners({sku.gtin for sku, _ in rows} - {""})
    ids = iter(draw({id_sequence(StockItem): len(rows)})[id_sequence(StockItem)])
    first: dict[str, tuple[Sku, StockItem]] = {}
    articles: dict[str, Sku] = {}
    for sku, code in rows:
        fault = _fault_of(sku, code, taken, owners, first, articles)
        if fault is not None:
            made.faults[sku.place] = fault
        elif code in first:
            made.item_of[sku.place] = first[code][1].pk
        else:
            name = name_of(sku.title, sku.choice.sku)
            item = new_row(StockItem, pk=next(ids), code=code, name=name, picture=sku.picture, made_at=now)
            first[code] = (sku, item)
            made.item_of[sku.place] = item.pk
            made.items.append(item)
            if sku.gtin:
                articles[sku.gtin] = sku
                number = article_code(sku.gtin)
                made.barcodes.append(
                    new_row(StockBarcode, item=item, type=gtin_type(number), code=number, gtin=sku.gtin)
                )
    return made


def _choose_known(skus: Sequence[Sku], made: NewItems) -> None:
    chosen = {sku.place: sku.choice.choice.item_id for sku in skus if isinstance(sku.choice.choice, LinkTo)}
    known = set(StockItem.objects.filter(any_of("pk", set(chosen.values()))).values_list("pk", flat=True))
    for place, item_id in chosen.items():
        if item_id in known:
            made.item_of[place] = item_id
        else:
            made.faults[place] = Refused("This stock item no longer exists. Choose another.", "item")


def _owners(gtins: set[str]) -> dict[str, str]:
    rows = StockBarcode.objects.filter(any_of("gtin", gtins)) if gtins else StockBarcode.objects.none()
    return dict(rows.values_list("gtin", "item__code"))


def _fault_of(
    sku: Sku,
    code: str,
    taken: Mapping[str, str],
    owners: Mapping[str, str],
    first: Mapping[str, tuple[Sku, StockItem]],
    articles: Mapping[str, Sku],
) -> Refused | None:
    wrong = fault_in(code, CODE_AT_MOST)
    if wrong:
        return Refused("The stock code %(fault)s", "code", fault=wrong)
    if code in taken:
        return Refused(
            "The stock code %(code)s is in use for “%(name)s”. Link to it, or type another code.",
            "code",
            code=code,
            name=taken[code],
        )
    if sku.gtin in owners:
        return Refused(
            "The barcode %(gtin)s belongs to %(item)s. Link to it, or remove the barcode from it first.",
            "code",
            gtin=article_code(sku.gtin),
            item=owners[sku.gtin],
        )
    if code in first:
        twin = first[code][0]
        if twin.choice.sku == sku.choice.sku:
            return None
        return Refused(
            "The row of %(sku)s creates the stock code %(code)s too. Type another code, or remove one of the ticks.",
            "code",
            sku=twin.choice.sku,
            code=code,
        )
    if sku.gtin in articles:
        return Refused(
            "It has the barcode of %(sku)s, which is created too. Remove this tick: it is then proposed for that item.",
            "code",
            sku=articles[sku.gtin].choice.sku,
        )
    return None


def write_links(skus: Sequence[Sku], item_of: Mapping[int, int], *, user: User, now: datetime) -> None:
    """Link every product of these SKUs: one SKU of an account is one thing."""
    if not skus:
        return
    _list_missing(skus, now)
    linked: list[ChannelProduct] = []
    for sku in skus:
        for product in sku.products:
            if product.item_id is None:
                product.item_id = item_of[sku.place]
                product.linked_by, product.linked_at = str(user)[:20], now
                linked.append(product)
    if linked:
        columns = {"item_id", "linked_by", "linked_at"}
        fields = [field for field in ChannelProduct._meta.concrete_fields if field.attname in columns]
        update_columns(ChannelProduct, linked, fields)
    listings = [sku.listing for sku in skus if sku.listing is not None]
    again = [listing.pk for listing in listings if listing.ignored_at is not None]
    Listing.objects.filter(any_of("pk", again)).update(ignored_at=None)
    record_audits(
        "link", "ChannelProduct", {product.pk: {"item": str(product.item_id)} for product in linked}, now=now, user=user
    )
    codes = dict(StockItem.objects.filter(any_of("pk", set(item_of.values()))).values_list("pk", "code"))
    write_activities(
        draft_activity(
            f"SKU {sku.choice.sku[:60]} linked to {codes[item_of[sku.place]]}.",
            item_id=item_of[sku.place],
            listing=sku.listing,
            user=user,
            now=now,
        )
        for sku in skus
    )
    merchant = {listing.pk: listing.account_id for listing in listings if listing.fulfilment == Fulfilment.FBM}
    notice_listings(merchant, cause="Linked to a stock item", now=now)
    for account_id in sorted({row.account_id for row in listings if row.fulfilment != Fulfilment.FBM}):
        triggers.run_flow(account_id, "fba_stock_in", soon=True)


def _list_missing(skus: Sequence[Sku], now: datetime) -> None:
    """Listings and products of SKUs that orders brought before their listings were read."""
    missing = [sku for sku in skus if sku.listing is None]
    fba = set(
        Channel.objects.filter(any_of("account", {sku.choice.account_id for sku in missing}), kind=Fulfilment.FBA)
        .values_list("account", "marketplace")
    ) if missing else set()  # fmt: skip
    ids = iter(draw({id_sequence(Listing): len(missing)})[id_sequence(Listing)])
    for sku in missing:
        one = sku.choice
        # Until the listing itself says: FBA wherever the account has an FBA channel, so that nothing is written.
        kind = Fulfilment.FBA if (one.account_id, one.marketplace_id) in fba else Fulfilment.FBM
        sku.listing = new_row(
            Listing, pk=next(ids), account_id=one.account_id, sku=one.sku, fulfilment=kind, found_at=now
        )
    lacking = [sku for sku in skus if all(one.marketplace_id != sku.choice.marketplace_id for one in sku.products)]
    keys = iter(draw({id_sequence(ChannelProduct): len(lacking)})[id_sequence(ChannelProduct)])
    products = []
    for sku in lacking:
        one = sku.choice
        product = new_row(
            ChannelProduct,
            pk=next(keys),
            listing=sku.listing,
            marketplace_id=one.marketplace_id,
            asin=one.asin[:20],
            title=one.title[:500],
            found_at=now,
        )
        sku.products.append(product)
        products.append(product)
    try:
        with transaction.atomic():
            insert(Listing, [sku.listing for sku in missing if sku.listing is not None])
            insert(ChannelProduct, products)
    except IntegrityError as clash:
        raise Refused("A listing of these was read from Amazon at this moment. Press the button once more.") from clash
    for account_id in sorted({sku.choice.account_id for sku in missing}):
        triggers.run_flow(account_id, "listings_in", soon=True)
