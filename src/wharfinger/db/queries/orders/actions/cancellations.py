"""What became of requests to cancel an order at Amazon, for its page."""

from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.models import Cancellation
from wharfinger.domain.orders.cancelling import CancellationState, CancelReason


@dataclass(frozen=True, slots=True)
class CancellationFacts:
    id: int
    reason: CancelReason
    state: CancellationState
    made_at: datetime
    who: str
    accepted_at: datetime | None
    ended_at: datetime | None
    again_at: datetime
    error: str
    in_a_feed: bool

    @property
    def may_be_taken_back(self) -> bool:
        """Nothing was sent yet."""
        return self.state is CancellationState.WAITING and not self.in_a_feed


def cancellations_of(order_id: int) -> tuple[CancellationFacts, ...]:
    """Newest first."""
    rows = Cancellation.objects.filter(order=order_id).select_related("user").order_by("-pk")
    return tuple(
        CancellationFacts(
            row.pk,
            row.reason,
            row.state,
            row.made_at,
            str(row.user),
            row.accepted_at,
            row.ended_at,
            row.again_at,
            row.error,
            row.feed_id is not None,
        )
        for row in rows
    )
