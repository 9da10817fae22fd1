"""Whether another program works on the same seller account, from what it leaves behind. Pure.

Two programs that both import sell stock twice and confirm each other's parcels. Amazon tells a program nothing of
others; what they do shows in orders that were shipped without us and in quantities that do not stay as sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from wharfinger.domain.labels import Labelled

LOOKED_BACK = timedelta(days=7)
FEW = 3
"""Fewer are a person in Seller Central, not a program."""
SHARE_OF_ORDERS = 0.2
"""Of the orders that were dispatched: a person's exceptions stay below it."""
OURS_OF_THE_RATE = 0.9
"""A smaller share of Amazon's rate limit means that somebody else spends the rest."""


class Sign(Labelled):
    SHIPPED = "shipped", "confirms dispatches"
    QUANTITIES = "quantities", "changes quantities"


@dataclass(frozen=True, slots=True)
class Signs:
    """Of the last seven days. `codes`: some orders that were confirmed elsewhere; `skus`: some of the listings."""

    shipped: int
    shipped_elsewhere: int
    codes: tuple[tuple[int, str], ...]
    quantities: int
    skus: tuple[str, ...]
    slowed: tuple[str, ...]
    """Operations of Amazon's whose rate limit somebody else spends."""


def likely(signs: Signs) -> tuple[Sign, ...]:
    """What another program seems to do; empty = nothing that a person would not do."""
    elsewhere = signs.shipped_elsewhere
    many = elsewhere >= FEW and elsewhere >= SHARE_OF_ORDERS * signs.shipped
    found = ((Sign.SHIPPED, many), (Sign.QUANTITIES, signs.quantities >= FEW))
    return tuple(sign for sign, is_there in found if is_there)


def cause_of(account: str, found: Sequence[Sign]) -> str:
    """One sentence for the same signs, so that a person's word holds until another sign comes."""
    return f"{account}: another program or a person {' and '.join(sign.msgid for sign in found)} at Amazon."
