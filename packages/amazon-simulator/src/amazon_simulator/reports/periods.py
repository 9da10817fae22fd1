"""How often a schedule makes a report. Source: model reports_2021-06-30.json, CreateReportScheduleSpecification."""

from datetime import UTC, datetime

MINUTE, HOUR, DAY = 60.0, 3600.0, 24 * 3600.0
MONTHLY = "P1M"
PERIODS = {
    "PT5M": 5 * MINUTE, "PT15M": 15 * MINUTE, "PT30M": 30 * MINUTE, "PT1H": HOUR, "PT2H": 2 * HOUR, "PT4H": 4 * HOUR,
    "PT8H": 8 * HOUR, "PT12H": 12 * HOUR, "P1D": DAY, "P2D": 2 * DAY, "P3D": 3 * DAY, "PT84H": 84 * HOUR,
    "P7D": 7 * DAY, "P14D": 14 * DAY, "P15D": 15 * DAY, "P18D": 18 * DAY, "P30D": 30 * DAY, MONTHLY: 30 * DAY,
}  # fmt: skip


def following(at: float, period: str) -> float:
    """When the next report of a schedule is made; a month later on the same day, or on the month's last one."""
    if period != MONTHLY:
        return at + PERIODS[period]
    now = datetime.fromtimestamp(at, UTC)
    month = now.replace(year=now.year + now.month // 12, month=now.month % 12 + 1, day=1)
    after = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
    return month.replace(day=min(now.day, (after - month).days)).timestamp()
