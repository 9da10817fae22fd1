"""The first import of a channel: a person decides about what was found, then the import begins."""

from collections.abc import Collection, Mapping
from datetime import datetime

from wharfinger.db.models import Activity, Channel, ImportedOrder, Problem, User
from wharfinger.db.queries.channels.first_import import Decisions, found_orders
from wharfinger.domain.channels.first_import import FirstImport
from wharfinger.domain.installation.subjects import AboutImport
from wharfinger.domain.orders.order import ImportState
from wharfinger.domain.orders.waits_for import ForChannel
from wharfinger.operations.installation._history_steps import record_activity, record_audit
from wharfinger.operations.orders._reconsider_steps import reconsider
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

AT_A_TIME = 500
_WRITTEN = ("first_import_choice", "state", "reason", "remedy", "waits_for")


@operation
def start_importing(channel_id: int, decisions: Decisions, *, user: User, now: datetime) -> Mapping[FirstImport, int]:
    """Write what is to become of each found order and switch Don't import orders off. Returns how many of each.

    An order that nobody decided about (found meanwhile, say) takes what was chosen for its group, else the proposal.
    """
    channel = Channel.objects.select_for_update(no_key=True).get(pk=channel_id)
    if not channel.dont_import_orders:
        raise Refused("Don't import orders is off already: orders of this channel are imported as they arrive.")
    done = _start(channel, decisions, user, now)
    reconsider(ForChannel(channel_id), now=now)
    return done


@operation
def start_first_imports(
    channel_ids: Collection[int], *, decisions: Mapping[int, Decisions] | None = None, user: User, now: datetime
) -> dict[int, Mapping[FirstImport, int]]:
    """Start the first import of several channels, all or none; returns how many of each choice, by channel.

    `decisions`: what was chosen for a channel's orders; without an entry each order takes its proposal.
    A channel that was started meanwhile is left as it is and is not in the answer. Orders are locked by
    channel in the order of their ids, and the flow is woken last: two people who start different channels
    of one account at once meet only in that last statement.
    """
    rows = Channel.objects.select_for_update(no_key=True).filter(pk__in=channel_ids, archived=False).order_by("pk")
    waiting = [channel for channel in rows if channel.dont_import_orders]
    if not waiting:
        raise Refused("Tick at least one channel whose import is paused.", "channels")
    chosen = decisions or {}
    done = {channel.pk: _start(channel, chosen.get(channel.pk, Decisions()), user, now) for channel in waiting}
    for channel in waiting:
        reconsider(ForChannel(channel.pk), now=now)
    return done


def _start(channel: Channel, decisions: Decisions, user: User, now: datetime) -> Mapping[FirstImport, int]:
    found = list(found_orders(channel.pk).select_for_update(of=("self",), no_key=True).order_by("pk"))
    done = dict.fromkeys(FirstImport, 0)
    for order in found:
        # By the status of now: the order may have left, or been cancelled, since the page was read.
        choice = decisions.choice(order.pk, order.amazon_status, order.fulfilment)
        _decide(order, choice)
        done[choice] += 1
    _write(found, user, now)
    channel.dont_import_orders = False
    channel.version += 1
    channel.save(update_fields=["dont_import_orders", "version"])
    counts = {choice.value: str(number) for choice, number in done.items()}
    record_audit(
        "start importing",
        "Channel",
        channel.pk,
        before={"name": channel.name, "don't import orders": "True"},
        after={"name": channel.name, "don't import orders": "False", **counts},
        now=now,
        user=user,
    )
    record_activity(f"{channel.name}: the first import has started.", channel=channel, now=now, user=user)
    return done


def _decide(order: ImportedOrder, choice: FirstImport) -> None:
    order.first_import_choice = choice
    if choice is FirstImport.IGNORE:
        order.state, order.reason = ImportState.IGNORED, "Ignored at the first import."
        order.remedy, order.waits_for = "", None


def _write(found: list[ImportedOrder], user: User, now: datetime) -> None:
    ImportedOrder.objects.bulk_update(found, _WRITTEN, batch_size=AT_A_TIME)
    ignored = [AboutImport(order.pk) for order in found if order.state == ImportState.IGNORED]
    Problem.objects.filter(key__in=ignored, solved_at=None).update(solved_at=now)
    Activity.objects.bulk_create(
        [
            Activity(
                text=f"First import: {FirstImport(order.first_import_choice).msgid}.",
                happened_at=now,
                user=user,
                imported_order=order,
                channel_id=order.channel_id,
            )
            for order in found
        ],
        batch_size=AT_A_TIME,
    )
