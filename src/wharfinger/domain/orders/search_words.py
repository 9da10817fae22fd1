"""By which words of its buyer an order is found, although they are stored encrypted: whole words, never parts of them.

Case, accents, spaces and signs do not count. Words of names and companies, the e-mail address, the postcode and its
outward part; at most eight an order, the ones that tell most first. What Amazon masks is no word.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from wharfinger.domain.orders.addresses import masked
from wharfinger.domain.orders.order import IncomingAddress, IncomingBuyer

WORDS_AT_MOST = 8
"""Of an order: a row each, and a million orders have eight million."""

_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
"""Letters that Unicode does not take apart into a plain one and its accent."""
_APOSTROPHES = re.compile(r"['’`´]")
_WORD = re.compile(r"[^\W_]+")
_COMPANY_FORMS = frozenset(
    {"ltd", "limited", "plc", "llc", "inc", "gmbh", "ag", "kg", "sarl", "srl", "spa", "bv", "co"}
)
_UK_INWARD = re.compile(r"[0-9][a-z]{2}\Z")
_ZIP_PLUS_FOUR = re.compile(r"\A([0-9]{5})[0-9]{4}\Z")


class WordKind(StrEnum):
    NAME = "name"
    COMPANY = "company"
    EMAIL = "email"
    POSTCODE = "postcode"
    OUTWARD = "outward"


@dataclass(frozen=True, slots=True)
class SearchWord:
    """A word as it is compared; its repr shows none of it."""

    kind: WordKind
    text: str

    def __repr__(self) -> str:
        return f"SearchWord({self.kind})"


@dataclass(frozen=True, slots=True)
class TypedWords:
    """What a typed text may be: one of `whole`, or every one of `names` among the words of a buyer."""

    whole: tuple[SearchWord, ...]
    names: tuple[str, ...]


def words_of(address: IncomingAddress | None, buyer: IncomingBuyer) -> tuple[SearchWord, ...]:
    """The words that an order is found by."""
    return tuple(islice(dict.fromkeys(_in_order(address or IncomingAddress(), buyer)), WORDS_AT_MOST))


def _in_order(address: IncomingAddress, buyer: IncomingBuyer) -> Iterator[SearchWord]:
    if buyer.email and not masked(buyer.email):
        yield SearchWord(WordKind.EMAIL, _plain(buyer.email))
    if address.postcode and not masked(address.postcode, "postcode"):
        postcode = "".join(_split(address.postcode))
        if postcode:
            yield SearchWord(WordKind.POSTCODE, postcode)
        if outward := _outward(postcode):
            yield SearchWord(WordKind.OUTWARD, outward)
    for name in (address.name, buyer.name):
        parts = [] if masked(name) else _split(name)
        yield from (SearchWord(WordKind.NAME, part) for part in (*parts[-1:], *parts[:-1]))  # the surname first
    for company in (address.company, buyer.company):
        parts = [] if masked(company) else _split(company)
        yield from (SearchWord(WordKind.COMPANY, part) for part in parts if part not in _COMPANY_FORMS)


def words_typed(text: str) -> TypedWords:
    """What a person may have typed: an e-mail address, a postcode or its outward part, words of a name."""
    if "@" in text:
        return TypedWords((SearchWord(WordKind.EMAIL, _plain(text)),), ())
    parts = _split(text)
    squeezed = "".join(parts)
    if not squeezed:
        return TypedWords((), ())
    code = any(letter.isdigit() for letter in squeezed)
    whole = tuple(SearchWord(kind, squeezed) for kind in (WordKind.POSTCODE, WordKind.OUTWARD)) if code else ()
    return TypedWords(whole, tuple(part for part in dict.fromkeys(parts) if part not in _COMPANY_FORMS))


def _plain(text: str) -> str:
    """Without case, accents and spaces."""
    if text.isascii():
        return "".join(text.lower().split())
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(_LETTERS)
    return "".join(bare.split())


def _split(text: str) -> list[str]:
    return [_plain(word) for word in _WORD.findall(_APOSTROPHES.sub("", unicodedata.normalize("NFKC", text)))]


def _outward(postcode: str) -> str:
    """BS1 of BS1 4DJ; 10001 of a ZIP code with its four digits more."""
    if _UK_INWARD.search(postcode) and len(postcode) > 4 and postcode[0].isalpha():
        return postcode[:-3]
    extended = _ZIP_PLUS_FOUR.match(postcode)
    return extended[1] if extended else ""
