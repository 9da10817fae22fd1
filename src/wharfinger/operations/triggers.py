"""How an upper room wakes the worker without importing it: one function for each job.

Each defers its job by name inside the caller's transaction. A clash of queueing locks aborts the
transaction even when caught (tried), hence the savepoint: a job that waits already is enough.
The names are those of `wharfinger.worker.tasks`; a test compares the two lists.
"""

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from wharfinger.domain.moments import CLOCKS_DIFFER, LONGEST_ROW_WAIT

RUN_FLOW = "run_flow"
FETCH_ORDER = "fetch_order"
EXCHANGE_CODE = "exchange_code"
VERIFY_CHANNEL = "verify_channel"
ROTATE_SECRET = "rotate_secret"
RUN_PERIODIC_TASK = "run_periodic_task"
SET_TRADE_RATE = "set_trade_rate"
OPEN_SHOP = "open_shop"

JOBS = (
    RUN_FLOW,
    FETCH_ORDER,
    EXCHANGE_CODE,
    VERIFY_CHANNEL,
    ROTATE_SECRET,
    RUN_PERIODIC_TASK,
    SET_TRADE_RATE,
    OPEN_SHOP,
)

REMIND, MAIL_OUT, SECRET_IN, REMOVE_EXPIRED = "remind", "mail_out", "secret_in", "remove_expired"
FILL_WORDS, BULK_ACTIONS, BACK_UP, ERASE = "fill_search_words", "bulk_actions", "back_up", "erase"
LABELS_OUT, ALERTS_OUT, UPLOAD_PLANS = "labels_out", "alerts_out", "upload_plans"
PRINTS_OUT = "prints_out"
PERIODIC_TASKS = (
    REMIND,
    MAIL_OUT,
    SECRET_IN,
    REMOVE_EXPIRED,
    FILL_WORDS,
    BULK_ACTIONS,
    BACK_UP,
    ERASE,
    LABELS_OUT,
    ALERTS_OUT,
    UPLOAD_PLANS,
    PRINTS_OUT,
)
"""The installation's own lines of the timetable; `wharfinger.worker` runs each by this name."""

ROUTINE, SOON, AT_ONCE = 0, 10, 100
"""Priorities: the timetable's work, what a person or a change started, what a person waits for."""


def _defer(
    job: str, *, lock: str | None, queueing_lock: str, priority: int, after_seconds: int = 0, **ids: int | str
) -> bool:
    """Put the job into the queue; False when the same one waits already. `after_seconds`: machine time."""
    if _waits_already(queueing_lock):
        return False
    try:
        with transaction.atomic():
            app.configure_task(
                job,
                lock=lock,
                queueing_lock=queueing_lock,
                priority=priority,
                schedule_in={"seconds": after_seconds} if after_seconds else None,
                allow_unknown=True,
            ).defer(**ids)
    except AlreadyEnqueued:
        return False
    return True


def try_queue() -> None:
    """Put a job into the queue and take it back before anybody sees it: raises what the database says."""
    with transaction.atomic():
        app.configure_task(RUN_PERIODIC_TASK, queueing_lock="try_queue", allow_unknown=True).defer(task="")
        transaction.set_rollback(True)


def _waits_already(queueing_lock: str) -> bool:
    """Most triggers of a busy shop find their job waiting: a look is cheaper than a clash and its savepoint."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo'", [queueing_lock])
        return cursor.fetchone() is not None


def bring_jobs_forward() -> int:
    """Jobs that are postponed for longer than anything postpones one run now; returns how many.

    A computer's clock that was ahead for a while scheduled them; nobody else would look at them before that day.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = now() "
            "WHERE status = 'todo' AND scheduled_at > now() + %s * interval '1 second'",
            [(LONGEST_ROW_WAIT + CLOCKS_DIFFER).total_seconds()],
        )
        return int(cursor.rowcount)


def run_flow(account_id: int, flow: str, *, soon: bool = False) -> bool:
    """Run one flow of a seller account; `soon` has its own place in the queue, before the timetable's."""
    key = f"{flow}:{account_id}"
    return _defer(
        RUN_FLOW,
        lock=key,
        queueing_lock=f"{key}:soon" if soon else key,
        priority=SOON if soon else ROUTINE,
        account_id=account_id,
        flow=flow,
    )


def fetch_order(account_id: int, amazon_order_id: str) -> bool:
    """Fetch one order again from Amazon."""
    key = f"fetch_order:{account_id}:{amazon_order_id}"
    return _defer(
        FETCH_ORDER,
        lock=f"fetch_order:{account_id}",
        queueing_lock=key,
        priority=SOON,
        account_id=account_id,
        amazon_order_id=amazon_order_id,
    )


def exchange_code(attempt_id: int, *, after_seconds: int = 0) -> bool:
    """Exchange an authorisation code for a refresh token: the code lives five minutes."""
    key = f"exchange_code:{attempt_id}"
    return _defer(
        EXCHANGE_CODE,
        lock=key,
        queueing_lock=f"{key}:later" if after_seconds else key,
        priority=AT_ONCE,
        after_seconds=after_seconds,
        attempt_id=attempt_id,
    )


def verify_channel(channel_id: int, *, after_seconds: int = 0) -> bool:
    """Fill in the lines of a channel's verification; later when Amazon's rate does not allow it yet."""
    key = f"verify_channel:{channel_id}"
    return _defer(
        VERIFY_CHANNEL,
        lock=key,
        queueing_lock=f"{key}:later" if after_seconds else key,
        priority=AT_ONCE,
        after_seconds=after_seconds,
        channel_id=channel_id,
    )


def rotate_secret(application_id: int, *, after_seconds: int = 0) -> bool:
    """Ask Amazon for a new client secret of the application; later when Amazon's rate does not allow it yet."""
    key = f"rotate_secret:{application_id}"
    return _defer(
        ROTATE_SECRET,
        lock=key,
        queueing_lock=f"{key}:later" if after_seconds else key,
        priority=AT_ONCE,
        after_seconds=after_seconds,
        application_id=application_id,
    )


def run_periodic_task(task: str) -> bool:
    """Run a periodic task of the installation now: remind, send e-mail, buy labels."""
    key = f"periodic_task:{task}"
    return _defer(RUN_PERIODIC_TASK, lock=key, queueing_lock=key, priority=SOON, task=task)


def set_trade_rate(rate: int) -> bool:
    """Demo systems: set how much faster than the machine trade time runs."""
    return _defer(SET_TRADE_RATE, lock="trade_rate", queueing_lock=f"trade_rate:{rate}", priority=AT_ONCE, rate=rate)


def open_shop() -> bool:
    """Demo systems: make the running shop."""
    return _defer(OPEN_SHOP, lock=OPEN_SHOP, queueing_lock=OPEN_SHOP, priority=AT_ONCE)
