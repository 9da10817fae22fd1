"""Which stock item an order line means: by Amazon SKU or by ASIN, compared exactly."""

from collections.abc import Iterable
from dataclasses import dataclass

from wharfinger.domain.identity import NotAnIdentity, parse_sku


@dataclass(frozen=True, slots=True)
class Candidate:
    """A channel product of the channel's marketplace, linked (`item_id`) or not."""

    sku: str
    asin: str
    item_id: int | None
    item_code: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    item_id: int


@dataclass(frozen=True, slots=True)
class NotMatched:
    """The line is held; `reason` is for a person."""

    reason: str


@dataclass(frozen=True, slots=True)
class NothingToSend:
    """A warranty, an assembly: it belongs to another line, and nothing of it stands on a shelf."""


Meaning = Matched | NotMatched | NothingToSend


def match_line(sku: str, asin: str, candidates: Iterable[Candidate], *, by_sku: bool) -> Matched | NotMatched:
    """Match one line. By ASIN it matches when the ASIN's products lead to one stock item, else both are named."""
    try:
        parse_sku(sku)
    except NotAnIdentity as fault:
        if by_sku or not asin:
            return NotMatched(str(fault))
    fitting = [c for c in candidates if (c.sku == sku if by_sku else c.asin == asin and asin)]
    items = {c.item_id: c.item_code for c in fitting if c.item_id is not None}
    word, code = ("Amazon SKU", sku) if by_sku else ("ASIN", asin)
    shown = code[:60] + ("…" if len(code) > 60 else "")
    if len(items) == 1:
        return Matched(next(iter(items)))
    if len(items) > 1:
        names = " and ".join(sorted(items.values()))
        return NotMatched(f"The {word} “{shown}” leads to several stock items: {names}.")
    return NotMatched(f"No stock item is linked to the {word} “{shown}”.")


def loosened(code: str) -> str:
    """Without what people type differently: case, spaces, leading zeros. Codes that are alike so are near misses, never
    taken by themselves."""
    return "".join(code.casefold().split()).lstrip("0")
