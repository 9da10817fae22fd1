"""What Shipping v2 keeps: offers for their ten minutes, shipments that were bought, accounts, forms, claims.

A shipment for an order of Amazon's confirms that order some minutes later, without a call of the seller's. Until then
the same units can be bought a label again: who repeats a purchase without its key pays twice, and it shows here.
"""

import heapq
from collections.abc import Iterator
from typing import Any, ClassVar

from amazon_simulator.buy_shipping.carriers import BY_ID
from amazon_simulator.core.clock import iso
from amazon_simulator.core.store import Entity
from amazon_simulator.world import NotPossible, World
from amazon_simulator.world.entities import Order, Package

OFFER_LIVES = 600.0
"""Trade seconds. Source: model, purchaseShipment (ten minutes)."""
CONFIRMS_AFTER = 300.0
"""Trade seconds from a purchase until the order shows it. Our choice: Amazon gives no time."""
KEPT = 24 * 3600.0
"""For which a quote that has run out is kept."""


class Quote(Entity, tag="shipping quote"):
    """The offers of one call of getRates: `body` is its request, from which they are worked out again."""

    token: str
    seller: str
    business: str
    created: float
    body: dict[str, Any]
    gone: bool = False


class Shipment(Entity, tag="shipping shipment", kw_only=True):
    """A shipment that was bought. `items`: (order item, units). `key`, `fingerprint`: of the call that bought it.

    `confirms_at`: when the order will show it, None when it does or never will; `package`: the order's package that
    it became. `replaced`: another shipment took its package over after it was cancelled. `form`: its collection form.
    """

    id: str
    seller: str
    business: str
    channel: str
    order: str
    items: list[tuple[str, int]]
    reference: str
    service: str
    carrier_id: str
    charge: dict[str, Any]
    extras: list[str]
    promise: dict[str, Any]
    benefits: dict[str, Any]
    specification: dict[str, Any]
    tracking: str
    ship_from: dict[str, str]
    ship_to: dict[str, str]
    weight: dict[str, Any]
    created: float
    ship_date: float
    collected: float
    delivered: float
    operation: str
    key: str = ""
    fingerprint: str = ""
    confirms_at: float | None = None
    package: str = ""
    cancelled: float | None = None
    replaced: bool = False
    form: str = ""
    marks: list[str] = []
    inputs: dict[str, Any] = {}


class CarrierAccount(Entity, tag="carrier account"):
    id: str
    seller: str
    carrier_id: str
    kind: str
    created: float
    gone: bool = False


class CollectionForm(Entity, tag="collection form"):
    """`content`: the PDF. `ship_from`: where the carrier collects."""

    id: str
    seller: str
    carrier_id: str
    carrier: str
    ship_from: dict[str, str]
    created: float
    content: bytes
    key: str = ""
    fingerprint: str = ""


class Claim(Entity, tag="shipping claim"):
    id: str
    seller: str
    tracking: str
    reason: str
    settlement: str
    created: float


class NdrFeedback(Entity, tag="delivery feedback"):
    """What the seller wants done with a parcel that was not delivered: RESCHEDULE, REATTEMPT, RTO."""

    number: int
    seller: str
    tracking: str
    action: str
    created: float


class ShippingRecords:
    """A store."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (Quote, Shipment, CarrierAccount, CollectionForm, Claim, NdrFeedback)

    def __init__(self, world: World) -> None:
        self._world = world
        self.changed: list[Entity] = []
        self.quotes: dict[str, Quote] = {}
        self.shipments: dict[str, Shipment] = {}
        self.accounts: dict[str, CarrierAccount] = {}
        self.forms: dict[str, CollectionForm] = {}
        self.claims: dict[str, Claim] = {}
        self.feedback: list[NdrFeedback] = []
        self._by_key: dict[tuple[str, str, str], Shipment | CollectionForm] = {}
        self._of_order: dict[str, list[str]] = {}
        self._by_tracking: dict[tuple[str, str], str] = {}
        self._confirming: list[tuple[float, str]] = []
        self._ending: list[tuple[float, str]] = []

    def put(self, entity: Entity) -> None:
        match entity:
            case Quote(gone=True):
                self.quotes.pop(entity.token, None)
            case Quote():
                self.quotes[entity.token] = entity
                heapq.heappush(self._ending, (entity.created + OFFER_LIVES + KEPT, entity.token))
            case Shipment():
                self._put_shipment(entity)
            case CarrierAccount(gone=True):
                self.accounts.pop(entity.id, None)
            case CarrierAccount():
                self.accounts[entity.id] = entity
            case CollectionForm():
                self.forms[entity.id] = entity
                if entity.key:
                    self._by_key[(entity.seller, "generateCollectionForm", entity.key)] = entity
            case Claim():
                self.claims[entity.tracking] = entity
            case NdrFeedback() if entity.number == len(self.feedback):
                self.feedback.append(entity)
            case _:
                pass

    def _put_shipment(self, shipment: Shipment) -> None:
        if shipment.id not in self.shipments:
            self._of_order.setdefault(shipment.order, []).append(shipment.id)
        self.shipments[shipment.id] = shipment
        self._by_tracking[(shipment.seller, shipment.tracking)] = shipment.id
        if shipment.key:
            self._by_key[(shipment.seller, shipment.operation, shipment.key)] = shipment
        if shipment.confirms_at is not None:
            heapq.heappush(self._confirming, (shipment.confirms_at, shipment.id))

    def everything(self) -> Iterator[Entity]:
        yield from self.quotes.values()
        yield from self.shipments.values()
        yield from self.accounts.values()
        yield from self.forms.values()
        yield from self.claims.values()
        yield from self.feedback

    def make(self, entity: Entity) -> None:
        self.put(entity)
        self.changed.append(entity)

    # --- looked up

    def bought_with(self, seller: str, operation: str, key: str) -> Shipment | CollectionForm | None:
        """What a call with this key has made already; `key` empty: nothing."""
        return self._by_key.get((seller, operation, key)) if key else None

    def of_order(self, order: str) -> list[Shipment]:
        return [self.shipments[one] for one in self._of_order.get(order, ())]

    def by_tracking(self, seller: str, tracking: str) -> Shipment | None:
        found = self._by_tracking.get((seller, tracking))
        return None if found is None else self.shipments[found]

    def of_seller(self, seller: str) -> Iterator[Shipment]:
        return (one for one in self.shipments.values() if one.seller == seller)

    def accounts_of(self, seller: str) -> list[CarrierAccount]:
        return [one for one in self.accounts.values() if one.seller == seller]

    def units_left(self, order: Order) -> dict[str, int]:
        """Order item → units that can still be bought a label: not shipped, or in a package whose label is void."""
        left = {item.id: item.quantity - item.cancelled - item.shipped for item in order.items}
        for shipment in self.of_order(order.id):
            for item_id, units in shipment.items if self._is_void(shipment, order) else ():
                left[item_id] += units
        return left

    @staticmethod
    def _is_void(shipment: Shipment, order: Order) -> bool:
        """Whether its package stands in the order though its label was cancelled."""
        if shipment.cancelled is None or shipment.replaced or not shipment.package:
            return False
        held = next((one for one in order.packages if one.reference == shipment.package), None)
        return held is not None and held.tracking_number == shipment.tracking

    # --- changes

    def cancel(self, shipment: Shipment, now: float) -> None:
        """One that was not confirmed yet never is; a confirmed order stays shipped."""
        shipment.cancelled, shipment.confirms_at = now, None
        self.make(shipment)

    def due(self) -> float | None:
        return min((heap[0][0] for heap in (self._confirming, self._ending) if heap), default=None)

    def turn(self, now: float) -> None:
        """Orders show what was bought for them; quotes that ran out long ago are dropped."""
        while self._confirming and self._confirming[0][0] <= now:
            at, name = heapq.heappop(self._confirming)
            shipment = self.shipments[name]
            if shipment.confirms_at == at:
                self._confirm(shipment, at)
        while self._ending and self._ending[0][0] <= now:
            _, token = heapq.heappop(self._ending)
            quote = self.quotes.get(token)
            if quote is not None:
                quote.gone = True
                self.make(quote)

    def _confirm(self, shipment: Shipment, at: float) -> None:
        """One whose order was shipped or cancelled meanwhile is bought all the same, and the order does not show it."""
        order = self._world.orders[shipment.order]
        void = next(
            (
                one
                for one in self.of_order(order.id)
                if self._is_void(one, order) and dict(one.items).keys() & dict(shipment.items).keys()
            ),
            None,
        )
        service = BY_ID[shipment.service]
        package = Package(
            reference=next_reference(order) if void is None else void.package,
            carrier_code=service.carrier,
            carrier_name=service.carrier,
            tracking_number=shipment.tracking,
            shipping_method=service.name,
            ship_date=iso(shipment.ship_date),
            items=list(shipment.items),
            created=at,
        )
        shipment.confirms_at = None
        try:
            self._world.shipments.confirm(order, package, at)
        except NotPossible:
            pass
        else:
            shipment.package = package.reference
            if void is not None:
                void.replaced = True
                self.make(void)
        self.make(shipment)


def next_reference(order: Order) -> str:
    return str(1 + max((int(one.reference) for one in order.packages if one.reference.isdigit()), default=0))
