"""What the seeded world is made of: marketplaces, products, buyers. The same seed makes the same world."""

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
    zone: str = "UTC"  # whose midnight ends its days


EU_MARKETS = (
    Market("A1F83G8C2ARO7P", "Amazon.co.uk", "GB", "GBP", "en_GB", "UK", 100, zone="Europe/London"),
    Market("A1PA6795UKMFR9", "Amazon.de", "DE", "EUR", "de_DE", "EU", 118, hours=1, zone="Europe/Berlin"),
    Market("A13V1IB3VIYZZH", "Amazon.fr", "FR", "EUR", "fr_FR", "EU", 118, hours=1, zone="Europe/Paris"),
    Market("APJ6JRA9NG5V4", "Amazon.it", "IT", "EUR", "it_IT", "EU", 118, hours=1, zone="Europe/Rome"),
    Market("A1RKKUPIHCS9HS", "Amazon.es", "ES", "EUR", "es_ES", "EU", 118, hours=1, zone="Europe/Madrid"),
    Market("A1805IZSGTT6HS", "Amazon.nl", "NL", "EUR", "nl_NL", "EU", 118, hours=1, zone="Europe/Amsterdam"),
    Market("A2NODRKZP88ZB9", "Amazon.se", "SE", "SEK", "sv_SE", "EU", 1340, hours=1, zone="Europe/Stockholm"),
)
NA_MARKETS = (
    Market(
        "ATVPDKIKX0DER",
        "Amazon.com",
        "US",
        "USD",
        "en_US",
        "NA",
        128,
        tax_added=True,
        hours=-5,
        zone="America/Los_Angeles",
    ),
    Market(
        "A2EUQ1WTGCTBG2",
        "Amazon.ca",
        "CA",
        "CAD",
        "en_CA",
        "NA",
        175,
        tax_added=True,
        hours=-5,
        zone="America/Los_Angeles",
    ),
    Market("A1AM78C64UM0Y8", "Amazon.com.mx", "MX", "MXN", "es_MX", "NA", 2350, hours=-6, zone="America/Los_Angeles"),
)
FE_MARKETS = (
    Market("A1VC38T7YXB528", "Amazon.co.jp", "JP", "JPY", "ja_JP", "JP", 19_000, hours=9, zone="Asia/Tokyo"),
    Market("A39IBJ37TRP1C6", "Amazon.com.au", "AU", "AUD", "en_AU", "AU", 195, hours=10, zone="Australia/Sydney"),
    Market("A19VAU5U5O7RUS", "Amazon.sg", "SG", "SGD", "en_SG", "SG", 172, hours=8, zone="Asia/Singapore"),
)
INVENTED = Market("A0INVENTEDKWD1", "Amazon.kw (invented)", "KW", "KWD", "ar_KW", "KW", 40, hours=3, zone="Asia/Kuwait")
"""No such marketplace: it stands for the one that opens after a program was written, and has three decimals."""
MARKETS = {market.id: market for market in (*EU_MARKETS, *NA_MARKETS, *FE_MARKETS, INVENTED)}
BY_REGION = {"EU": (*EU_MARKETS, INVENTED), "NA": NA_MARKETS, "FE": FE_MARKETS}
REGION_OF = {market.id: region for region, markets in BY_REGION.items() for market in markets}
DECIMALS = {"JPY": 0, "KWD": 3}
"""Of a currency's amounts; two where nothing is given."""


def in_currency(amount: Decimal, currency: str) -> Decimal:
    """Rounded to the smallest coin."""
    return amount.quantize(Decimal(1).scaleb(-DECIMALS.get(currency, 2)), ROUND_HALF_UP)


def written(amount: Decimal, currency: str) -> str:
    """An amount as responses have it: "12.34", "1234" of yen, "1.234" of dinars."""
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

ODD_GOODS = (
    ("ODD 01", "Mug with a space in its SKU", 1299),
    ("ODD/02", "Slash/Hook", 899),
    ("ODD\\03", "Backslash\\Hook", 899),
    ('ODD"04"', 'Pan, 12" across', 3499),
    ("ODD'05", "Skipper's Apron", 2199),
    ("ODD,06", "Twine, garden, 50 m", 499),
    ("0000007", "Candle 7", 699),
    ("ＯＤＤ＆08", "Ｆｕｌｌ－ｗｉｄｔｈ　Ｔｒａｙ", 1999),
    ("HE14-367&@2&$388", "Lamp & Shade @ Home", 4599),
    ("Book#320", "Log Book #320", 1499),
    ("5291 (FPT.PE00552-CA)", "Spare Part (FPT)", 2999),
    ("ODD:2021-03-01", "Calendar 2021-03-01", 1),
    ("ODD+12%2F", "Plus+Percent%2F", 1099),
    ("ÖDD-Łódź-13", "Łódź Wool Blanket – naïve façade", 7999),
    ("ODD<b>14</b>", "<b>Bold</b> & <script>alert(1)</script> Carafe", 2499),
    ("ODD-FREE-15", "Free Sample", 0),
    ("ODD-LONG-16", "Storm Lantern, " * 33 + "the end", 5999),
    ("ODD-YEN-17", "Basket 〒150-0002 🧺", 3),
)
"""(SKU, title, pence) as sellers really have them: signs that break programs, no price, a title of 500 letters."""
ODD_BUYERS = (
    ("Zoë Ångström-Nuñez", "Straße des 17. Juni 135, Aufgang „B“", "Berlin"),
    ("李 小龙", "香港九龍彌敦道 100 號", "九龍"),
    ("محمد بن عبد الله", "شارع الكويت 5", "مدينة الكويت"),
    ("Null", "0", "None"),
    ("O'Brien; DROP TABLE orders; --", 'The "Old" Mill, 1/2', "St. John's"),
    ("🧜 Ariel 🌊", "1 Sea 🐚 Bed", "Atlantis"),
    ("Ｆｕｌｌ　Ｗｉｄｔｈ", "１－２－３　Ｍａｒｕｎｏｕｃｈｉ", "Ｔｏｋｙｏ"),
    ("A" * 80, "B" * 100, "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"),
    ("<b>Ada</b> & Sons", "1 <Quay> & Pier", "Hull"),
    ("  Ada   Byron  ", "\t1 Quay Street", "Hull "),
)
"""(name, line, town): letters of every kind, nothing that looks like something, something that looks like code."""
SHARES = {
    "GB": 30, "DE": 25, "FR": 12, "IT": 9, "ES": 8, "NL": 5, "SE": 3,
    "US": 60, "CA": 12, "MX": 6, "JP": 20, "AU": 6, "SG": 2, "KW": 1,
}  # fmt: skip
"""How traffic without given marketplaces is spread over their countries."""
DAY = (
    0.45, 0.2, 0.12, 0.1, 0.1, 0.15, 0.35, 0.8, 0.98, 1.05, 1.15, 1.2,
    1.25, 1.2, 1.15, 1.15, 1.2, 1.35, 1.6, 1.85, 2.0, 1.9, 1.7, 1.0,
)  # fmt: skip
"""Orders in each hour of a marketplace's own day, of the mean hour's: few at four, most at eight in the evening."""
