"""What waits in the inbox."""

from datetime import datetime

from django.db.models import Q

from wharfinger.db.models import RawMessage


def next_waiting(account_id: int, *, after: int, now: datetime, limit: int) -> list[RawMessage]:
    """The next messages of the account that wait, in the order they came; those put off only when it is time."""
    ready = Q(again_at=None) | Q(again_at__lte=now)
    rows = RawMessage.objects.filter(ready, account_id=account_id, state=RawMessage.State.WAITING, pk__gt=after)
    return list(rows.order_by("pk")[:limit])
