"""The quantity of a SKU that the seller sends: told, taking effect a little later, taken by orders."""

import msgspec

from amazon_simulator.world.entities import Change, Listing, Moved, Particulars, Telling, Write
from amazon_simulator.world.records import Records

TAKES_EFFECT_AFTER = 4.0
"""Trade seconds from an accepted quantity to its effect (real Amazon: seconds to minutes)."""


class Quantities:
    def __init__(self, records: Records) -> None:
        self._records = records

    def turn(self, listing: Listing, at: float) -> None:
        """Let take effect what was accepted and is due by `at`."""
        ready = [telling for telling in listing.waiting if telling.at <= at]
        listing.waiting = [telling for telling in listing.waiting if telling.at > at]
        for telling in ready:
            self._take_effect(listing, telling)

    def _take_effect(self, listing: Listing, telling: Telling) -> None:
        """Behaviour S03: a quantity turns an FBA SKU into one of the seller's, with Amazon's channel left beside."""
        if telling.gone or telling.more is not None:
            self._change_rest(listing, telling)
        if not telling.offers:
            return
        if telling.market:
            _leave_copies(listing, telling.market)
        listing.lead_time, listing.restock_date = telling.lead_time, telling.restock_date
        listing.channel, listing.second = telling.channel, telling.second
        if telling.quantity is None:
            listing.quantity = None
            self.note_move(listing)
        else:
            self.set_quantity(listing, telling.quantity, telling.at, "seller")
        self._note_effect(telling)

    def note_write(self, write: Write) -> Write:
        """A quantity was sent: its number is its place."""
        write.number = len(self._records.writes)
        self._records.make(write)
        return write

    def _note_effect(self, telling: Telling) -> None:
        if telling.write is not None:
            write = self._records.writes[telling.write]
            write.effect, write.applied = "applied", telling.at
            self._records.changed.append(write)

    def _change_rest(self, listing: Listing, telling: Telling) -> None:
        """Title, prices and what else there is; a marketplace is joined or left."""
        if telling.more is not None:
            more = msgspec.structs.replace(telling.more, copies=dict(listing.particulars.copies), updated=telling.at)
            listing.more, listing.listed = more, True
            listing.title = telling.title or listing.title
            if telling.market and telling.market not in listing.marketplaces:
                listing.marketplaces.append(telling.market)
        if telling.gone in listing.marketplaces:
            listing.marketplaces.remove(telling.gone)
            listing.listed = bool(listing.marketplaces) and listing.listed
        self.note_whole(listing)

    def note_whole(self, listing: Listing) -> None:
        """As it is now: a move that follows has its change still before it."""
        copies = {"history": list(listing.history), "waiting": list(listing.waiting)}
        self._records.changed.append(
            msgspec.structs.replace(listing, marketplaces=list(listing.marketplaces), **copies)
        )

    def set_quantity(self, listing: Listing, quantity: int, at: float, cause: str) -> None:
        """What is for sale from now on, with the cause for the books."""
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

    def tell_quantity(
        self, listing: Listing, quantity: int, lead_time: int | None, at: float, *, later: float = 0.0
    ) -> None:
        """The seller's own quantity was accepted: it takes effect a little later."""
        self.tell(listing, Telling(at, quantity, lead_time), later=later)

    def tell(self, listing: Listing, telling: Telling, *, later: float = 0.0) -> None:
        """What the seller told at `telling.at` was accepted: it takes effect a little later."""
        telling.at += TAKES_EFFECT_AFTER + later
        listing.waiting.append(telling)
        self._records.expect(telling.at, "listing", listing.seller, listing.sku)
        self.note_move(listing)

    def keep_copy(self, listing: Listing, market: str, quantity: int) -> None:
        """The attributes show what was submitted there, though nothing came of it (behaviour S01)."""
        listing.more = listing.more or Particulars()
        listing.more.copies[market] = quantity
        self.note_move(listing)


def last_submitted(listing: Listing) -> Telling:
    """What will be offered when all that was accepted has taken effect."""
    waits = next((telling for telling in reversed(listing.waiting) if telling.offers), None)
    return waits or Telling(
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
