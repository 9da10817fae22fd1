"""Amazon's warehouses: what they hold for each seller and pool, and the ledger of what came and went."""

from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import FbaEvent, FbaStock, Listing
from amazon_simulator.world.records import Records
from amazon_simulator.world.refusals import NotPossible

DISPOSITIONS = ("SELLABLE", "DEFECTIVE", "CUSTOMER_DAMAGED", "CARRIER_DAMAGED", "WAREHOUSE_DAMAGED")


class Warehouses:
    def __init__(self, records: Records) -> None:
        self._records = records

    def stock(self, seller: str, pool: str, sku: str) -> FbaStock:
        held = self._records.fba.get((seller, pool, sku))
        if held is None:
            raise NotPossible(f"sku: no FBA stock of “{sku[:60]}” in the pool {pool}")
        return held

    def free(self, stock: FbaStock) -> int:
        """What no open FBA order waits for: the stock itself falls when Amazon ships."""
        return stock.fulfillable - self._records.reserved.get(stock.key, 0)

    def left(self, listing: Listing, marketplace: str) -> int:
        """What can be bought of a SKU: of the seller's quantity, or of Amazon's pool for this marketplace."""
        if listing.channel == "DEFAULT":
            return listing.quantity or 0
        stock = self._records.fba.get((listing.seller, MARKETS[marketplace].pool, listing.sku))
        return 0 if stock is None else self.free(stock)

    def send_in(self, stock: FbaStock, quantity: int) -> None:
        """The seller sends units to Amazon: they are on their way until they are received."""
        _least_one(quantity)
        stock.inbound += quantity
        self._records.touch(stock)

    def receive(self, stock: FbaStock, quantity: int, at: float, reference: str = "") -> None:
        """Units that were on their way become fulfillable."""
        _least_one(quantity)
        if quantity > stock.inbound:
            raise NotPossible(
                f"quantity: only {stock.inbound} of “{stock.sku[:60]}” are on their way; send more in first"
            )
        stock.inbound -= quantity
        stock.fulfillable += quantity
        self._records.touch(stock)
        self.note(stock, "Receipts", quantity, at, reference=reference)

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
        self._records.touch(stock)
        self.note(stock, "Adjustments", -quantity, at, reason="M")

    def find(self, stock: FbaStock, quantity: int, at: float) -> None:
        """Units that were lost are there again."""
        _least_one(quantity)
        if quantity > stock.researching:
            raise NotPossible(f"quantity: only {stock.researching} of “{stock.sku[:60]}” are being looked for")
        stock.researching -= quantity
        stock.fulfillable += quantity
        self._records.touch(stock)
        self.note(stock, "Adjustments", quantity, at, reason="F")

    def damage(self, stock: FbaStock, quantity: int, at: float) -> None:
        """Units are damaged in the warehouse: they are not sold any more."""
        self._least_free(stock, quantity)
        stock.fulfillable -= quantity
        stock.unfulfillable += quantity
        self._records.touch(stock)
        self.note(stock, "Adjustments", -quantity, at, reason="E")
        self.note(stock, "Adjustments", quantity, at, reason="E", disposition="WAREHOUSE_DAMAGED")

    def _least_free(self, stock: FbaStock, quantity: int) -> None:
        _least_one(quantity)
        if quantity > self.free(stock):
            raise NotPossible(f"quantity: only {max(0, self.free(stock))} of “{stock.sku[:60]}” are free of orders")

    def note(
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
        """Write down in Amazon's ledger what came or went."""
        listing = self._records.listings.get((stock.seller, stock.sku))
        event = FbaEvent(
            number=len(self._records.fba_events),
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
        self._records.make(event)


def _least_one(quantity: int) -> None:
    if quantity < 1:
        raise NotPossible("quantity: give 1 or more")
