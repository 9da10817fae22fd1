"""The quantity of a SKU that the seller sends: accepted, taking effect a little later, taken by orders."""

import msgspec

from amazon_simulator.world.entities import Change, Listing, ListingUpdate, Moved, Particulars, Write
from amazon_simulator.world.records import Records

TAKES_EFFECT_AFTER = 4.0
"""Trade seconds from an accepted quantity to its effect (real Amazon: seconds to minutes)."""


class Quantities:
    def __init__(self, records: Records) -> None:
        self._records = records

    def turn(self, listing: Listing, at: float) -> None:
        """Let take effect what was accepted and is due by `at`."""
        ready = [update for update in listing.waiting if update.at <= at]
        listing.waiting = [update for update in listing.waiting if update.at > at]
        for update in ready:
            self._take_effect(listing, update)

    def _take_effect(self, listing: Listing, update: ListingUpdate) -> None:
        """Behaviour S03: a quantity turns an FBA SKU into one of the seller's, with Amazon's channel left beside."""
        if update.gone or update.more is not None:
            self._change_rest(listing, update)
        if not update.offers:
            return
        if update.market:
            _leave_copies(listing, update.market)
        listing.lead_time, listing.restock_date = update.lead_time, update.restock_date
        listing.channel, listing.second = update.channel, update.second
        if update.quantity is None:
            listing.quantity = None
            self.note_move(listing)
        else:
            self.set_quantity(listing, update.quantity, update.at, "seller")
        self._note_effect(update)

    def note_write(self, write: Write) -> Write:
        """A quantity was sent: its number is its place."""
        write.number = len(self._records.writes)
        self._records.make(write)
        return write

    def _note_effect(self, update: ListingUpdate) -> None:
        if update.write is not None:
            write = self._records.writes[update.write]
            write.effect, write.applied = "applied", update.at
            self._records.changed.append(write)

    def _change_rest(self, listing: Listing, update: ListingUpdate) -> None:
        """Title, prices and what else there is; a marketplace is joined or left."""
        if update.more is not None:
            more = msgspec.structs.replace(update.more, copies=dict(listing.particulars.copies), updated=update.at)
            listing.more, listing.listed = more, True
            listing.title = update.title or listing.title
            if update.market and update.market not in listing.marketplaces:
                listing.marketplaces.append(update.market)
        if update.gone in listing.marketplaces:
            listing.marketplaces.remove(update.gone)
            listing.listed = bool(listing.marketplaces) and listing.listed
        self.note_whole(listing)

    def note_whole(self, listing: Listing) -> None:
        """As it is now: a move that follows has its change still before it."""
        copies = {"history": list(listing.history), "waiting": list(listing.waiting)}
        self._records.changed.append(
            msgspec.structs.replace(listing, marketplaces=list(listing.marketplaces), **copies)
        )

    def set_quantity(self, listing: Listing, quantity: int, at: float, cause: str) -> None:
        """What is for sale from now on, with the cause for the state report."""
        listing.quantity = quantity
        change = Change(at, quantity, cause)
        listing.history.append(change)
        self.note_move(listing, change)

    def note_move(self, listing: Listing, change: Change | None = None) -> None:
        moved = Moved(
            seller=listing.seller,
            sku=listing.sku,
            quantity=listing.quantity,
            lead_time=listing.lead_time,
            channel=listing.channel,
            listed=listing.listed,
            waiting=list(listing.waiting),
            change=change,
            restock_date=listing.restock_date,
            second=listing.second,
            copies=None if listing.more is None else dict(listing.more.copies),
        )
        self._records.changed.append(moved)

    def submit(self, listing: Listing, update: ListingUpdate, *, later: float = 0.0) -> None:
        """What the seller sent at `update.at` was accepted: it takes effect a little later."""
        update.at += TAKES_EFFECT_AFTER + later
        listing.waiting.append(update)
        self._records.expect(update.at, "listing", listing.seller, listing.sku)
        self.note_move(listing)

    def keep_copy(self, listing: Listing, market: str, quantity: int) -> None:
        """The attributes show what was submitted there, though nothing came of it (behaviour S01)."""
        listing.more = listing.more or Particulars()
        listing.more.copies[market] = quantity
        self.note_move(listing)


def last_submitted(listing: Listing) -> ListingUpdate:
    """What will be offered when all that was accepted has taken effect."""
    waits = next((update for update in reversed(listing.waiting) if update.offers), None)
    return waits or ListingUpdate(
        0.0, listing.quantity, listing.lead_time, listing.restock_date, listing.channel, listing.second
    )


def _leave_copies(listing: Listing, market: str) -> None:
    """The attributes of the other marketplaces keep the number that they showed until now (models#4356)."""
    if listing.channel != "DEFAULT":
        return
    if listing.more is None:
        listing.more = Particulars()
    for other in listing.marketplaces:
        if other != market:
            listing.more.copies.setdefault(other, listing.quantity or 0)
    listing.more.copies.pop(market, None)
