"""A demo system's running shop: requested by an administrator, created by the worker, its progress kept in one row."""

from datetime import datetime

from django.conf import settings

from wharfinger.db.models import Channel, RunningShop, User
from wharfinger.domain.installation.people import Right
from wharfinger.domain.installation.running_shop import ShopState
from wharfinger.operations import triggers
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation


@operation
def ask_for_running_shop(*, user: User, now: datetime, machine_now: datetime) -> None:
    """Have the worker make it. Refused outside a demo with a simulator, and where there are channels already.

    After a failure it may be requested again: it goes on with what is missing.
    """
    installation = settings.WHARFINGER
    if installation.system != "demo" or installation.simulator_url is None:
        raise Refused("Only a demo system with a simulator has a running shop to show. Start “wharfinger demo”.")
    if not user.may(Right.ADMINISTER):
        raise Refused("Ask an administrator: the running shop creates channels and authorises them.")
    row = RunningShop.objects.select_for_update().first()
    if row is None:
        if Channel.objects.exists():
            raise Refused(
                "This demo already has channels. Run “wharfinger demo --fresh --shop running” to start again."
            )
        row = RunningShop(user=user)
    elif row.state == ShopState.DONE:
        raise Refused("The running shop is already set up: see the dashboard.")
    row.state, row.error, row.began_at, row.ended_at = ShopState.RUNNING, "", machine_now, None
    row.save()
    record_audit("show a running shop", "Installation", 1, before=None, after={"shop": "running"}, now=now, user=user)
    triggers.open_shop()


@operation
def note_step(step: int) -> None:
    RunningShop.objects.update(step=step)


@operation
def note_day(days: int) -> None:
    RunningShop.objects.update(days=days)


@operation
def end_running_shop(*, machine_now: datetime, error: str = "") -> None:
    """It is done, or it stopped: `error` says why and what to do."""
    state = ShopState.FAILED if error else ShopState.DONE
    RunningShop.objects.update(state=state, error=error[:2000], ended_at=machine_now)
