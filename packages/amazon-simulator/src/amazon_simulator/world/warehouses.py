"""Amazon's warehouses: what they hold for each seller and pool, and the ledger of what came and went."""

from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import FbaEvent, FbaStock, Listing, Order
from amazon_simulator.world.quantities import Quantities
from amazon_simulator.world.refusals import NotPossible

DISPOSITIONS = ("SELLABLE", "DEFECTIVE", "CUSTOMER_DAMAGED", "CARRIER_DAMAGED", "WAREHOUSE_DAMAGED")


class Warehouses(Quantities):
    def stock(self, seller: str, pool: str, sku: str) -> FbaStock:
        held = self.fba.get((seller, pool, sku))
        if held is None:
            raise NotPossible(f"sku: no FBA stock of “{sku[:60]}” in the pool {pool}")
        return held

    def free(self, stock: FbaStock) -> int:
        """What no open FBA order waits for: the stock itself falls when Amazon ships."""
        return stock.fulfillable - self.promised.get(stock.key, 0)

    def left(self, listing: Listing, marketplace: str) -> int:
        """What can be bought of a SKU: of the seller's quantity, or of Amazon's pool for this marketplace."""
        if listing.channel == "DEFAULT":
            return listing.quantity or 0
        stock = self.fba.get((listing.seller, MARKETS[marketplace].pool, listing.sku))
        return 0 if stock is None else self.free(stock)

    def _promise(self, order: Order, sign: int) -> None:
        for item in order.items if order.fulfilled_by == "AMAZON" else ():
            key = (order.seller, MARKETS[order.marketplace].pool, item.sku)
            self.promised[key] = self.promised.get(key, 0) + sign * (item.quantity - item.cancelled)

    def _date_stock(self, order: Order) -> None:
        """What is reserved changes with the order: at the time of its last change, whatever was written down of it."""
        for item in order.items if order.fulfilled_by == "AMAZON" else ():
            tally = self.tally((order.seller, MARKETS[order.marketplace].pool, item.sku))
            tally.at = max(tally.at, order.updated)

    def send_in(self, stock: FbaStock, quantity: int) -> None:
        """The seller sends units to Amazon: they are on their way until they are received."""
        _least_one(quantity)
        stock.inbound += quantity
        self.touch(stock)

    def receive(self, stock: FbaStock, quantity: int, at: float, reference: str = "") -> None:
        """Units that were on their way become fulfillable."""
        _least_one(quantity)
        if quantity > stock.inbound:
            raise NotPossible(
                f"quantity: only {stock.inbound} of “{stock.sku[:60]}” are on their way; send more in first"
            )
        stock.inbound -= quantity
        stock.fulfillable += quantity
        self.touch(stock)
        self._note(stock, "Receipts", quantity, at, reference=reference)

    def restock(self, seller: str, pool: str, sku: str, quantity: int, at: float) -> FbaStock:
        """Sent in and received at once."""
        stock = self.stock(seller, pool, sku)
        self.send_in(stock, quantity)
        self.receive(stock, quantity, at)
        return stock

    def lose(self, stock: FbaStock, quantity: int, at: float) -> None:
        """Amazon cannot find units: it looks for them."""
        self._least_free(stock, quantity)
        stock.fulfillable -= quantity
        stock.researching += quantity
        self.touch(stock)
        self._note(stock, "Adjustments", -quantity, at, reason="M")

    def find(self, stock: FbaStock, quantity: int, at: float) -> None:
        """Units that were lost are there again."""
        _least_one(quantity)
        if quantity > stock.researching:
            raise NotPossible(f"quantity: only {stock.researching} of “{stock.sku[:60]}” are being looked for")
        stock.researching -= quantity
        stock.fulfillable += quantity
        self.touch(stock)
        self._note(stock, "Adjustments", quantity, at, reason="F")

    def damage(self, stock: FbaStock, quantity: int, at: float) -> None:
        """Units are damaged in the warehouse: they are not sold any more."""
        self._least_free(stock, quantity)
        stock.fulfillable -= quantity
        stock.unfulfillable += quantity
        self.touch(stock)
        self._note(stock, "Adjustments", -quantity, at, reason="E")
        self._note(stock, "Adjustments", quantity, at, reason="E", disposition="WAREHOUSE_DAMAGED")

    def _least_free(self, stock: FbaStock, quantity: int) -> None:
        _least_one(quantity)
        if quantity > self.free(stock):
            raise NotPossible(f"quantity: only {max(0, self.free(stock))} of “{stock.sku[:60]}” are free of orders")

    def _note(
        self,
        stock: FbaStock,
        kind: str,
        quantity: int,
        at: float,
        *,
        disposition: str = "SELLABLE",
        reason: str = "",
        reference: str = "",
    ) -> None:
        listing = self.listings.get((stock.seller, stock.sku))
        event = FbaEvent(
            number=len(self.fba_events),
            at=at,
            seller=stock.seller,
            pool=stock.pool,
            sku=stock.sku,
            asin="" if listing is None else listing.asin,
            kind=kind,
            quantity=quantity,
            disposition=disposition,
            reason=reason,
            reference=reference,
        )
        self.make(event)


def _least_one(quantity: int) -> None:
    if quantity < 1:
        raise NotPossible("quantity: give 1 or more")
