"""The first import of a channel: a person decides about what was found, then the brake is released."""

from collections.abc import Mapping
from datetime import datetime

from wharfinger.db.models import Channel, ImportedOrder, User
from wharfinger.db.queries.first_import import found_orders
from wharfinger.domain.first_import import FirstImport, choices, propose
from wharfinger.domain.orders import AmazonStatus, Fulfilment, ImportState
from wharfinger.operations._history_steps import record_activity, record_audit
from wharfinger.operations._import_steps import solve_import_problems
from wharfinger.operations._reconsider_steps import reconsider
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation


@operation
def start_importing(
    channel_id: int, decisions: Mapping[int, FirstImport], *, user: User, now: datetime
) -> Mapping[FirstImport, int]:
    """Write what is to become of each found order and switch Don't import orders off. Answers how many of each.

    An order without a decision (found meanwhile, or beyond the page) takes the proposal for its status.
    """
    channel = Channel.objects.select_for_update().get(pk=channel_id)
    if not channel.dont_import_orders:
        raise Refused("Don't import orders is off already: orders of this channel are imported as they come.")
    found = found_orders(channel_id).select_for_update(of=("self",), no_key=True)
    done = dict.fromkeys(FirstImport, 0)
    for order in found.order_by("pk"):
        choice = _choice(order, decisions.get(order.pk))
        _write(order, choice, user, now)
        done[choice] += 1
    channel.dont_import_orders = False
    channel.version += 1
    channel.save(update_fields=["dont_import_orders", "version"])
    counts = {choice.value.lower(): str(number) for choice, number in done.items()}
    record_audit(
        "start importing",
        "Channel",
        channel_id,
        before={"don't import orders": "True"},
        after={"don't import orders": "False", **counts},
        now=now,
        user=user,
    )
    record_activity(f"{channel.name}: the first import begins.", channel=channel, now=now, user=user)
    reconsider(f"channel:{channel_id}", now=now)
    return done


def _choice(order: ImportedOrder, decided: FirstImport | None) -> FirstImport:
    """The decision where Amazon's status still allows it: the order may have left, or been cancelled, meanwhile."""
    status = AmazonStatus(order.amazon_status)
    fulfilment = Fulfilment(order.fulfilment) if order.fulfilment else None
    if decided in choices(status, fulfilment):
        return decided
    return propose(status, fulfilment).choice


def _write(order: ImportedOrder, choice: FirstImport, user: User, now: datetime) -> None:
    if choice is FirstImport.IGNORE:
        solve_import_problems(order, now=now)
        order.state, order.reason = ImportState.IGNORED.value, "Ignored at the first import."
        order.cure, order.waits_for = "", ""
    order.wish = choice.value
    order.save(update_fields=["wish", "state", "reason", "cure", "waits_for"])
    record_activity(
        f"First import: {choice.value.lower()}.", imported_order=order, channel_id=order.channel_id, user=user, now=now
    )
