"""How long stock lasts at the speed at which it sold of late. Pure."""

from datetime import timedelta

SOLD_OVER = timedelta(days=28)
"""Four whole weeks: a weekday's sales count as often as any other's."""
LEVEL_AT_MOST = 10_000_000


def days_of_cover(available: int, sold: int) -> int | None:
    """Whole days until nothing is left. `sold`: units over `SOLD_OVER`. None = it did not sell: it lasts for ever."""
    if sold <= 0:
        return None
    return max(0, available) * SOLD_OVER.days // sold
