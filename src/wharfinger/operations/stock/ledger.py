"""Stock by hand: receive, count, adjust. What Amazon holds (FBA) is mirrored by `fba_stock`."""

from datetime import datetime

from wharfinger.db.models import Movement, Site, StockItem, User
from wharfinger.domain.stock.ledger import MovementReason, SiteKind
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._receipt_steps import lock_for_receipt, serve_waiting
from wharfinger.operations.stock._stock_steps import Move, write_movement
from wharfinger.operations.transaction import operation

UNITS_AT_MOST = 10_000_000


@operation
def receive_stock(
    item_id: int, site_id: int, quantity: int, *, now: datetime, user: User | None = None, note: str = ""
) -> Movement:
    """Units came in; orders that wait for them are served by ship-by date."""
    _check_own(item_id, site_id)
    _check_units(quantity, "quantity", least=1)
    level = lock_for_receipt([(item_id, site_id)])[(item_id, site_id)]
    movement = write_movement(level, Move(quantity, MovementReason.RECEIVED, note.strip(), user=user), now=now)
    serve_waiting([item_id], [site_id], cause=f"Received {quantity}", now=now)
    return movement


@operation
def count_stock(
    item_id: int, site_id: int, counted: int, *, now: datetime, user: User | None = None, note: str = ""
) -> Movement | None:
    """A stocktake: the difference is a movement; None when the count agrees. From now on the level is known."""
    _check_own(item_id, site_id)
    _check_units(counted, "counted", least=0)
    level = lock_for_receipt([(item_id, site_id)])[(item_id, site_id)]
    difference = counted - level.on_hand
    movement = None
    if difference:
        movement = write_movement(level, Move(difference, MovementReason.COUNTED, note.strip(), user=user), now=now)
    else:
        level.counted_at = now
        level.save(update_fields=["counted_at"])
    serve_waiting([item_id], [site_id], cause=f"Counted {counted}", now=now)
    return movement


@operation
def adjust_stock(
    item_id: int, site_id: int, by: int, note: str, *, now: datetime, user: User | None = None
) -> Movement:
    """A correction with its reason: broken, lost, found."""
    _check_own(item_id, site_id)
    if not note.strip():
        raise Refused("Give the reason of the adjustment, such as “broken” or “found”.", "note")
    if by == 0:
        raise Refused("An adjustment by 0 changes nothing. Give the units, such as -2 or 3.", "by")
    _check_units(abs(by), "by", least=1)
    level = lock_for_receipt([(item_id, site_id)])[(item_id, site_id)]
    if level.counted_at is None:
        raise Refused("This item was never counted here: there is nothing to adjust yet. Count it first.", "by")
    movement = write_movement(level, Move(by, MovementReason.ADJUSTED, note.strip(), user=user), now=now)
    serve_waiting([item_id], [site_id], cause=f"Adjusted by {by:+d}", now=now)
    return movement


def _check_own(item_id: int, site_id: int) -> None:
    site = Site.objects.filter(pk=site_id).first()
    if site is None:
        raise Refused("This site no longer exists. Choose another.", "site")
    if site.kind == SiteKind.FBA:
        raise Refused(
            "%(site)s mirrors Amazon's stock: its levels are read from Amazon and cannot be changed here.",
            "site",
            site=site.name,
        )
    if site.for_transfers:
        raise Refused(
            "Units at %(site)s are moved by transfers. Receive or close the transfer that they belong to.",
            "site",
            site=site.name,
        )
    item = StockItem.objects.filter(pk=item_id).first()
    if item is None:
        raise Refused("This item no longer exists. Choose another.", "item")
    if item.components.exists():
        raise Refused(
            "%(item)s is a kit: its stock is that of its components. Choose a component.", "item", item=item.code
        )


def _check_units(units: int, field: str, *, least: int) -> None:
    if not least <= units <= UNITS_AT_MOST:
        raise Refused(
            "Give a whole number of units from %(least)s to %(at_most)s.",
            field,
            least=least,
            at_most=f"{UNITS_AT_MOST:,}",
        )
