"""Steps of what a person may do with imported orders, a fixed number of statements each; they need an open transaction.

Each returns the ids of the orders that it could do.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from wharfinger.db.models import Activity, ImportedOrder, User
from wharfinger.domain.installation.subjects import AboutImport
from wharfinger.domain.orders.bulk_actions import OrderAction
from wharfinger.domain.orders.completeness.order_report import WantedBy
from wharfinger.domain.orders.order import ImportState
from wharfinger.domain.orders.waits_for import ForDownload
from wharfinger.operations._rows import insert
from wharfinger.operations.installation._history_steps import draft_activity
from wharfinger.operations.installation._problem_steps import Problems
from wharfinger.operations.orders._import_steps import solve_import_problems
from wharfinger.operations.orders._reconsider_steps import retry_with_saved_data
from wharfinger.operations.orders.completeness._gap_steps import want_orders

IGNORED = "Ignored by a person."


def act_on(action: OrderAction, ids: Sequence[int], *, user: User, now: datetime) -> set[int]:
    match action:
        case OrderAction.IGNORE:
            return ignore_orders(ids, user=user, now=now)
        case OrderAction.IMPORT:
            return import_again(ids, user=user, now=now)
        case OrderAction.DOWNLOAD:
            rows = download_again(ids, user=user, now=now)
            _want(rows, now)
            return {row.pk for row in rows}


def ignore_orders(ids: Sequence[int], *, user: User, now: datetime) -> set[int]:
    """Never made a sales order of; orders that are one already stay."""
    rows = _locked(ids, sales_order=None)
    problems = Problems()
    problems.read([AboutImport(row.pk) for row in rows])
    for row in rows:
        solve_import_problems(row, problems)
    _rows(rows).update(state=ImportState.IGNORED, reason=IGNORED, remedy="", waits_for=None)
    _record("Ignored.", rows, user, now)
    problems.write(now=now)
    return {row.pk for row in rows}


def import_again(ids: Sequence[int], *, user: User, now: datetime) -> set[int]:
    """From the saved data; where it was erased, nothing is done."""
    rows = _locked(ids, raw_message__body__isnull=False)
    _record("Retry Import pressed.", rows, user, now)
    retry_with_saved_data([row.pk for row in rows])
    return {row.pk for row in rows}


def download_again(ids: Sequence[int], *, user: User, now: datetime) -> list[ImportedOrder]:
    """The orders wait to be fetched again from Amazon; whoever calls has them fetched."""
    rows = _locked(ids)
    _rows(rows).update(state=ImportState.RETRYING, waits_for=ForDownload())
    _record("Retry Download pressed.", rows, user, now)
    return rows


def _want(rows: Sequence[ImportedOrder], now: datetime) -> None:
    """Many at once: by the flow that spends the budget of Amazon's calls by number, the most urgent first."""
    for account_id in sorted({row.account_id for row in rows}):
        numbers = [row.amazon_order_id for row in rows if row.account_id == account_id]
        want_orders(account_id, dict.fromkeys(numbers), source=WantedBy.PERSON, now=now)


def _locked(ids: Sequence[int], **conditions: object) -> list[ImportedOrder]:
    found = ImportedOrder.objects.filter(pk__in=ids, **conditions).order_by("pk")
    return list(found.select_for_update(of=("self",), no_key=True))


def _rows(rows: Sequence[ImportedOrder]) -> QuerySet[ImportedOrder]:
    return ImportedOrder.objects.filter(pk__in=[row.pk for row in rows])


def _record(text: str, rows: Sequence[ImportedOrder], user: User, now: datetime) -> None:
    insert(
        Activity,
        [draft_activity(text, imported_order=row, channel_id=row.channel_id, user=user, now=now) for row in rows],
    )
