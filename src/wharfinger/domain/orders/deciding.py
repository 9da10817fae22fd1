"""What becomes of an Amazon order that is not held yet, or is: taken, changed, held back, skipped. Pure.

It never depends on stock: which levels an order needs is known, and locked, before any of them is looked at.
"""

from dataclasses import dataclass
from datetime import date, datetime

from wharfinger.domain.days import day_of, months_before
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment, ImportState, IncomingOrder, SkipReason
from wharfinger.domain.orders.waits_for import ForChannel, ForLevels, ForNewChannel, WaitsFor

LOOK_AT_AMAZON = (
    "It is imported as soon as Amazon sends it complete; press “Retry Download” to request it now. "
    "If the problem remains, look it up in Seller Central and dispatch it there before its ship-by date."
)
"""A message with a fault of Amazon's own: asking again helps only when Amazon has another answer by then."""

AT_THE_COUNTER = (
    "Hand it over there and mark it as collected in Seller Central. Its units are allocated until Amazon says that it "
    "was collected or cancelled."
)
"""Of an order that the buyer collects: nothing is dispatched, so there is nothing to confirm."""

OLDEST_IMPORTED_MONTHS = 3
"""Older orders are never imported (the guide's rule). Calendar months of the marketplace."""


@dataclass(frozen=True, slots=True)
class ImportingSite:
    """The site that the channel's options name for the order's type."""

    site_id: int
    name: str
    levels_loaded: bool


@dataclass(frozen=True, slots=True)
class ImportingChannel:
    """The channel of the order's marketplace and fulfilment."""

    channel_id: int
    name: str
    time_zone: str
    start_date: date
    enabled: bool
    activated: bool
    checks_failed: bool
    """It is not linked."""
    paused: bool
    """*Don't import orders* is on."""
    site: ImportingSite | None


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What is known beside the message. `status`, `fulfilment`, marketplace: of the order, this message included."""

    account_id: int
    fulfilment: Fulfilment | None
    status: AmazonStatus
    marketplace_id: str = ""
    """Empty = one that is not known."""
    marketplace: str = ""
    channel: ImportingChannel | None = None
    ignored: bool = False
    taken: bool = False
    """A sales order was made of it."""


@dataclass(frozen=True, slots=True)
class Take:
    """Make a sales order of it."""

    channel_id: int
    site_id: int


@dataclass(frozen=True, slots=True)
class Follow:
    """It is a sales order already: what changed at Amazon comes along."""


@dataclass(frozen=True, slots=True)
class Leave:
    """A person ignores it."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Not now. `state` Failed = its message cannot be an order, and a person is needed."""

    state: ImportState
    reason: str
    remedy: str = ""
    waits_for: WaitsFor | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """Not imported, unless what it waits for comes about."""

    reason: str
    remedy: str = ""
    waits_for: WaitsFor | None = None


Decision = Take | Follow | Leave | Hold | Skip


def decide(incoming: IncomingOrder, facts: OrderFacts, *, now: datetime) -> Decision:
    """What becomes of the order. `now`: trade time."""
    if facts.taken:
        return Follow()
    if facts.ignored:
        return Leave()
    fault = fault_in(incoming)
    if fault:
        return Hold(ImportState.FAILED, fault, LOOK_AT_AMAZON)
    reason = _never_imported(incoming)
    if reason is not None:
        return Skip(reason, AT_THE_COUNTER if reason is SkipReason.PICK_UP else "")
    if facts.channel is None:
        return _no_channel(facts)
    return _by_channel(incoming, facts.channel, now)


def _never_imported(incoming: IncomingOrder) -> SkipReason | None:
    if incoming.sold_elsewhere or incoming.amazon_order_id.startswith("S"):
        return SkipReason.NOT_AMAZONS
    if incoming.status is AmazonStatus.CANCELLED:
        return SkipReason.CANCELLED
    if incoming.status is AmazonStatus.UNFULFILLABLE:
        return SkipReason.UNFULFILLABLE
    return SkipReason.PICK_UP if incoming.collected else None


def fault_in(incoming: IncomingOrder) -> str:
    """Why the message cannot be an order; empty = it can."""
    if incoming.fulfilment is None or incoming.status is AmazonStatus.UNKNOWN:
        return "Amazon did not say who fulfils this order, or what its status is."
    if not incoming.lines:
        return "Amazon sent the order without its lines."
    if any(line.quantity_ordered < 0 for line in incoming.lines):
        return "Amazon sent a line with a negative quantity."
    return ""


def _no_channel(facts: OrderFacts) -> Skip:
    where = facts.marketplace or "its marketplace"
    kind = Fulfilment(facts.fulfilment or Fulfilment.FBM)
    return Skip(
        f"There is no channel for {where} {kind}.",
        f"Create the channel, and the order is imported{_until_then(kind, facts.status)}",
        ForNewChannel(facts.account_id, facts.marketplace_id, kind),
    )


def _until_then(kind: Fulfilment, status: AmazonStatus) -> str:
    """What becomes of an order without a channel's goods meanwhile."""
    if kind is Fulfilment.FBA:
        return ". Amazon dispatches it: there is nothing to do here."
    if status is AmazonStatus.SHIPPED:
        return ". It has been dispatched: there is nothing to do here."
    return "; its units are already allocated. Or dispatch it in Seller Central."


def _by_channel(incoming: IncomingOrder, channel: ImportingChannel, now: datetime) -> Take | Hold | Skip:
    placed = day_of(incoming.placed_at, channel.time_zone)
    if placed < months_before(day_of(now, channel.time_zone), OLDEST_IMPORTED_MONTHS):
        return Skip(SkipReason.TOO_OLD)
    waits = ForChannel(channel.channel_id)
    if placed < channel.start_date:
        return Skip(SkipReason.BEFORE_START, "To import it, set an earlier Start Date under General.", waits)
    stopped = _stopped(channel)
    if stopped is not None:
        return Hold(ImportState.NOT_ATTEMPTED, *stopped, waits)
    if channel.site is None:
        remedy = "Set Site under (Global)."
        return Hold(ImportState.NOT_ATTEMPTED, f"{channel.name} has no Site.", remedy, waits)
    waiting = _fba_waits(incoming, channel.site) if incoming.fulfilment is Fulfilment.FBA else None
    return waiting or Take(channel.channel_id, channel.site.site_id)


def _stopped(channel: ImportingChannel) -> tuple[str, str] | None:
    """Why the channel imports nothing, and the remedy."""
    if not channel.enabled or not channel.activated:
        word = "not enabled" if not channel.enabled else "not activated"
        return f"{channel.name} is {word}.", "Switch the channel on."
    if channel.checks_failed:
        remedy = "See the checks on its page. The order is imported once they pass."
        return f"{channel.name} is not linked.", remedy
    if channel.paused:
        return "Don't import orders is on.", "Switch it off under General."
    return None


def _fba_waits(incoming: IncomingOrder, site: ImportingSite) -> Hold | None:
    if incoming.status is not AmazonStatus.SHIPPED:
        return Hold(ImportState.NOT_ATTEMPTED, "Amazon has not shipped it yet. It is imported once Amazon has.")
    if not site.levels_loaded:
        return Hold(
            ImportState.NOT_ATTEMPTED,
            f"{site.name} has no stock levels.",
            "Load the levels from Amazon; the order is then imported.",
            ForLevels(site.site_id),
        )
    return None
