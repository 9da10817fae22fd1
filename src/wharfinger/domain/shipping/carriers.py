"""Amazon's carriers: the codes that a shipment confirmation may name.

Sources: the enumeration CarrierCode of Amazon's schema `amzn-base.xsd` (feed OrderFulfillment), and the carriers that
Seller Central's Confirm shipment offers in the UK, the EU and the US (its help page “Acceptable CarrierCode values”).
`confirmShipment` (orders v0, PackageDetail.carrierCode) takes the same names and must be given one; a carrier that
Amazon does not list goes as “Other” with its name in carrierName (behaviour SH07). Codes are compared as they stand.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

OTHER = "Other"
SUGGESTED_AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Carrier:
    """`countries`: where it is at home; empty = in many. `methods`: shipping methods to suggest; Amazon takes any."""

    code: str
    countries: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


_GB, _US, _CA, _MX, _BR = ("GB",), ("US",), ("CA",), ("MX",), ("BR",)
_EU = ("DE", "FR", "IT", "ES", "NL", "BE", "SE", "PL", "IE")

CARRIERS: tuple[Carrier, ...] = (
    Carrier("Amazon Shipping", ("GB", "FR", "IT", "ES", "DE", "US"), ("Standard",)),
    Carrier("Asendia"),
    Carrier("Blue Package", _US),
    Carrier("BRT", ("IT",), ("Express",)),
    Carrier("Bpost", ("BE",)),
    Carrier("Canada Post", _CA, ("Expedited Parcel", "Xpresspost", "Priority")),
    Carrier("China Post"),
    Carrier("Chronopost", ("FR",), ("Chrono 13", "Chrono 18")),
    Carrier("City Link", _GB),
    Carrier("Colis Prive", ("FR",)),
    Carrier("Colissimo", ("FR",), ("Domicile", "Point Retrait")),
    Carrier("Correios", _BR, ("PAC", "SEDEX")),
    Carrier("Correos", ("ES",), ("Paq Premium", "Paq Estandar")),
    Carrier("Correos Express", ("ES",), ("Paq 24",)),
    Carrier("Deutsche Post", ("DE",), ("Brief", "Warenpost")),
    Carrier("DHL", (), ("Paket", "Express")),
    Carrier("DHL eCommerce", ("US", "GB")),
    Carrier("DHL Express"),
    Carrier("DHL Global Mail"),
    Carrier("DPD", (*_GB, *_EU), ("Next Day", "Classic")),
    Carrier("DX", _GB),
    Carrier("Endicia", _US),
    Carrier("Estafeta", _MX, ("Terrestre", "Dia Siguiente")),
    Carrier("Evri", _GB, ("Standard", "Next Day")),
    Carrier("Fastway", ("IE", "GB")),
    Carrier("FedEx", (), ("Ground", "2Day", "Priority Overnight")),
    Carrier("FedEx SmartPost", _US),
    Carrier("GEODIS", ("FR",)),
    Carrier("GLS", _EU, ("Standard", "Express")),
    Carrier("GO!", ("DE",)),
    Carrier("Hermes", ("DE",), ("Standard",)),
    Carrier("Hermes Logistik Gruppe", ("DE",)),
    Carrier("InPost", ("PL", "IT", "GB", "ES", "FR"), ("Locker", "Courier")),
    Carrier("Lasership", _US),
    Carrier("La Poste", ("FR",), ("Lettre suivie",)),
    Carrier("Mondial Relay", ("FR", "BE", "ES"), ("Point Relais",)),
    Carrier("MRW", ("ES",)),
    Carrier("NACEX", ("ES",)),
    Carrier("Newgistics", _US),
    Carrier("OnTrac", _US),
    Carrier("OSM", _US),
    Carrier("Parcelforce", _GB, ("Express 24", "Express 48")),
    Carrier("Parcelnet", _GB),
    Carrier("PostNL", ("NL", "BE")),
    Carrier("PostNord", ("SE",)),
    Carrier("Poczta Polska", ("PL",)),
    Carrier("Poste Italiane", ("IT",), ("Crono", "Posta Tracciata")),
    Carrier("Purolator", _CA),
    Carrier("Royal Mail", _GB, ("Tracked 24", "Tracked 48", "Special Delivery", "1st Class", "2nd Class")),
    Carrier("SDA", ("IT",)),
    Carrier("SEUR", ("ES",), ("24 Estandar",)),
    Carrier("Streamlite", _US),
    Carrier("Target"),
    Carrier("TNT"),
    Carrier("Tuffnells", _GB),
    Carrier("UPS", (), ("Ground", "Standard", "Express Saver", "2nd Day Air")),
    Carrier("UPS Mail Innovations", _US),
    Carrier("UPSMI", _US),
    Carrier("USPS", _US, ("Ground Advantage", "Priority Mail", "First Class")),
    Carrier("XPO", ("GB", "FR", "US")),
    Carrier("Yanwen"),
    Carrier("Yodel", _GB, ("24", "48")),
    Carrier("Yun Express"),
    Carrier("4PX"),
    Carrier(OTHER),
)

ONE_CARRIER: tuple[tuple[str, ...], ...] = (
    ("UPS Mail Innovations", "UPSMI", "UPS MI"),
    ("Hermes Logistik Gruppe", "Hermes", "HLG", "Hermes Germany"),
    ("Evri", "Hermes UK", "Hermesworld", "Parcelnet", "myHermes"),
    ("DHL eCommerce", "DHL Global Mail", "DHL eCommerce Solutions"),
    ("FedEx SmartPost", "FedEx Ground Economy", "SmartPost"),
    ("FedEx", "Federal Express"),
    ("UPS", "United Parcel Service"),
    ("USPS", "United States Postal Service", "US Postal Service", "U.S. Postal Service"),
    ("Royal Mail", "RMG", "Royal Mail Group"),
    ("Parcelforce", "Parcelforce Worldwide", "Parcel Force"),
    ("Correos", "Correos de España", "Correos de Espana"),
    ("GLS", "General Logistics Systems"),
    ("DPD", "Dynamic Parcel Distribution", "DPDgroup"),
    ("Poste Italiane", "PosteItaliane"),
    ("BRT", "Bartolini", "BRT Corriere Espresso"),
    ("Bpost", "Belgian Post"),
    ("Yun Express", "YunExpress"),
    ("4PX", "4PX Express"),
    ("Asendia", "Asendia Germany", "Asendia UK"),
    ("InPost", "InPost UK"),
    ("OSM", "OSM Worldwide"),
    ("Lasership", "OnTrac"),
    ("Colis Prive", "Colis Privé"),
    ("Tuffnells", "Tuffnells Parcels Express"),
)
"""Names of one carrier: the code that was sent and the name that Amazon's order shows may be two of them. “Hermes” is
the German one; in the United Kingdom it was an older name of Evri. LaserShip and OnTrac are one company since 2021."""

_BY_FOLDED: Mapping[str, str] = {carrier.code.casefold().replace(" ", ""): carrier.code for carrier in CARRIERS}
CARRIER_CODES: tuple[str, ...] = tuple(carrier.code for carrier in CARRIERS)


def folded(name: str) -> str:
    """Equal for names that differ only by case, accents, spaces and signs."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


_ALIASES: Mapping[str, frozenset[str]] = {
    folded(name): frozenset(folded(other) for other in names) for names in ONE_CARRIER for name in names
}
_TELLING = 5
"""Letters: a shorter name of the table says nothing when it stands within another name."""


def _names_of(carrier: str) -> frozenset[str]:
    return _ALIASES.get(folded(carrier), frozenset((folded(carrier),)))


def are_one_carrier(one: str, other: str) -> bool:
    """Whether both surely name one carrier: written alike, or by the table."""
    return not _names_of(one).isdisjoint(_names_of(other))


def is_another_carrier(shown: str, sent: str) -> bool:
    """Whether what Amazon shows (a code, a name, or both in one) cannot be the carrier that was sent.

    One name within the other may be one carrier, as “DPD” and “DPD UK”. Where one is not said, nothing is known.
    """
    one, other = folded(shown), folded(sent)
    if not one or not other or one in other or other in one or are_one_carrier(shown, sent):
        return False
    pairs = [(one, name) for name in _names_of(sent)] + [(other, name) for name in _names_of(shown)]
    return not any(len(name) >= _TELLING and name in whole for whole, name in pairs)


def is_listed(code: str) -> bool:
    return code in CARRIER_CODES


def carriers_for(country: str) -> tuple[Carrier, ...]:
    """All of them, those at home in the marketplace's country and in many first."""
    return tuple(sorted(CARRIERS, key=lambda carrier: bool(carrier.countries) and country not in carrier.countries))


def near_misses(typed: str) -> tuple[str, ...]:
    """The listed codes that the typed one probably means, best first; empty when none is near."""
    folded = typed.casefold().replace(" ", "")
    close = get_close_matches(folded, list(_BY_FOLDED), n=SUGGESTED_AT_MOST, cutoff=0.6)
    begin = [key for key in _BY_FOLDED if len(key) >= 3 and (folded.startswith(key) or key.startswith(folded[:4]))]
    return tuple(_BY_FOLDED[key] for key in dict.fromkeys([*close, *begin]))[:SUGGESTED_AT_MOST]


def carrier_fault(code: str, name: str, *, seen_at_amazon: bool) -> tuple[str, str] | None:
    """Why Amazon would not take it: (field, words); None = it may be sent.

    `seen_at_amazon`: a person says that Seller Central lists the code although the table here does not.
    """
    if not code:
        return "carrier_code", "Give Amazon's carrier code, such as Royal Mail; Other for a carrier it does not list."
    if code == OTHER and not name:
        return "carrier_name", "With the carrier code Other, Amazon needs the carrier's name too."
    if is_listed(code) or seen_at_amazon:
        return None
    near = near_misses(code)
    words = f"Do you mean {_or(near)}?" if near else "Use Other and give the carrier's name."
    return "carrier_code", f"“{code}” is not in Amazon's list of carriers. {words}"


def _or(names: tuple[str, ...]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
