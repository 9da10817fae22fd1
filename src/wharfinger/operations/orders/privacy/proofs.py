"""The proof of what holds personal data: counted each day by the clock, and when a person wants it."""

from datetime import datetime, timedelta

from wharfinger.db.models import PrivacyProof, SalesOrder
from wharfinger.db.queries.orders.privacy.proof import count_places, write_place
from wharfinger.operations import triggers
from wharfinger.operations.transaction import operation

EVERY = timedelta(days=1)


@operation
def want_count(*, now: datetime) -> None:
    """The worker counts at once."""
    PrivacyProof.objects.update_or_create(pk=1, defaults={"wanted_at": now})
    triggers.run_periodic_task(triggers.ERASE)


def is_due(now: datetime) -> bool:
    """Nobody has counted for a day, or a person wants it; a count of a clock that was ahead is none."""
    row = PrivacyProof.objects.first()
    if row is None or row.counted_at is None or row.wanted_at is not None:
        return True
    return not timedelta() <= now - row.counted_at < EVERY


@operation
def count(*, now: datetime) -> None:
    """What is there now."""
    values = {
        "counted_at": now,
        "places": [write_place(place) for place in count_places(now)],
        "erased": SalesOrder.objects.filter(erased_at__isnull=False).count(),
        "wanted_at": None,
    }
    PrivacyProof.objects.update_or_create(pk=1, defaults=values)
