"""What Amazon says it holds of an item at an FBA site, as pages show it: every state apart, the sum checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

AT_AMAZON = (
    "fba_ordered",
    "fba_reserved",
    "fba_inbound",
    "fba_unfulfillable",
    "fba_researching",
    "fba_unexplained",
    "fba_other",
    "fba_read_at",
    "fba_doubted",
    "fba_doubted_at",
)
"""The columns of StockLevel that `at_amazon` reads."""


@dataclass(frozen=True, slots=True)
class AtAmazon:
    """`ordered` is a part of `reserved`. `doubted`: what a reading at `doubted_at` said of the fulfillable units,
    so much lower that a second reading is waited for. `unexplained`: Amazon's own total less the sum of its states.
    `other`: (name, units) of names that Amazon has not published."""

    ordered: int = 0
    reserved: int = 0
    inbound: int = 0
    unfulfillable: int = 0
    researching: int = 0
    unexplained: int = 0
    other: tuple[tuple[str, int], ...] = field(default=())
    read_at: datetime | None = None
    doubted: int | None = None
    doubted_at: datetime | None = None


def at_amazon(row: Mapping[str, Any]) -> AtAmazon:
    return AtAmazon(
        ordered=row["fba_ordered"],
        reserved=row["fba_reserved"],
        inbound=row["fba_inbound"],
        unfulfillable=row["fba_unfulfillable"],
        researching=row["fba_researching"],
        unexplained=row["fba_unexplained"],
        other=tuple(sorted(row["fba_other"].items())),
        read_at=row["fba_read_at"],
        doubted=row["fba_doubted"],
        doubted_at=row["fba_doubted_at"],
    )
