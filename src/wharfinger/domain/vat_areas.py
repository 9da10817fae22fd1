"""VAT areas: where goods leave from and go to, as VAT sees it. Pure.

An area is a code: a member state's (`DE`, `GR`), `GB`, `XI` (Northern Ireland, where the Union's rules hold for goods),
`IM`, `MC`, a region with rates of its own (`PT-20` the Azores, `PT-30` Madeira, `AT-JM` Jungholz and Mittelberg), or a
place outside. A `?` behind it says that its postcode is missing and that the country has regions of their own.

Source: Directive 2006/112/EC, articles 5 to 7; the Windsor Framework (BT postcodes); Notice 700 section 2 (HMRC).
"""

import re
from collections.abc import Mapping

UNION = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
"""The 27 member states."""
_ALIASES = {"UK": "GB", "EL": "GR", "NI": "XI"}
_REGIONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "GB": (("BT", "XI"), ("JE", "JE"), ("GY", "GG"), ("IM", "IM")),
    "ES": (("35", "ES-CN"), ("38", "ES-CN"), ("51", "ES-CE"), ("52", "ES-ML")),
    "PT": (*((str(first), "PT-30") for first in range(90, 95)), *((str(first), "PT-20") for first in range(95, 100))),
    "FR": tuple((first, "FR-OM") for first in ("971", "972", "973", "974", "975", "976", "977", "978", "98")),
    "IT": (("23041", "IT-LI"), ("22061", "IT-CA")),
    "DE": (("78266", "DE-BU"), ("27498", "DE-HE")),
    "FI": (("22", "AX"),),
    "AT": tuple((whole, "AT-JM") for whole in ("6691", "6991", "6992", "6993")),
    "GR": (("63086", "GR-AT"),),
    "CY": (("99", "CY-NO"),),
}
"""Country → (beginning of the postcode, area). Monaco (980) has a code of its own and VAT as in France."""
_WITHIN = {"PT-20": "PT", "PT-30": "PT", "AT-JM": "AT", "MC": "FR", "XI": "GB", "IM": "GB"}
NO_COUNTRY = "??"
"""Of a tax number without a country: whether it makes the buyer a business of another state is not known."""
NAMES = {
    "XI": "Northern Ireland",
    "IM": "the Isle of Man",
    "MC": "Monaco",
    "PT-20": "the Azores",
    "PT-30": "Madeira",
    "AT-JM": "Jungholz and Mittelberg",
    "ES-CN": "the Canary Islands",
    "ES-CE": "Ceuta",
    "ES-ML": "Melilla",
    "FR-OM": "overseas France",
    "IT-LI": "Livigno",
    "IT-CA": "Campione d'Italia",
    "DE-BU": "Büsingen",
    "DE-HE": "Heligoland",
    "AX": "Åland",
    "GR-AT": "Mount Athos",
    "CY-NO": "northern Cyprus",
}


def area_of(country: str, postcode: str = "") -> str:
    """Empty where the country is not known."""
    code = country.strip().upper()
    code = _ALIASES.get(code, code)
    if code not in _REGIONS:
        return code if len(code) == 2 and code.isascii() and code.isalpha() else ""
    written = re.sub("[^A-Z0-9]" if code == "GB" else "[^0-9]", "", postcode.upper())
    if not written:
        return f"{code}?"
    if code == "FR" and written.startswith("980"):
        return "MC"
    return next((area for first, area in _REGIONS[code] if written.startswith(first)), code)


def in_union(area: str) -> bool:
    """Whether goods there are goods of the Union, Northern Ireland's among them."""
    return area.rstrip("?") in UNION or area in ("XI", "PT-20", "PT-30", "AT-JM", "MC")


def in_kingdom(area: str) -> bool:
    """Whether UK VAT is due on what is sold within."""
    return area.rstrip("?") == "GB" or area in ("XI", "IM")


def vat_country(area: str) -> str:
    """Whose VAT it is: the country of the return, and of the registration."""
    plain = area.rstrip("?")
    return _WITHIN.get(plain, plain)


def tax_country(number: str) -> str:
    """The country of a VAT number by its own two letters: `??` where it says none, empty where there is no number."""
    letters = re.sub(r"[^A-Z0-9]", "", number.upper())[:2]
    letters = _ALIASES.get(letters, letters)
    if letters in UNION or letters in ("GB", "XI"):
        return letters
    return NO_COUNTRY if number.strip() else ""
