"""A restored copy becomes the live installation, by an administrator's word; a new one is live where it was made."""

from datetime import datetime, timedelta

from django.db.models import F

from wharfinger.db.models import Confirmation, Installation, SellerAccount, User
from wharfinger.db.queries.installation.live import live_facts
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.installation.people import Right
from wharfinger.domain.shipping.shipments import ConfirmationState
from wharfinger.operations import triggers
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

LONG_AGO = timedelta(days=1)
_WRITING = ("orders_in", "shipments_out", "stock_out", "cancellations", "order_report", "notifications_in")


@operation
def bind_place() -> None:
    """The first start says where this installation is: from then on, a copy elsewhere knows that it is one."""
    facts = live_facts()
    if facts.place and not facts.live_place and not facts.is_copy:
        Installation.objects.filter(pk=1, live_place="", shadow_since=None).update(live_place=facts.place)


@operation
def go_live(*, user: User, now: datetime, machine_now: datetime) -> None:
    """This is the live one from now on.

    What the former one sent after the backup is not known here: each confirmation that waits counts as an attempt of
    unknown outcome, which Amazon's own order answers before anything is sent.
    """
    if not user.may(Right.ADMINISTER):
        raise Refused("Ask an administrator: two installations that send to one seller account harm each other.")
    facts = live_facts()
    if not facts.is_copy:
        raise Refused("This is the live installation already.")
    Installation.objects.filter(pk=1).update(live_place=facts.place, shadow_since=None)
    Confirmation.objects.filter(state=ConfirmationState.WAITING).update(
        state=ConfirmationState.ATTEMPTED,
        attempted_version=F("version"),
        attempted_at=now,
        attempted_at_machine=machine_now - LONG_AGO,
        again_at=now,
        read_backs=0,
    )
    before = {"restored from": facts.restored_from, "since": str(facts.shadow_since or "")}
    record_audit("go live", "Installation", 1, before=before, after={"live": "yes"}, now=now, user=user)
    for account in SellerAccount.objects.filter(link_state=LinkState.LINKED).values_list("pk", flat=True):
        for flow in _WRITING:
            triggers.run_flow(account, flow, soon=True)
