"""Counts (stocktakes): begun, counted by several people at once, reviewed, booked or cancelled.

Whoever changes a count locks it first; then its lines, then levels.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from wharfinger.db.any_of import any_of
from wharfinger.db.models import CountEntry, CountLine, KitComponent, Site, StockCount, StockItem, StockLevel, User
from wharfinger.domain.stock.bins import BIN_AT_MOST
from wharfinger.domain.stock.counts import (
    COUNTED_KINDS,
    UNITS_AT_MOST,
    CountScope,
    CountState,
    Tally,
    add_entry,
    needs_decision,
)
from wharfinger.domain.stock.ledger import MovementReason
from wharfinger.operations._rows import Rows, insert, load, new_row
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._receipt_steps import lock_for_receipt, serve_waiting
from wharfinger.operations.stock._stock_steps import StockLine, write_list
from wharfinger.operations.transaction import operation

ITEMS_AT_MOST = 5_000
"""Items that a person may choose by their codes."""
TOKEN_AT_MOST = 40


@dataclass(frozen=True, slots=True)
class CountRequest:
    """What a person wants counted. `bin_from`, `bin_to`: both included, compared letter by letter; empty = no bound.

    `item_ids`: for CountScope.ITEMS.
    """

    site_id: int
    scope: CountScope
    bin_from: str = ""
    bin_to: str = ""
    item_ids: tuple[int, ...] = ()


@operation
def begin_count(request: CountRequest, *, now: datetime, user: User | None = None) -> StockCount:
    """A new count with a line for each item that is to be counted: those with a level there, or the chosen ones."""
    site = Site.objects.filter(pk=request.site_id).first()
    if site is None:
        raise Refused("This site no longer exists. Choose another.", "site")
    if site.kind not in COUNTED_KINDS:
        raise Refused("Nobody can count at %(site)s. Choose a site where people work.", "site", site=site.name)
    items = _items_in(request)
    count = StockCount.objects.create(
        site=site,
        scope=request.scope,
        bin_from=request.bin_from,
        bin_to=request.bin_to,
        items=len(items),
        made_at=now,
        made_by=user,
    )
    insert(CountLine, [new_row(CountLine, count=count, item_id=item, bin=place) for item, place in items])
    record_audit(
        "begin count",
        "StockCount",
        count.pk,
        before=None,
        after={"site": site.name, "scope": str(request.scope), "items": str(len(items))},
        now=now,
        user=user,
    )
    return count


def _items_in(request: CountRequest) -> list[tuple[int, str]]:
    """(item, bin) of what is to be counted; kits have no stock of their own."""
    kits = KitComponent.objects.values("kit")
    levels = StockLevel.objects.filter(site=request.site_id, item__archived=False).exclude(item__in=kits)
    match request.scope:
        case CountScope.SITE:
            levels = levels.filter(Q(counted_at__isnull=False) | ~Q(on_hand=0) | ~Q(bin=""))
        case CountScope.BINS:
            levels = levels.filter(_bounds(request)).exclude(bin="")
        case CountScope.ITEMS:
            return _chosen(request, dict(levels.filter(item__in=request.item_ids).values_list("item_id", "bin")))
    found = list(levels.order_by("bin", "item_id").values_list("item_id", "bin"))
    if not found and request.scope is CountScope.BINS:
        raise Refused("No item lies in these bins. Give other bounds, or give items their bins first.", "bin_from")
    return found


def _bounds(request: CountRequest) -> Q:
    for field in ("bin_from", "bin_to"):
        if len(getattr(request, field)) > BIN_AT_MOST:
            raise Refused("A bin has at most %(at_most)s characters. Shorten it.", field, at_most=BIN_AT_MOST)
    if request.bin_from and request.bin_to and request.bin_to < request.bin_from:
        raise Refused("The last bin comes before the first one. Exchange them.", "bin_to")
    wanted = Q(bin__gte=request.bin_from)
    # A bound holds what begins with it: up to “B” means every bin of B.
    return wanted & (Q(bin__lte=request.bin_to) | Q(bin__startswith=request.bin_to)) if request.bin_to else wanted


def _chosen(request: CountRequest, bins: dict[int, str]) -> list[tuple[int, str]]:
    wanted = tuple(dict.fromkeys(request.item_ids))
    if not wanted:
        raise Refused("Choose at least one item.", "items")
    if len(wanted) > ITEMS_AT_MOST:
        raise Refused("Choose at most %(at_most)s items, or count the whole site.", "items", at_most=ITEMS_AT_MOST)
    items = {item.pk: item for item in StockItem.objects.filter(any_of("id", wanted))}
    kits = set(KitComponent.objects.filter(any_of("kit", wanted)).values_list("kit", flat=True))
    for item_id in wanted:
        if item_id not in items:
            raise Refused("One of the items no longer exists. Choose again.", "items")
        if item_id in kits:
            raise _is_a_kit(items[item_id], "items")
    return [(item_id, bins.get(item_id, "")) for item_id in wanted]


def _is_a_kit(item: StockItem, field: str) -> Refused:
    return Refused(
        "%(item)s is a kit: its stock is that of its components. Count the components.", field, item=item.code
    )


@operation
def enter_count(
    count_id: int,
    item_id: int,
    quantity: int,
    *,
    token: str,
    replaces: bool = False,
    now: datetime,
    user: User | None = None,
) -> CountLine:
    """One person's count of an item. It adds to what was counted of it, unless it is a recount.

    `token`: of the form; the same one again changes nothing. Gives the item's line back.
    """
    count = _locked(count_id)
    known = CountEntry.objects.filter(token=token[:TOKEN_AT_MOST]).select_related("line").first()
    if known is not None:
        return known.line
    if not 0 <= quantity <= UNITS_AT_MOST:
        raise Refused(
            "Give a whole number of units from %(least)s to %(at_most)s.",
            "quantity",
            least=0,
            at_most=f"{UNITS_AT_MOST:,}",
        )
    item = StockItem.objects.filter(pk=item_id).first()
    if item is None:
        raise Refused("This item no longer exists. Choose another.", "code")
    if item.components.exists():
        raise _is_a_kit(item, "code")
    level = StockLevel.objects.filter(item=item_id, site=count.site_id).first()
    line, found = CountLine.objects.get_or_create(count=count, item=item, defaults={"bin": level.bin if level else ""})
    on_hand = level.on_hand if level else 0
    replaces = replaces or line.recount
    count.items += found
    count.items_counted += line.counted is None
    count.save(update_fields=["items", "items_counted"])
    _enter(line, quantity, on_hand, replaces=replaces, now=now)
    line.save()
    CountEntry.objects.create(
        count=count,
        line=line,
        quantity=quantity,
        on_hand=on_hand,
        replaces=replaces,
        token=token[:TOKEN_AT_MOST],
        user=user,
        entered_at=now,
    )
    return line


def _enter(line: CountLine, quantity: int, on_hand: int, *, replaces: bool, now: datetime) -> None:
    before = None
    if line.counted is not None and line.expected is not None:
        before = Tally(line.counted, line.expected, line.moved)
    after = add_entry(before, quantity, on_hand, replaces=replaces)
    line.counted, line.expected, line.variance, line.moved = after.counted, after.expected, after.variance, after.moved
    line.entries += 1
    line.counted_at = now
    line.recount = False
    line.undecided = needs_decision(after)
    line.accepted_at = line.accepted_by = None


@operation
def count_rest_as_zero(count_id: int, *, token: str, now: datetime, user: User | None = None) -> int:
    """Nothing was found of what nobody has counted: an entry of 0 units for each. Returns how many."""
    count = _locked(count_id)
    rows = Rows(CountLine)
    lines = rows.read(CountLine.objects.filter(count=count, counted__isnull=True).order_by("pk"))
    held = StockLevel.objects.filter(any_of("item", [line.item_id for line in lines]), site=count.site_id)
    on_hand = dict(held.values_list("item_id", "on_hand"))
    entries = []
    for line in lines:
        then = on_hand.get(line.item_id, 0)
        _enter(line, 0, then, replaces=True, now=now)
        made = {"count": count, "token": f"{token[:20]}-{line.pk}", "user": user, "entered_at": now}
        entries.append(new_row(CountEntry, line=line, quantity=0, on_hand=then, replaces=True, **made))
    rows.write()
    insert(CountEntry, entries)
    count.items_counted += len(lines)
    count.save(update_fields=["items_counted"])
    return len(lines)


@operation
def accept_lines(
    count_id: int, line_ids: Collection[int] | None = None, *, now: datetime, user: User | None = None
) -> int:
    """A person stands for these variances; None = all that nobody has decided yet."""
    count = _locked(count_id)
    lines = CountLine.objects.filter(count=count, counted__isnull=False)
    lines = lines.filter(undecided=True) if line_ids is None else lines.filter(any_of("id", line_ids))
    return lines.update(accepted_at=now, accepted_by=user, recount=False, undecided=False)


@operation
def request_recount(count_id: int, line_ids: Collection[int], *, now: datetime, user: User | None = None) -> int:
    """These are to be counted once more: the next entry takes the place of those before it."""
    count = _locked(count_id)
    lines = CountLine.objects.filter(any_of("id", line_ids), count=count, counted__isnull=False)
    return lines.update(recount=True, undecided=False, accepted_at=None, accepted_by=None)


@operation
def book_count(count_id: int, *, now: datetime, user: User | None = None) -> StockCount:
    """Write the variances into the ledger, with the count's number as their note. Booked twice, it is booked once.

    What nobody counted keeps its level. Refused while a variance is neither accepted nor counted again.
    """
    count = StockCount.objects.select_for_update(no_key=True).get(pk=count_id)
    if count.state is CountState.BOOKED:
        return count
    _check_open(count)
    lines = load(CountLine.objects.filter(count=count, counted__isnull=False).order_by("item_id"))
    _check_decided(count, lines)
    levels = lock_for_receipt((line.item_id, count.site_id) for line in lines)
    news = []
    moves = []
    for line in lines:
        level = levels[(line.item_id, count.site_id)]
        if line.variance or level.counted_at is None:
            news.append(line.item_id)
        counted = level.on_hand + (line.variance or 0)
        moves.append(StockLine(level, counted, MovementReason.COUNTED, count.code))
    write_list(moves, now=now, user=user)
    if news:
        serve_waiting(news, [count.site_id], cause=f"Count {count.code}", now=now)
    count.booked = sum(1 for line in lines if line.variance)
    _end(count, CountState.BOOKED, now, user)
    return count


def _check_decided(count: StockCount, lines: Sequence[CountLine]) -> None:
    if not lines:
        raise Refused("Nothing was counted yet: there is nothing to book. Count, or cancel it.", "")
    again = sum(1 for line in lines if line.recount)
    if again:
        raise Refused(
            "%(count)s items are to be recounted. Count them again, or accept what was counted.", "", count=again
        )
    open_ = sum(1 for line in lines if line.undecided)
    if open_:
        raise Refused(
            "%(count)s variances are not accepted yet. Tick them, and press “Accept” or “Recount”.", "", count=open_
        )


@operation
def cancel_count(count_id: int, *, now: datetime, user: User | None = None) -> StockCount:
    """Nothing of it is booked; what was entered stays to be read."""
    count = _locked(count_id)
    _end(count, CountState.CANCELLED, now, user)
    return count


def _locked(count_id: int) -> StockCount:
    count = StockCount.objects.select_for_update(no_key=True).get(pk=count_id)
    _check_open(count)
    return count


def _check_open(count: StockCount) -> None:
    if count.state is CountState.BOOKED:
        raise Refused("%(count)s is booked already. Begin a new count.", "", count=count.code)
    if count.state is CountState.CANCELLED:
        raise Refused("%(count)s was cancelled. Begin a new count.", "", count=count.code)


def _end(count: StockCount, state: CountState, now: datetime, user: User | None) -> None:
    count.state, count.ended_at, count.ended_by = state, now, user
    count.save(update_fields=["state", "ended_at", "ended_by", "booked"])
    verb = "book count" if state is CountState.BOOKED else "cancel count"
    record_audit(
        verb, "StockCount", count.pk, before=None, after={"items changed": str(count.booked)}, now=now, user=user
    )
