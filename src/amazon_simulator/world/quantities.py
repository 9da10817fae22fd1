"""The quantity of a SKU that the seller sends: told, taking effect a little later, taken by orders."""

from amazon_simulator.entities import Change, Listing, Moved
from amazon_simulator.world.held import Held

TAKES_EFFECT_AFTER = 4.0
"""Trade seconds from an accepted quantity to its effect (real Amazon: seconds to minutes)."""


class Quantities(Held):
    def _turn_listing(self, listing: Listing, at: float) -> None:
        ready = [change for change in listing.waiting if change[0] <= at]
        listing.waiting = [change for change in listing.waiting if change[0] > at]
        for when, quantity, lead_time in ready:
            listing.lead_time = lead_time
            listing.channel = "DEFAULT"  # behaviour S03: a quantity turns an FBA SKU into one of the seller's
            self.set_quantity(listing, quantity, when, "seller")

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
        )
        self.changed.append(moved)

    def tell_quantity(
        self, listing: Listing, quantity: int, lead_time: int | None, at: float, *, later: float = 0.0
    ) -> None:
        """The seller's own quantity was accepted: it takes effect a little later."""
        when = at + TAKES_EFFECT_AFTER + later
        listing.waiting.append((when, quantity, lead_time))
        self._expect(when, "listing", listing.seller, listing.sku)
        self._note_move(listing)
