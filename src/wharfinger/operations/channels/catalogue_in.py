"""Amazon SKUs without a stock item, a page at a time: each gets a new item or one that there is, or is ignored.

All rows of a batch or none: a row with a fault is named, and nothing is written. As many statements for two hundred
rows as for two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.any_of import any_of
from wharfinger.db.models import Listing, SalesOrderLine, User
from wharfinger.domain.channels.sku_choices import Ignore, LinkTo, SkuChoice
from wharfinger.domain.identity import NotAnIdentity, parse_sku
from wharfinger.operations.channels._catalogue_steps import Sku, new_items, read_skus, write_links
from wharfinger.operations.installation._history_steps import record_audits
from wharfinger.operations.orders._link_steps import fix_held_skus
from wharfinger.operations.orders._reserve_steps import reserve_skus
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._item_steps import link_waiting_listings
from wharfinger.operations.transaction import operation

AT_ONCE = 200
"""Rows of one batch: what a page shows at most."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """What became of a batch: new stock items, SKUs linked (to those, too) and ignored, held lines that go on."""

    items: int
    linked: int
    ignored: int
    lines: int


@dataclass(frozen=True, slots=True)
class Faults:
    """Nothing was written. Why, by the row's place in the batch."""

    rows: Mapping[int, Refused]


@operation
def sort_skus(choices: Sequence[SkuChoice], *, user: User, now: datetime) -> Sorted | Faults:
    """Do what a person chose for each of these SKUs. What waited for a link goes on, some orders at once and the others
    by the worker. Refused where the page is too old to be understood."""
    if len(choices) > AT_ONCE:
        raise Refused("At most %(rows)s rows can be sorted at once. Remove some ticks.", rows=AT_ONCE)
    _refuse_odd(choices)
    skus = read_skus(choices)
    faults = _linked_meanwhile(skus) | _orders_wait(skus)
    made = new_items([sku for sku in skus if sku.place not in faults], now=now)
    faults |= made.faults
    if faults:
        return Faults(dict(sorted(faults.items())))
    made.write(user=user, now=now)
    linked = [sku for sku in skus if not isinstance(sku.choice.choice, Ignore)]
    write_links(linked, made.item_of, user=user, now=now)
    ignored = [sku for sku in skus if isinstance(sku.choice.choice, Ignore)]
    _ignore(ignored, user, now)
    lines = _go_on(linked, now)
    link_waiting_listings(made.items, now=now)
    return Sorted(len(made.items), len(linked), len(ignored), lines)


def _refuse_odd(choices: Sequence[SkuChoice]) -> None:
    for one in choices:
        try:
            parse_sku(one.sku)
        except NotAnIdentity as fault:
            raise Refused(str(fault), "sku") from fault
    if len({(one.account_id, one.sku) for one in choices}) < len(choices):
        raise Refused("This page is out of date. Open it again, then link the SKUs.")


def _linked_meanwhile(skus: Sequence[Sku]) -> dict[int, Refused]:
    """A link that somebody else made stays, unless it is the very one that was chosen."""
    found = {}
    for sku in skus:
        items = {product.item_id for product in sku.products if product.item_id is not None}
        chosen = sku.choice.choice
        if items and not (isinstance(chosen, LinkTo) and items == {chosen.item_id}):
            found[sku.place] = Refused(
                "This SKU was linked to %(item)s meanwhile. Remove its tick.", "choice", item=sku.linked_to
            )
    return found


def _orders_wait(skus: Sequence[Sku]) -> dict[int, Refused]:
    """A SKU that orders wait for cannot be ignored: they would wait for ever."""
    ignored = [sku for sku in skus if isinstance(sku.choice.choice, Ignore)]
    if not ignored:
        return {}
    held = SalesOrderLine.objects.filter(any_of("sku", {sku.choice.sku for sku in ignored}), item=None)
    rows = held.exclude(held_reason="").values_list("order__channel__account", "sku").distinct()
    waiting = set(rows)
    return {
        sku.place: Refused("Orders wait for this SKU: link it, or create its stock item.", "choice")
        for sku in ignored
        if (sku.choice.account_id, sku.choice.sku) in waiting
    }


def _ignore(skus: Sequence[Sku], user: User, now: datetime) -> None:
    ids = [sku.listing.pk for sku in skus if sku.listing is not None]
    if ids:
        Listing.objects.filter(any_of("pk", ids)).update(ignored_at=now)
        record_audits("ignore", "Listing", {pk: {} for pk in ids}, now=now, user=user)


def _go_on(linked: Sequence[Sku], now: datetime) -> int:
    lines = 0
    for account_id in sorted({sku.choice.account_id for sku in linked}):
        skus = [sku.choice.sku for sku in linked if sku.choice.account_id == account_id]
        lines += fix_held_skus(account_id, skus, now=now)
        reserve_skus(account_id, skus, now=now)
    return lines


@operation
def restore_skus(listing_ids: Sequence[int], *, user: User, now: datetime) -> int:
    """Ignored SKUs stand among the unlinked ones again; returns how many."""
    rows = Listing.objects.select_for_update(no_key=True).filter(any_of("pk", listing_ids), ignored_at__isnull=False)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    if ids:
        Listing.objects.filter(any_of("pk", ids)).update(ignored_at=None)
        record_audits("take up again", "Listing", {pk: {} for pk in ids}, now=now, user=user)
    return len(ids)
