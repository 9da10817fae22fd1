"""Counts (stocktakes): what was counted of an item, against what was expected at that moment. Pure.

An entry is compared with what was on hand when it was made, so that sales after it stay: booking adds the variance to
what is on hand then.
"""

from dataclasses import dataclass

from wharfinger.domain.labels import Labelled
from wharfinger.domain.stock.ledger import SiteKind

COUNTED_KINDS = tuple(kind for kind in SiteKind if kind not in (SiteKind.FBA, SiteKind.IN_TRANSIT))
"""Sites where people can count. Amazon counts its own; in transit nobody can."""
UNITS_AT_MOST = 10_000_000


class CountState(Labelled):
    OPEN = "open", "Open"
    BOOKED = "booked", "Booked"
    CANCELLED = "cancelled", "Cancelled"


class CountScope(Labelled):
    SITE = "site", "Whole site"
    BINS = "bins", "Range of bins"
    ITEMS = "items", "Chosen items"


@dataclass(frozen=True, slots=True)
class Tally:
    """What the entries of an item say together. `moved`: units came or went between its entries."""

    counted: int
    expected: int
    moved: bool = False

    @property
    def variance(self) -> int:
        return self.counted - self.expected


def add_entry(tally: Tally | None, quantity: int, on_hand: int, *, replaces: bool) -> Tally:
    """Several entries of an item add up (it lies in two bins); a recount takes the place of those before it.

    `on_hand`: at the moment of the entry. Where units moved between two entries that add up, nobody can say which of
    them were counted twice or never: the highest level is expected, so that no unit is booked that may not be there,
    and the tally says so.
    """
    if tally is None or replaces:
        return Tally(quantity, on_hand)
    return Tally(tally.counted + quantity, max(tally.expected, on_hand), moved=tally.moved or tally.expected != on_hand)


def needs_decision(tally: Tally) -> bool:
    """Whether a person has to accept the line before it is booked: one that agrees needs nobody."""
    return tally.variance != 0 or tally.moved
