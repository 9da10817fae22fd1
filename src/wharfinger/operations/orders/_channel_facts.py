"""The channels, options, marketplaces and links of a seller account, read once for a batch of orders."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q

from wharfinger.db.any_of import any_of
from wharfinger.db.models import (
    Channel,
    ChannelOption,
    ChannelProduct,
    CourierLevelMapping,
    Listing,
    Marketplace,
    StockBarcode,
    StockItem,
)
from wharfinger.db.queries.option_rows import sites_of, with_sites
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.orders.deciding import ImportingChannel, ImportingSite
from wharfinger.domain.orders.matching import (
    Candidate,
    MatchCode,
    Matched,
    Meaning,
    NothingToSend,
    NotMatched,
    loosened,
    match_by_codes,
    match_line,
    read_codes,
)
from wharfinger.domain.orders.order import Fulfilment, IncomingLine, OrderType
from wharfinger.domain.stock.allocation import SellingSite, reserving_site
from wharfinger.domain.stock.gtin import gtin14
from wharfinger.operations._options_in_force import InForce, in_force


class Channels:
    """The account's channels, archived ones too, and what their options say."""

    def __init__(self, account_id: int) -> None:
        self._account_id = account_id
        channels = Channel.objects.filter(account=account_id).select_related("marketplace").order_by("pk")
        self._by_id = {channel.pk: channel for channel in channels}
        options = ChannelOption.objects.filter(channel__account=account_id)
        self._options: dict[int, list[ChannelOption]] = {}
        rows = options.select_related("site", "site_group", "order_number_prefix").prefetch_related(with_sites())
        for row in rows.order_by("pk"):
            self._options.setdefault(row.channel_id, []).append(row)
        self._in_force: dict[tuple[int, OrderType], InForce] = {}
        self._marketplaces = {channel.marketplace_id: channel.marketplace for channel in self._by_id.values()}

    def get(self, channel_id: int) -> Channel:
        return self._by_id[channel_id]

    def route(self, marketplace_id: str | None, kind: str) -> Channel | None:
        """By marketplace and fulfilledBy, never a guess."""
        for channel in self._by_id.values():
            if kind and channel.kind == kind and channel.marketplace_id == marketplace_id and not channel.archived:
                return channel
        return None

    def options(self, channel: Channel, order_type: OrderType) -> InForce:
        key = (channel.pk, order_type)
        if key not in self._in_force:
            self._in_force[key] = in_force(channel, self._options.get(channel.pk, ()), order_type)
        return self._in_force[key]

    def importing(self, channel: Channel, order_type: OrderType) -> ImportingChannel:
        """What decides whether it takes an order of this type."""
        site = self.options(channel, order_type).site
        return ImportingChannel(
            channel_id=channel.pk,
            name=channel.name,
            time_zone=channel.marketplace.time_zone,
            start_date=channel.start_date,
            enabled=channel.enabled,
            activated=channel.activated,
            checks_failed=channel.link_state == LinkState.NOT_LINKED,
            paused=channel.dont_import_orders,
            site=None if site is None else ImportingSite(site.pk, site.name, site.levels_loaded_at is not None),
        )

    def read_marketplaces(self, ids: Iterable[str]) -> None:
        """Those without a channel."""
        unknown = set(ids) - self._marketplaces.keys() - {""}
        if unknown:
            self._marketplaces |= Marketplace.objects.in_bulk(sorted(unknown))

    def marketplace(self, marketplace_id: str) -> Marketplace | None:
        return self._marketplaces.get(marketplace_id)

    @cached_property
    def _levels(self) -> dict[tuple[int, str], CourierLevelMapping]:
        rows = CourierLevelMapping.objects.filter(channel__account=self._account_id).order_by("-pk")
        return {(row.channel_id, row.service_level.upper()): row for row in rows}

    def courier_level(self, channel_id: int, service_level: str) -> CourierLevelMapping | None:
        """The channel's mapping of Amazon's service level; case does not count."""
        return self._levels.get((channel_id, service_level.upper())) if service_level else None

    @cached_property
    def selling_sites(self) -> dict[str, SellingSite]:
        """The site from which the FBM channel of each marketplace sells; of a group the first."""
        return {
            channel.marketplace_id: SellingSite(site.pk, site.priority, row.site_group_id)
            for channel in self._by_id.values()
            if channel.kind == Fulfilment.FBM and not channel.archived
            for row in self._options.get(channel.pk, ())
            if not row.order_type
            for site in sites_of(row)[:1]
        }

    def by_sku(self, marketplace_id: str) -> bool:
        """Whether the FBM channel there, if there is one that can sell, matches by Amazon SKU."""
        channel = self.route(marketplace_id, Fulfilment.FBM)
        has_site = marketplace_id in self.selling_sites
        return channel.use_amazon_sku if channel is not None and has_site else True

    def match_codes(self, marketplace_id: str) -> tuple[MatchCode, ...]:
        """The other codes of the FBM channel there."""
        channel = self.route(marketplace_id, Fulfilment.FBM)
        return () if channel is None else read_codes(channel.match_codes)


class _Link(NamedTuple):
    """A channel product."""

    marketplace_id: str
    means: Candidate


def _items_of(links: Iterable[_Link]) -> dict[int, str]:
    return {link.means.item_id: link.means.item_code for link in links if link.means.item_id is not None}


class Links:
    """What the account's SKUs and ASINs mean."""

    def __init__(self, account_id: int, lines: Sequence[tuple[str, str]]) -> None:
        """`lines`: (SKU, ASIN) of every line that is to be matched."""
        self._account_id = account_id
        self._skus = sorted({sku for sku, _ in lines})
        self._asins = sorted({asin for _, asin in lines} - {""})
        self._by_sku: dict[str, list[_Link]] = {}
        for link in self._read(any_of("listing__sku", self._skus)) if lines else ():
            self._by_sku.setdefault(link.means.sku, []).append(link)

    @cached_property
    def _by_asin(self) -> dict[tuple[str, str], list[_Link]]:
        """Read by itself, and only where a channel matches by ASIN: in one statement neither would have its index."""
        found: dict[tuple[str, str], list[_Link]] = {}
        for link in self._read(any_of("asin", self._asins)) if self._asins else ():
            found.setdefault((link.means.asin, link.marketplace_id), []).append(link)
        return found

    def _read(self, meant: Q) -> list[_Link]:
        rows = ChannelProduct.objects.filter(meant, listing__account=self._account_id)
        columns = ("marketplace", "listing__sku", "asin", "item", "item__code")
        return [
            _Link(marketplace, Candidate(sku, asin, item, code or ""))
            for marketplace, sku, asin, item, code in rows.values_list(*columns)
        ]

    def match(
        self, sku: str, asin: str, marketplace_id: str, *, by_sku: bool, codes: Sequence[MatchCode] = ()
    ) -> Matched | NotMatched:
        """The stock item that the line means, or why none. `codes`: what is compared where nothing is linked.

        By ASIN those of the marketplace. By SKU those of the whole account, for one SKU of an account is one thing;
        where the order's own marketplace has a link of its own, that one counts.
        """
        found = self._by_sku.get(sku, []) if by_sku else self._by_asin.get((asin, marketplace_id), [])
        if by_sku and any(link.means.item_id and link.marketplace_id == marketplace_id for link in found):
            found = [link for link in found if link.marketplace_id == marketplace_id]
        first = match_line(sku, asin, [link.means for link in found], by_sku=by_sku)
        if isinstance(first, Matched) or first.several or not codes:
            return first
        return match_by_codes(first, [(code, self._named(code, sku, asin, marketplace_id)) for code in codes])

    def _named(self, code: MatchCode, sku: str, asin: str, marketplace_id: str) -> dict[int, str]:
        """The stock items that the code names, by id, with their codes."""
        match code:
            case MatchCode.AMAZON_SKU:
                return _items_of(self._by_sku.get(sku, []))
            case MatchCode.ASIN:
                by_link = _items_of(self._by_asin.get((asin, marketplace_id), []) if asin else [])
                return by_link | self._by_own_codes[MatchCode.BARCODE].get(asin, {})
            case MatchCode.STOCK_CODE | MatchCode.BARCODE | MatchCode.OTHER_REFERENCE:
                return self._by_own_codes[code].get(sku, {})

    @cached_property
    def _by_own_codes(self) -> dict[MatchCode, dict[str, dict[int, str]]]:
        """What the codes of stock items name, for all lines at once; read only where a channel goes by them."""
        found: dict[MatchCode, dict[str, dict[int, str]]] = {code: {} for code in MatchCode}
        named = Q(code__in=self._skus) | Q(other_reference__in=[sku for sku in self._skus if sku])
        for pk, code, reference in StockItem.objects.filter(named, archived=False).values_list(
            "id", "code", "other_reference"
        ):
            found[MatchCode.STOCK_CODE].setdefault(code, {})[pk] = code
            found[MatchCode.OTHER_REFERENCE].setdefault(reference, {})[pk] = code
        texts = {*self._skus, *self._asins}
        articles = {text: gtin14(text) for text in texts}
        barcodes = StockBarcode.objects.filter(Q(code__in=texts) | Q(gtin__in=set(articles.values()) - {""}))
        owners: dict[str, dict[int, str]] = {}
        articles_of: dict[str, dict[int, str]] = {}
        for barcode, gtin, pk, code in barcodes.filter(item__archived=False).values_list(
            "code", "gtin", "item", "item__code"
        ):
            owners.setdefault(barcode, {})[pk] = code
            articles_of.setdefault(gtin, {})[pk] = code
        for text, article in articles.items():
            by_text = {**owners.get(text, {}), **(articles_of.get(article, {}) if article else {})}
            found[MatchCode.BARCODE][text] = by_text
        return found

    def match_of(self, channel: Channel, sku: str, asin: str) -> Matched | NotMatched:
        """As a channel matches: by what it is set to."""
        codes = read_codes(channel.match_codes)
        return self.match(sku, asin, channel.marketplace_id, by_sku=channel.use_amazon_sku, codes=codes)

    def meaning_of(self, channel: Channel, line: IncomingLine) -> Meaning:
        """What the line of an order means, which may be nothing that stands on a shelf."""
        return NothingToSend() if line.service else self.match_of(channel, line.sku, line.asin)

    def reserving_site(self, channels: Channels, sku: str, marketplace_id: str) -> SellingSite | None:
        """Where an order without an import takes its units: at its own channel's site, which will take it; else at
        the first by priority that sells the SKU."""
        sites = channels.selling_sites
        places = {link.marketplace_id for link in self._by_sku.get(sku, ()) if link.means.item_id is not None}
        return reserving_site(sites.get(marketplace_id), [sites[place] for place in places if place in sites])

    def sent_by_merchant(self, sku: str) -> bool:
        """Needed only where Amazon did not say who sends the order."""
        return self._fulfilments.get(sku) == Fulfilment.FBM

    @cached_property
    def _fulfilments(self) -> dict[str, str]:
        rows = Listing.objects.filter(any_of("sku", self._skus), account=self._account_id)
        return dict(rows.values_list("sku", "fulfilment"))

    def close_codes(self, sku: str, at_most: int = 5) -> list[str]:
        """Codes of stock items that differ only by case, spaces or leading zeros."""
        return [code for code in self._loosened.get(loosened(sku), ()) if code != sku][:at_most]

    @cached_property
    def _loosened(self) -> dict[str, list[str]]:
        codes: dict[str, list[str]] = {}
        for code in StockItem.objects.filter(archived=False).values_list("code", flat=True)[:100_000]:
            codes.setdefault(loosened(code), []).append(code)
        return codes
