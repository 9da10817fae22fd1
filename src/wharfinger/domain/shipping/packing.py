"""The packing bench: which units of an order are scanned, what a scanned text means, whose order it is. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wharfinger.domain.labels import Labelled
from wharfinger.domain.search_codes import squeeze
from wharfinger.domain.shipping.dispatching import LineLeaves
from wharfinger.domain.stock.gtin import gtin14

CLAIM_LASTS = timedelta(minutes=15)
"""Machine time without a scan, after which anyone may have the order."""


class ScanResult(Labelled):
    COUNTED = "counted", "Counted"
    COMPLETE = "complete", "Everything is in the parcel"
    TOO_MANY = "too_many", "One too many"
    WRONG = "wrong", "Wrong item"

    @property
    def right(self) -> bool:
        return self in (ScanResult.COUNTED, ScanResult.COMPLETE)


@dataclass(frozen=True, slots=True)
class Article:
    """A stock item of an order, with every code by which it may be scanned or typed."""

    item_id: int
    codes: tuple[str, ...]

    def is_meant_by(self, text: str) -> bool:
        wanted, article = squeeze(text), gtin14(text)
        return any(squeeze(code) == wanted or (article and gtin14(code) == article) for code in self.codes)


def article_of(text: str, articles: Iterable[Article], *, bearers: Collection[int] = ()) -> int | None:
    """The item that a scanned text means; None where it means none of them, or several. `bearers`: all stock items with
    exactly this code.

    What is written exactly so goes first: T-15 and T-1.5 are two items, and only one of them is in the packer's hand.
    """
    if not squeeze(text):
        return None
    known = list(articles)
    exactly = [one.item_id for one in known if one.item_id in bearers or text.strip() in one.codes]
    if exactly or bearers:
        return next(iter(exactly), None)
    found = {one.item_id for one in known if one.is_meant_by(text)}
    return found.pop() if len(found) == 1 else None


def count_scan(wanted: Mapping[int, int], scanned: Mapping[int, int], item_id: int | None) -> ScanResult:
    """What one more scan of the item is. `wanted` and `scanned`: units by item."""
    if item_id is None or item_id not in wanted:
        return ScanResult.WRONG
    if scanned.get(item_id, 0) >= wanted[item_id]:
        return ScanResult.TOO_MANY
    after = {**scanned, item_id: scanned.get(item_id, 0) + 1}
    return ScanResult.COMPLETE if is_complete(wanted, after) else ScanResult.COUNTED


def is_complete(wanted: Mapping[int, int], scanned: Mapping[int, int]) -> bool:
    return all(scanned.get(item, 0) >= units for item, units in wanted.items())


def units_by_item(lines: Iterable[LineLeaves]) -> dict[int, int]:
    """What is to be scanned: of a kit its components."""
    wanted: dict[int, int] = {}
    for line in lines:
        for (item, _), units in line.taken:
            wanted[item] = wanted.get(item, 0) + units
    return wanted


def lines_packed(lines: Sequence[LineLeaves], scanned: Mapping[int, int]) -> dict[int, int]:
    """Whole units of each line that the scanned items make, line by line; a kit needs all of its components."""
    left, packed = dict(scanned), {}
    for line in lines:
        each: dict[int, int] = {}
        for (item, _), units in line.taken:
            each[item] = each.get(item, 0) + units
        parts = {item: units // line.units for item, units in each.items()}
        whole = min([line.units, *(left.get(item, 0) // part for item, part in parts.items())])
        if whole:
            packed[line.line_id] = whole
            for item, part in parts.items():
                left[item] -= whole * part
    return packed


def is_claimed(active_at: datetime, machine_now: datetime) -> bool:
    """Whether the claim still keeps others away; a stored moment ahead of the clock keeps nobody away for ever."""
    return machine_now - CLAIM_LASTS < active_at <= machine_now + CLAIM_LASTS
