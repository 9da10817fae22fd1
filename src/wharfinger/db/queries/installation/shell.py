"""What the frame round every page shows: problems, lost access, whether a worker lives."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, Q

from wharfinger.db.models import Alert, Problem, SellerAccount, WorkerHeartbeat
from wharfinger.domain.channels.channel import LinkState

SILENT_FOR = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class ShellFacts:
    problems: int
    alerts: int
    lost_accounts: tuple[tuple[str, int | None], ...]
    """Name, and the account's oldest channel that is not archived, where Authorise stands."""
    worker_alive: bool


def shell_facts(machine_now: datetime) -> ShellFacts:
    lost = SellerAccount.objects.filter(link_state=LinkState.LOST)
    with_channel = lost.annotate(channel=Min("channels__pk", filter=Q(channels__archived=False)))
    return ShellFacts(
        problems=Problem.objects.filter(solved_at=None).count(),
        alerts=Alert.objects.filter(closed_at=None).count(),
        lost_accounts=tuple(with_channel.order_by("pk").values_list("name", "channel")),
        worker_alive=WorkerHeartbeat.objects.filter(seen_at__gt=machine_now - SILENT_FOR).exists(),
    )
