"""The access log, written: one statement for a request, and erased by the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from wharfinger.db.models import AccessEntry
from wharfinger.domain.installation.access_log import KEPT, READ_AGAIN_AFTER, Access, Subject
from wharfinger.operations.transaction import operation

_AT_ONCE = 20_000
_ADDRESS_AT_MOST, _BROWSER_AT_MOST = 60, 40


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that somebody did. `once_an_hour`: the same thing again within the hour is the same reading."""

    what: Access
    user_id: int | None
    subject: Subject | None = None
    subject_id: int | None = None
    details: str = ""
    rows: int | None = None
    once_an_hour: bool = False


@operation
def record(readings: Sequence[Reading], *, address: str, browser: str, now: datetime) -> None:
    """Write them down. `now`: trade time; `address`, `browser`: of the request.

    COMMIT does not wait for the disk: a reading would take several times as long, and what a crash of the machine
    could lose is the last half second. What changes something stands in the audit log, which waits.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")
    wanted = [each for each in readings if not (each.once_an_hour and _is_there(each, now))]
    AccessEntry.objects.bulk_create(
        [
            AccessEntry(
                at=now,
                user_id=each.user_id,
                what=each.what,
                subject=each.subject or "",
                subject_id=each.subject_id,
                details=each.details,
                rows=each.rows,
                address=address[:_ADDRESS_AT_MOST],
                browser=browser[:_BROWSER_AT_MOST],
            )
            for each in wanted
        ]
    )


def _is_there(reading: Reading, now: datetime) -> bool:
    return AccessEntry.objects.filter(
        user=reading.user_id,
        what=reading.what,
        subject=reading.subject or "",
        subject_id=reading.subject_id,
        details=reading.details,
        at__gt=now - READ_AGAIN_AFTER,
        at__lte=now,
    ).exists()


@operation
def erase_old(*, now: datetime) -> int:
    """What is older than twelve months, some at a time; returns how many. `now`: trade time."""
    old = AccessEntry.objects.filter(at__lt=now - KEPT).order_by("at").values("pk")[:_AT_ONCE]
    return AccessEntry.objects.filter(pk__in=old).delete()[0]
