"""When people are reminded of the day that ends something: an authorisation, a client secret.

Each step is sent once. Several that passed at once (the installation stood still) are sent as the latest of them only.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from wharfinger.domain.installation import occasions
from wharfinger.domain.installation.subjects import AlertKey, AlertSubject

STEPS = (30, 14, 7, 1, 0)
"""Days before the day; 0 = it has come."""
SECRET_LIVES = timedelta(days=180)
"""A client secret of Login with Amazon. Source: rotating-your-apps-lwa-credentials."""


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder to be shown now. `step`: days before the day, 0 = it has come; `days_left` may be negative."""

    key: AlertKey
    step: int
    days_left: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of the reminders of one subject."""

    due: Due | None
    """To be raised; None = nothing is due, or it is raised already."""
    close: tuple[AlertKey, ...]
    """Open ones that are over: renewed, or replaced by a later step."""


def plan_reminders(subject: AlertSubject, ends: date | None, today: date, open_keys: Collection[AlertKey]) -> Plan:
    """`ends` None = nothing ends. A key names the day and the step, so a renewed date begins anew."""
    step = None if ends is None else _step(ends, today)
    if ends is None or step is None:
        return Plan(None, _in_order(open_keys))
    key = AlertKey(subject, occasions.reminder(ends, step))
    due = None if key in open_keys else Due(key, step, (ends - today).days)
    return Plan(due, _in_order(other for other in open_keys if other != key))


def _in_order(keys: Iterable[AlertKey]) -> tuple[AlertKey, ...]:
    return tuple(sorted(keys, key=lambda key: key.occasion))


def _step(ends: date, today: date) -> int | None:
    left = (ends - today).days
    return min((step for step in STEPS if left <= step), default=None)
