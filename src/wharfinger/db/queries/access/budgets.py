"""Amazon's rate limits of a seller account, as pages show them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from wharfinger.db.models import RateBudget
from wharfinger.domain.access.budget import Bucket, Pace, longest_rest, tokens_at
from wharfinger.domain.moments import is_ahead


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One operation. `rate` in calls a second; `percent` of it is used; `shared`: another application uses it too."""

    operation: str
    tokens: int
    burst: int
    rate: Decimal
    calls: int
    refused: int
    shared: bool = False
    percent: int = 100
    refusals: int = 0
    waits_until: datetime | None = None


def budget_row(row: RateBudget, now: datetime) -> BudgetRow:
    held = tokens_at(Bucket(row.rate * row.share, row.burst, row.tokens, row.counted_at), now)
    rests_ahead = is_ahead(row.blocked_until, now, longest_rest(row.rate))
    pace = Pace(row.refusals, row.pressure, row.share)
    return BudgetRow(
        row.operation,
        max(0, int(held)),
        int(row.burst),
        _plain(row.rate),
        row.calls,
        row.refused,
        pace.is_shared,
        round(row.share * 100),
        row.refusals,
        None if row.blocked_until is None or row.blocked_until <= now or rests_ahead else row.blocked_until,
    )


def budgets_of(account_id: int, *, now: datetime) -> tuple[BudgetRow, ...]:
    rows = RateBudget.objects.filter(account_id=account_id).order_by("operation")
    return tuple(budget_row(row, now) for row in rows)


def _plain(rate: Decimal) -> Decimal:
    """Without trailing zeros, and never as 1E+1."""
    return rate.quantize(Decimal(1)) if rate == rate.to_integral_value() else rate.normalize()
