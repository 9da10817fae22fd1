"""The marketplaces as Amazon publishes them (developer-docs marketplace-ids), as one table.

The table is the seed of the marketplaces' rows; an id that only Amazon knows yet is added there
from the account's participations (behaviour A11), so nothing may refuse an id for not being here.
"""

from dataclasses import dataclass
from enum import StrEnum


class Region(StrEnum):
    """A selling region: one API endpoint, one authorisation for each seller account."""

    EU = "EU"
    NA = "NA"
    FE = "FE"

    @property
    def title(self) -> str:  # type: ignore[override]  # nobody calls str.title() of a region
        return {"EU": "UK and Europe", "NA": "US", "FE": "Far East"}[self.value]


class Pool(StrEnum):
    """An FBA pool: the marketplaces that Amazon serves from one stock."""

    UK = "UK"
    EU = "EU"
    NA = "NA"
    OTHER = "OTHER"

    @property
    def title(self) -> str:  # type: ignore[override]  # nor of a pool
        return {"UK": "UK", "EU": "Europe", "NA": "North America", "OTHER": "other"}[self.value]


@dataclass(frozen=True, slots=True)
class MarketplaceFacts:
    id: str
    name: str
    country: str
    currency: str
    region: Region
    pool: Pool
    seller_central: str
    zone: str


_ZONES = {
    "GB": "Europe/London", "DE": "Europe/Berlin", "FR": "Europe/Paris", "IT": "Europe/Rome", "ES": "Europe/Madrid",
    "NL": "Europe/Amsterdam", "SE": "Europe/Stockholm", "PL": "Europe/Warsaw", "BE": "Europe/Brussels",
    "IE": "Europe/Dublin", "TR": "Europe/Istanbul", "ZA": "Africa/Johannesburg", "EG": "Africa/Cairo",
    "SA": "Asia/Riyadh", "AE": "Asia/Dubai", "IN": "Asia/Kolkata", "US": "America/Los_Angeles",
    "CA": "America/Los_Angeles", "MX": "America/Los_Angeles", "BR": "America/Sao_Paulo", "JP": "Asia/Tokyo",
    "AU": "Australia/Sydney", "SG": "Asia/Singapore",
}  # fmt: skip
"""Where a marketplace's days begin and end. Amazon publishes no list: the US's and India's were seen in ship-by
times, Canada's and Mexico's are Pacific like Amazon's own day totals there, the others are their country's; each
holds until its orders contradict it (`domain.days.zone_that_fits`)."""


def _row(id: str, name: str, country: str, currency: str, region: Region, pool: Pool, host: str) -> MarketplaceFacts:
    return MarketplaceFacts(id, name, country, currency, region, pool, host, _ZONES[country])


_EUROPE = "sellercentral-europe.amazon.com"

MARKETPLACES: tuple[MarketplaceFacts, ...] = (
    _row("A1F83G8C2ARO7P", "Amazon.co.uk", "GB", "GBP", Region.EU, Pool.UK, _EUROPE),
    _row("A1PA6795UKMFR9", "Amazon.de", "DE", "EUR", Region.EU, Pool.EU, _EUROPE),
    _row("A13V1IB3VIYZZH", "Amazon.fr", "FR", "EUR", Region.EU, Pool.EU, _EUROPE),
    _row("APJ6JRA9NG5V4", "Amazon.it", "IT", "EUR", Region.EU, Pool.EU, _EUROPE),
    _row("A1RKKUPIHCS9HS", "Amazon.es", "ES", "EUR", Region.EU, Pool.EU, _EUROPE),
    _row("A1805IZSGTT6HS", "Amazon.nl", "NL", "EUR", Region.EU, Pool.EU, "sellercentral.amazon.nl"),
    _row("A2NODRKZP88ZB9", "Amazon.se", "SE", "SEK", Region.EU, Pool.EU, "sellercentral.amazon.se"),
    _row("A1C3SOZRARQ6R3", "Amazon.pl", "PL", "PLN", Region.EU, Pool.EU, "sellercentral.amazon.pl"),
    _row("AMEN7PMS3EDWL", "Amazon.com.be", "BE", "EUR", Region.EU, Pool.EU, "sellercentral.amazon.com.be"),
    _row("A28R8C7NBKEWEA", "Amazon.ie", "IE", "EUR", Region.EU, Pool.EU, "sellercentral.amazon.ie"),
    _row("A33AVAJ2PDY3EV", "Amazon.com.tr", "TR", "TRY", Region.EU, Pool.OTHER, "sellercentral.amazon.com.tr"),
    _row("AE08WJ6YKNBMC", "Amazon.co.za", "ZA", "ZAR", Region.EU, Pool.OTHER, "sellercentral.amazon.co.za"),
    _row("ARBP9OOSHTCHU", "Amazon.eg", "EG", "EGP", Region.EU, Pool.OTHER, "sellercentral.amazon.eg"),
    _row("A17E79C6D8DWNP", "Amazon.sa", "SA", "SAR", Region.EU, Pool.OTHER, "sellercentral.amazon.sa"),
    _row("A2VIGQ35RCS4UG", "Amazon.ae", "AE", "AED", Region.EU, Pool.OTHER, "sellercentral.amazon.ae"),
    _row("A21TJRUUN4KGV", "Amazon.in", "IN", "INR", Region.EU, Pool.OTHER, "sellercentral.amazon.in"),
    _row("ATVPDKIKX0DER", "Amazon.com", "US", "USD", Region.NA, Pool.NA, "sellercentral.amazon.com"),
    _row("A2EUQ1WTGCTBG2", "Amazon.ca", "CA", "CAD", Region.NA, Pool.NA, "sellercentral.amazon.ca"),
    _row("A1AM78C64UM0Y8", "Amazon.com.mx", "MX", "MXN", Region.NA, Pool.NA, "sellercentral.amazon.com.mx"),
    _row("A2Q3Y263D00KWC", "Amazon.com.br", "BR", "BRL", Region.NA, Pool.OTHER, "sellercentral.amazon.com.br"),
    _row("A1VC38T7YXB528", "Amazon.co.jp", "JP", "JPY", Region.FE, Pool.OTHER, "sellercentral.amazon.co.jp"),
    _row("A39IBJ37TRP1C6", "Amazon.com.au", "AU", "AUD", Region.FE, Pool.OTHER, "sellercentral.amazon.com.au"),
    _row("A19VAU5U5O7RUS", "Amazon.sg", "SG", "SGD", Region.FE, Pool.OTHER, "sellercentral.amazon.sg"),
)

BY_ID: dict[str, MarketplaceFacts] = {facts.id: facts for facts in MARKETPLACES}

_REGION_ZONES = {Region.EU: "Europe/Berlin", Region.NA: "America/Los_Angeles", Region.FE: "Asia/Tokyo"}


def likely_zone(marketplace_id: str, region: str, country: str = "") -> str:
    """The zone of a marketplace's days; of one that only Amazon knows its country's, else the region's most likely."""
    if marketplace_id in BY_ID:
        return BY_ID[marketplace_id].zone
    return _ZONES.get(country, _REGION_ZONES[Region(region)])


COUNTRIES = {
    "GB": "United Kingdom", "DE": "Germany", "FR": "France", "IT": "Italy", "ES": "Spain", "NL": "Netherlands",
    "SE": "Sweden", "PL": "Poland", "BE": "Belgium", "IE": "Ireland", "TR": "Türkiye", "ZA": "South Africa",
    "EG": "Egypt", "SA": "Saudi Arabia", "AE": "United Arab Emirates", "IN": "India", "US": "United States",
    "CA": "Canada", "MX": "Mexico", "BR": "Brazil", "JP": "Japan", "AU": "Australia", "SG": "Singapore",
}  # fmt: skip
"""Countries that have a marketplace, as people call them; one that only Amazon knows yet shows its code."""


def zone_of_country(country: str) -> str:
    """The zone of a country that has a marketplace; empty where it has none, or several zones of its own."""
    return "" if country in ("US", "CA", "MX", "BR", "AU") else _ZONES.get(country, "")
