"""What the frame round every page shows: problems, lost access, whether a worker lives."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Min, OuterRef, Q

from wharfinger.db.models import Alert, FlowSchedule, Problem, SellerAccount, WorkerHeartbeat
from wharfinger.db.queries.installation.live import is_copy
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.orders.blindness import BLIND_AFTER

SILENT_FOR = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class ShellFacts:
    problems: int
    alerts: int
    lost_accounts: tuple[tuple[str, int | None], ...]
    """Name, and the account's oldest channel that is not archived, where Authorise stands."""
    blind_accounts: tuple[tuple[str, datetime], ...]
    """Linked ones whose search for orders fails, and up to when everything was read; why stands on a page."""
    worker_alive: bool
    is_copy: bool
    """A restored copy, which sends nothing to Amazon."""


def shell_facts(machine_now: datetime, now: datetime) -> ShellFacts:
    failing = FlowSchedule.objects.filter(account=OuterRef("pk"), flow="orders_in", failures__gt=0)
    blind = Q(Exists(failing), cursor__caught_up_at__isnull=False, cursor__after__lte=now - BLIND_AFTER)
    troubled = (
        SellerAccount.objects.filter(Q(link_state=LinkState.LOST) | Q(blind, link_state=LinkState.LINKED))
        .annotate(channel=Min("channels__pk", filter=Q(channels__archived=False)))
        .order_by("pk")
        .values_list("link_state", "name", "channel", "cursor__after")
    )
    found = list(troubled)
    return ShellFacts(
        problems=Problem.objects.filter(solved_at=None).count(),
        alerts=Alert.objects.filter(closed_at=None).count(),
        lost_accounts=tuple((name, channel) for state, name, channel, _ in found if state is LinkState.LOST),
        blind_accounts=tuple((name, after) for state, name, _, after in found if state is not LinkState.LOST),
        is_copy=is_copy(),
        worker_alive=WorkerHeartbeat.objects.filter(seen_at__gt=machine_now - SILENT_FOR).exists(),
    )
