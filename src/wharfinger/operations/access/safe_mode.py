"""Safe mode as operations: entered and left automatically, and its setting of a seller account."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import Q

from wharfinger.db.models import Channel, OrderCursor, RawMessage, SafeMode, SellerAccount, User
from wharfinger.db.queries.orders.blindness import blind_of
from wharfinger.db.queries.stock.guard import items_sold_by, setting_of
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutSafeMode
from wharfinger.domain.orders.blindness import Blind
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.safe_mode import SafeSetting, begins, ends, fault_in_setting
from wharfinger.operations.installation._history_steps import record_activity, record_audit
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._stock_steps import raise_notices
from wharfinger.operations.transaction import operation


@operation
def look(*, now: datetime) -> int:
    """Every seller account, whichever one's quantities are sent now: the one that is not seen may not be able to send
    any. Returns how many entered or left safe mode. One statement where no account has it on."""
    rows = SafeMode.objects.filter(Q(after_hours__isnull=False) | Q(entered_at__isnull=False))
    changed = 0
    for row in rows.select_for_update(no_key=True, of=("self",)).select_related("account").order_by("pk"):
        blind = blind_of(row.account, now, works=True)
        if row.entered_at is None and blind is not None and begins(blind, row.after_hours, now):
            _enter(row, blind, now)
            changed += 1
        elif row.entered_at is not None and _is_over(row.account_id, blind, now):
            _leave(row, "orders are seen again", now)
            changed += 1
    return changed


def _is_over(account_id: int, blind: Blind | None, now: datetime) -> bool:
    read_until = OrderCursor.objects.filter(account=account_id).values_list("after", flat=True).first()
    # One that was tried already has its own problem, and may be tried for days.
    fresh = RawMessage.objects.filter(account=account_id, state=RawMessage.State.WAITING, attempts=0)
    return ends(blind, read_until, untaken=fresh.exists(), now=now)


def _enter(row: SafeMode, blind: Blind, now: datetime) -> None:
    row.entered_at, row.blind_since = now, blind.since
    row.save(update_fields=["entered_at", "blind_since"])
    account, level = row.account, setting_of(row).level
    channels = Channel.objects.filter(account=account, kind=Fulfilment.FBM, archived=False).order_by("pk")
    open_problem(
        ProblemKind.SAFE_MODE,
        AboutSafeMode(account.pk),
        cause=f"{account.name}: no orders are seen since {blind.since:%d %b %H:%M} UTC. {blind.whose.msgid}. "
        f"Everything that it sells is offered at {level.summary()} meanwhile, on other accounts' listings too.",
        remedy="The quantities come back automatically once orders are seen again and caught up with. Press “Search "
        "for orders now” to try at once, or “Edit safe mode” to change the numbers or to end it.",
        account_id=account.pk,
        channel=channels.first(),
        now=now,
    )
    record_activity(f"{account.name}: safe mode began; orders are not seen.", account=account, now=now)
    _notice(account.pk, f"{account.name}: safe mode, orders are not seen", now)


def _leave(row: SafeMode, why: str, now: datetime, user: User | None = None) -> None:
    row.entered_at = row.blind_since = None
    row.save(update_fields=["entered_at", "blind_since"])
    solve_problem(ProblemKind.SAFE_MODE, AboutSafeMode(row.account_id), now=now)
    record_activity(f"{row.account.name}: safe mode ended; {why}.", account=row.account, now=now, user=user)
    _notice(row.account_id, f"{row.account.name}: safe mode ended", now)


def _notice(account_id: int, cause: str, now: datetime) -> None:
    """The write guard lets it pass: it is meant, and would come at the worst of times to wait."""
    raise_notices(items_sold_by(account_id), cause=cause, now=now, guarded=False)


@operation
def set_safe_mode(account_id: int, setting: SafeSetting, *, now: datetime, user: User) -> None:
    """The setting of a seller account; switched off, safe mode ends at once, and other numbers hold at once."""
    fault = fault_in_setting(setting)
    if fault is not None:
        raise Refused(fault.sentence, fault.field, **fault.values)
    account = SellerAccount.objects.select_for_update(no_key=True, of=("self",)).get(pk=account_id)
    row = SafeMode.objects.filter(account=account).first() or SafeMode(account=account)
    before = setting_of(row)
    if before == setting:
        return
    row.after_hours, row.percent, row.cap = setting.after_hours, setting.level.percent, setting.level.cap
    row.save()
    record_audit(
        "edit", "Safe mode of an account", account.pk, before=_facts(before), after=_facts(setting), now=now, user=user
    )
    record_activity(f"{account.name}: safe mode was changed.", account=account, now=now, user=user)
    if row.entered_at is None:
        return
    if setting.after_hours is None:
        _leave(row, "it was switched off", now, user)
    elif before.level != setting.level:
        _notice(account.pk, f"{account.name}: safe mode was changed", now)


def _facts(setting: SafeSetting) -> dict[str, Any]:
    return {"after_hours": setting.after_hours, **asdict(setting.level)}
