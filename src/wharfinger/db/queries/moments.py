"""`domain.moments` for columns."""

from datetime import datetime, timedelta

from django.db.models import Q

from wharfinger.domain.moments import CLOCKS_DIFFER


def is_due(column: str, now: datetime, longest: timedelta) -> Q:
    """The moment in the column has come, or lies further ahead than `longest`, where no rule would set it."""
    return Q(**{f"{column}__lte": now}) | Q(**{f"{column}__gt": now + longest + CLOCKS_DIFFER})


def is_past(column: str, before: datetime, now: datetime) -> Q:
    """It happened at `before` or earlier, or in time to come, which a clock wrote that was ahead."""
    return Q(**{f"{column}__lte": before}) | Q(**{f"{column}__gt": now + CLOCKS_DIFFER})
