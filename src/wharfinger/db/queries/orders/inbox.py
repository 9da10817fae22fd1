"""What waits in the inbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Q

from wharfinger.db.models import ImportedOrder, OrderCursor, Problem, RawMessage
from wharfinger.db.queries.moments import is_due, is_past
from wharfinger.domain.installation.problems import ADDRESS_HOLDS
from wharfinger.domain.moments import LONGEST_ROW_WAIT
from wharfinger.domain.orders.waits_for import ForDownload

ADDRESS_REQUESTED_EVERY = timedelta(minutes=10)
ADDRESS_REQUESTED_FOR = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """One order of Amazon's as it came. `key`: its number, empty where not even that could be read; `requested`:
    whether it is of a marketplace that was searched."""

    id: int
    key: str
    body: bytes
    requested: bool
    attempts: int
    received_at: datetime


def next_waiting(account_id: int, *, after: int, now: datetime, limit: int) -> list[WaitingMessage]:
    """The next messages of the account that wait, in the order they came; those postponed only when it is time."""
    ready = Q(again_at=None) | is_due("again_at", now, LONGEST_ROW_WAIT)
    rows = RawMessage.objects.filter(ready, account_id=account_id, state=RawMessage.State.WAITING, pk__gt=after)
    columns = ("pk", "key", "body", "source", "attempts", "received_at")
    return [
        WaitingMessage(pk, key, body or b"", source != RawMessage.Source.NOT_REQUESTED, attempts, received_at)
        for pk, key, body, source, attempts, received_at in rows.order_by("pk").values_list(*columns)[:limit]
    ]


def orders_read_past(account_id: int, moment: datetime) -> bool:
    """Whether every order that Amazon had at this moment was read, and its message tried.

    A message that was postponed or set aside has had its units reserved, as far as its lines can be read.
    """
    read = OrderCursor.objects.filter(account_id=account_id, after__gte=moment).exists()
    unread = RawMessage.objects.filter(account_id=account_id, state=RawMessage.State.WAITING, attempts=0)
    return read and not unread.exists()


def newest_update(account_id: int, *, until: datetime) -> datetime | None:
    """By Amazon's clock, of the orders of the account that we know; `until`: no later than this."""
    known = ImportedOrder.objects.filter(account_id=account_id, amazon_updated_at__lte=until)
    newest: datetime | None = known.aggregate(newest=Max("amazon_updated_at"))["newest"]
    return newest


def orders_to_fetch(account_id: int, *, now: datetime, at_most: int = 10) -> list[str]:
    """Orders to be fetched by number: pressed Retry Download, or without a whole address and not fetched lately."""
    pressed = ImportedOrder.objects.filter(account_id=account_id, waits_for=ForDownload()).order_by("pk")
    found = list(pressed.values_list("amazon_order_id", flat=True)[:at_most])
    lacking = Problem.objects.filter(
        kind__in=ADDRESS_HOLDS,
        solved_at=None,
        opened_at__gt=now - ADDRESS_REQUESTED_FOR,
        sales_order__imported__account=account_id,
    ).filter(is_past("sales_order__imported__raw_message__received_at", now - ADDRESS_REQUESTED_EVERY, now))
    lacking = lacking.order_by("sales_order__imported__raw_message__received_at")
    found += lacking.values_list("sales_order__imported__amazon_order_id", flat=True)[:at_most]
    return list(dict.fromkeys(number for number in found if number))[:at_most]
