"""What the seeded world is made of: marketplaces, goods, people. The same seed makes the same world."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class Market:
    id: str
    name: str
    country: str
    currency: str
    language: str
    pool: str
    price_factor: int  # hundredths: what a pound's price becomes here
    tax_added: bool = False  # US and CA: tax comes on top and Amazon collects it
    hours: int = 0  # ahead of UTC, winter and summer: when its people sleep


EU_MARKETS = (
    Market("A1F83G8C2ARO7P", "Amazon.co.uk", "GB", "GBP", "en_GB", "UK", 100),
    Market("A1PA6795UKMFR9", "Amazon.de", "DE", "EUR", "de_DE", "EU", 118, hours=1),
    Market("A13V1IB3VIYZZH", "Amazon.fr", "FR", "EUR", "fr_FR", "EU", 118, hours=1),
    Market("APJ6JRA9NG5V4", "Amazon.it", "IT", "EUR", "it_IT", "EU", 118, hours=1),
    Market("A1RKKUPIHCS9HS", "Amazon.es", "ES", "EUR", "es_ES", "EU", 118, hours=1),
    Market("A1805IZSGTT6HS", "Amazon.nl", "NL", "EUR", "nl_NL", "EU", 118, hours=1),
    Market("A2NODRKZP88ZB9", "Amazon.se", "SE", "SEK", "sv_SE", "EU", 1340, hours=1),
)
NA_MARKETS = (
    Market("ATVPDKIKX0DER", "Amazon.com", "US", "USD", "en_US", "NA", 128, tax_added=True, hours=-5),
    Market("A2EUQ1WTGCTBG2", "Amazon.ca", "CA", "CAD", "en_CA", "NA", 175, tax_added=True, hours=-5),
    Market("A1AM78C64UM0Y8", "Amazon.com.mx", "MX", "MXN", "es_MX", "NA", 2350, hours=-6),
)
FE_MARKETS = (
    Market("A1VC38T7YXB528", "Amazon.co.jp", "JP", "JPY", "ja_JP", "JP", 19_000, hours=9),
    Market("A39IBJ37TRP1C6", "Amazon.com.au", "AU", "AUD", "en_AU", "AU", 195, hours=10),
    Market("A19VAU5U5O7RUS", "Amazon.sg", "SG", "SGD", "en_SG", "SG", 172, hours=8),
)
INVENTED = Market("A0INVENTEDKWD1", "Amazon.kw (invented)", "KW", "KWD", "ar_KW", "KW", 40, hours=3)
"""No such marketplace: it stands for the one that opens after a program was written, and has three decimals."""
MARKETS = {market.id: market for market in (*EU_MARKETS, *NA_MARKETS, *FE_MARKETS, INVENTED)}
BY_REGION = {"EU": (*EU_MARKETS, INVENTED), "NA": NA_MARKETS, "FE": FE_MARKETS}
DECIMALS = {"JPY": 0, "KWD": 3}
"""Of a currency's amounts; two where nothing is said."""


def in_currency(amount: Decimal, currency: str) -> Decimal:
    """Rounded to the smallest coin."""
    return amount.quantize(Decimal(1).scaleb(-DECIMALS.get(currency, 2)), ROUND_HALF_UP)


def written(amount: Decimal, currency: str) -> str:
    """An amount as answers have it: "12.34", "1234" of yen, "1.234" of dinars."""
    return f"{amount:.{DECIMALS.get(currency, 2)}f}"


NOUNS = (
    "Enamel Mug", "Bread Bin", "Oak Chopping Board", "Linen Tea Towel", "Copper Kettle", "Brass Hook",
    "Wool Blanket", "Storm Lantern", "Cast Iron Pan", "Jute Doormat", "Beeswax Candle", "Glass Carafe",
    "Steel Thermos", "Wicker Basket", "Canvas Tote", "Cork Trivet", "Slate Coaster", "Boot Brush",
    "Soap Dish", "Apron", "Pepper Mill", "Butter Dish", "Garden Twine", "Watering Can",
)  # fmt: skip
KINDS = ("Harbour", "Lighthouse", "Quay", "Tide", "Anchor")
ODD_SKUS = ("HH 0001", "HH/0002", "00003", "HH'0004", "HH,0005", "HH-Ü0006")
"""SKUs with a space, a slash, leading zeros, an apostrophe, a comma, a letter beyond ASCII."""

BUYERS = (
    ("Ada Byron", "1 Quay Street", "Hull", "HU1 1AA", "GB"),
    ("Anne O'Neil", "22 Harbour Row", "Whitby", "YO22 4DE", "GB"),
    ("Zoë Müller", "Hafenstraße 7", "Hamburg", "20359", "DE"),
    ("Łukasz Żak", "Lange Reihe 12", "Hamburg", "20099", "DE"),
    ("José Núñez", "12 rue du Port", "Nantes", "44000", "FR"),
    ("Chiara Rossi", "Via del Porto 3", "Genova", "16126", "IT"),
    ("Lucía Gómez", "Calle del Mar 9", "Valencia", "46003", "ES"),
    ("Sanne de Vries", "Kade 5", "Rotterdam", "3011 AA", "NL"),
    ("Åsa Öberg", "Hamngatan 4", "Göteborg", "411 06", "SE"),
    ("Grace Hopper", "5 Pier Avenue", "Portland", "04101", "US"),
    ("Wei Chen", "900 Bay Street", "Oakland", "94607", "US"),
    ("Marie Tremblay", "8 Quai St", "Halifax", "B3H 1A1", "CA"),
    ("Luis Hernández", "Malecón 44", "Veracruz", "91700", "MX"),
)
