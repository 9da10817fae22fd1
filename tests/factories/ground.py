"""When and where the cast trades: a Tuesday noon in the busy season, and Amazon's numbers of marketplaces."""

from datetime import UTC, date, datetime, timedelta

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
START_DATE = date(2026, 11, 1)
DAY = timedelta(days=1)
UK, DE, FR, IT = "A1F83G8C2ARO7P", "A1PA6795UKMFR9", "A13V1IB3VIYZZH", "APJ6JRA9NG5V4"
TR, AE, US = "A33AVAJ2PDY3EV", "A2VIGQ35RCS4UG", "ATVPDKIKX0DER"
