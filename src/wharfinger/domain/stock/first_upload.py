"""The plan of a channel's first stock upload: what would become of each SKU, and how long that takes. Pure."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from wharfinger.domain.labels import Labelled
from wharfinger.domain.stock.listing_quantity import LOW, Conflict, ListingFacts, Silent, Tell


class UploadPlanState(Labelled):
    """WANTED (a person requested it; the worker works it out) → READY → STARTED (quantities go out), with NOT_YET
    between where a person decided so."""

    WANTED = "wanted", "Being worked out"
    READY = "ready", "Waits for a decision"
    NOT_YET = "not_yet", "Not yet"
    STARTED = "started", "Started"


class PlannedChange(Labelled):
    """What becomes of a SKU's number at Amazon."""

    TO_ZERO = "to_zero", "Falls to 0"
    FALLS = "falls", "Falls"
    RISES = "rises", "Rises"
    STAYS = "stays", "Stays"
    LOCKED = "locked", "Locked"
    UNLINKED = "unlinked", "Not linked"
    NOT_SENT = "not_sent", "Not sent"


def planned_change(
    listing: ListingFacts, decision: Tell | Silent | Conflict, now_at_amazon: int | None
) -> PlannedChange:
    """`now_at_amazon` None = Amazon was not read yet: it counts as 0."""
    if isinstance(decision, Tell):
        now, then = now_at_amazon or 0, decision.explained.quantity
        if then == now:
            return PlannedChange.STAYS
        if then == 0:
            return PlannedChange.TO_ZERO
        return PlannedChange.RISES if then > now else PlannedChange.FALLS
    if listing.location_codes:
        return PlannedChange.LOCKED
    return PlannedChange.NOT_SENT if listing.linked else PlannedChange.UNLINKED


@dataclass(frozen=True, slots=True)
class PlanTotals:
    """SKUs by what becomes of them, units of those that are sent, and the time: seconds until all is at Amazon one by
    one, and as the planner would send it; None = not worked out. `urgent`: zeros and low numbers, which go first."""

    to_zero: int = 0
    falls: int = 0
    rises: int = 0
    stays: int = 0
    locked: int = 0
    unlinked: int = 0
    not_sent: int = 0
    units_now: int = 0
    units_then: int = 0
    urgent: int = 0
    seconds_by_calls: float | None = None
    seconds: float | None = None
    feeds: int = 0

    @property
    def sent(self) -> int:
        return self.to_zero + self.falls + self.rises + self.stays

    @property
    def listings(self) -> int:
        return self.sent + self.locked + self.unlinked + self.not_sent

    def plus(self, change: PlannedChange, now_at_amazon: int | None, would_be: int | None) -> "PlanTotals":
        counted: dict[str, Any] = asdict(self)
        counted[change.value] += 1
        if would_be is not None:
            counted["units_now"] += now_at_amazon or 0
            counted["units_then"] += would_be
            counted["urgent"] += would_be <= LOW
        return PlanTotals(**counted)


def read_totals(kept: dict[str, Any]) -> PlanTotals:
    """As they are stored; what an older version did not keep is left out."""
    return PlanTotals(**{each.name: kept[each.name] for each in fields(PlanTotals) if each.name in kept})
