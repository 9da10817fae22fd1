"""The doctor's look at the stock ledger: as far as it comes in a moment; `check-ledger` goes to the end."""

from time import monotonic

from wharfinger.cli.check_ledger import what_differs
from wharfinger.db.queries.stock.ledger_check import check_ledger
from wharfinger.domain.counts import counted
from wharfinger.domain.installation.health import Finding, well, wrong

_TITLE = "Stock ledger"
_SECONDS = 3
"""A part of 10,000 items with 100,000 movements takes 0.3 s; a large shop's whole ledger some minutes."""


def look_at_ledger() -> Finding:
    levels, ends_at = 0, monotonic() + _SECONDS
    for part in check_ledger():
        levels += part.levels
        if part.differences:
            first = part.differences[0]
            detail = f"{first.item} at {first.site}: {what_differs(first)}"
            return wrong(_TITLE, detail, "run “wharfinger check-ledger”, which names every level that differs")
        if not part.last and monotonic() > ends_at:
            return well(_TITLE, f"the first {counted(levels, 'level')} agree; “wharfinger check-ledger” looks at all")
    return well(_TITLE, f"{counted(levels, 'level')}, each the sum of its movements and of its allocations")
