"""The quantity of a SKU that the seller sends: told, taking effect a little later, taken by orders."""

from amazon_simulator.entities import Change, Listing, Moved, Particulars, Telling
from amazon_simulator.world.held import Held

TAKES_EFFECT_AFTER = 4.0
"""Trade seconds from an accepted quantity to its effect (real Amazon: seconds to minutes)."""


class Quantities(Held):
    def _turn_listing(self, listing: Listing, at: float) -> None:
        ready = [telling for telling in listing.waiting if telling.at <= at]
        listing.waiting = [telling for telling in listing.waiting if telling.at > at]
        for telling in ready:
            self._take_effect(listing, telling)

    def _take_effect(self, listing: Listing, telling: Telling) -> None:
        """Behaviour S03: a quantity turns an FBA SKU into one of the seller's, with Amazon's channel left beside."""
        if telling.market:
            _leave_copies(listing, telling.market)
        listing.lead_time, listing.restock_date = telling.lead_time, telling.restock_date
        listing.channel, listing.second = telling.channel, telling.second
        if telling.quantity is None:
            listing.quantity = None
            self._note_move(listing)
        else:
            self.set_quantity(listing, telling.quantity, telling.at, "seller")

    def set_quantity(self, listing: Listing, quantity: int, at: float, cause: str) -> None:
        """What is for sale from now on, with the cause for the books."""
        listing.quantity = quantity
        change = Change(at, quantity, cause)
        listing.history.append(change)
        self._note_move(listing, change)

    def _note_move(self, listing: Listing, change: Change | None = None) -> None:
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
        self.changed.append(moved)

    def tell_quantity(
        self, listing: Listing, quantity: int, lead_time: int | None, at: float, *, later: float = 0.0
    ) -> None:
        """The seller's own quantity was accepted: it takes effect a little later."""
        self.tell(listing, Telling(at, quantity, lead_time), later=later)

    def tell(self, listing: Listing, telling: Telling, *, later: float = 0.0) -> None:
        """What the seller told at `telling.at` was accepted: it takes effect a little later."""
        telling.at += TAKES_EFFECT_AFTER + later
        listing.waiting.append(telling)
        self._expect(telling.at, "listing", listing.seller, listing.sku)
        self._note_move(listing)

    @staticmethod
    def newest_told(listing: Listing) -> Telling:
        """What will be offered when all that was accepted has taken effect."""
        if listing.waiting:
            return listing.waiting[-1]
        return Telling(0.0, listing.quantity, listing.lead_time, listing.restock_date, listing.channel, listing.second)


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
