"""Traffic: automatic buyers and Amazon's warehouses, in trade time, the same for the same seed.

Every hour of every marketplace has its own dice, and every arrival in it: what happens does not depend on how far
the clock is moved at once, and a simulator that is killed goes on as if it had not been.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import ClassVar

import msgspec

from amazon_simulator.core.store import Entity
from amazon_simulator.traffic.people import ADDRESS_KINDS, as_company, buyer_for, with_phone
from amazon_simulator.traffic.seed import list_odd_goods, odd_buyer, order_number
from amazon_simulator.world import Line, NotPossible, Terms, World
from amazon_simulator.world.catalogue import DAY, EU_MARKETS, MARKETS, ODD_GOODS
from amazon_simulator.world.entities import Associated, Buyer, FbaStock, Listing, Order, Seller, Transit
from amazon_simulator.world.returns import REASONS

HOUR, A_DAY = 3600.0, 24 * 3600.0
BUYERS_OF_A_COUNTRY = 2_000
"""The number of different buyers in each country; they come back."""
LOOKS = 40
"""Goods that a buyer looks at until one is for sale."""
NEVER = 30 * A_DAY
ODD_SKUS = tuple(sku for sku, _, _ in ODD_GOODS)
DEEMED = {
    **{market.id: ("IOSS", "UOSS") for market in EU_MARKETS if market.country != "GB"},
    **{market.id: ("FACILITATOR",) for market in EU_MARKETS if market.country == "GB"},
}
"""Marketplace → who has the VAT of a line there: by IOSS of small parcels from abroad, by UOSS as deemed reseller."""
WARRANTY = Decimal("4.00")
CARRIERS = {
    "GB": (("Royal Mail", "Royal Mail Tracked 48"), ("Evri", "Evri Standard"), ("DPD UK", "DPD Next Day")),
    "DE": (("DHL", "DHL Paket"), ("Hermes", "Hermes Paket"), ("DPD", "DPD Classic")),
    "FR": (("La Poste", "Colissimo"), ("Chronopost", "Chrono 18")),
    "US": (("USPS", "USPS Ground Advantage"), ("UPS", "UPS Ground"), ("FedEx", "FedEx Home Delivery")),
}
"""Country → services that delivery promises there are computed from."""
GIFT_MESSAGES = ("With love from the harbour", "Happy birthday, Grandpa!", "Für Łukasz – alles Gute 🎂\nDeine Zoë")


class TrafficProfile(msgspec.Struct, frozen=True):
    """Shares from 0 to 1 of what buyers do."""

    fba: float = 0.25
    pending: float = 0.15
    unpaid: float = 0.1  # of those that wait for their payment
    cancelled: float = 0.04
    asks: float = 0.03  # asks the seller to cancel
    returned: float = 0.08
    unknown: float = 0.02  # buys what is not listed yet
    several: float = 0.2  # has more than one thing in the cart
    business: float = 0.06  # a company buys, by invoice
    deemed: float = 0.08  # of what goes abroad or through Amazon as deemed reseller: Amazon has the VAT
    warranty: float = 0.04  # has a warranty beside what the seller sends
    transit: float = 0.6  # has a delivery promise with a transit time in the order
    addresses: float = 0.0  # has an address that lacks something, or has it in an unusual line


class Plan(Entity, tag="traffic", kw_only=True):
    """`hourly`: marketplace → orders in its mean hour. `done`: all before is done. Times in trade seconds."""

    seed: str
    done: float
    hourly: dict[str, float] = {}
    day_curve: bool = True
    peaks: list[tuple[float, float, float]] = []  # (since, until, factor)
    ends: float | None = None
    odd: float = 0.0  # share of orders with data that breaks programs
    warehouses: bool = True
    kept_stocked: bool = False
    profile: TrafficProfile = msgspec.field(default_factory=TrafficProfile, name="habits")  # as in journals
    placed: int = 0
    missed: int = 0  # nothing was for sale

    @property
    def on(self) -> bool:
        return any(self.hourly.values())

    def rate(self, marketplace: str, at: float) -> float:
        """Orders an hour at this moment."""
        return self._mean(marketplace, at) * self._peak(at)

    def _mean(self, marketplace: str, at: float) -> float:
        hour = int(at // HOUR + MARKETS[marketplace].hours) % 24
        return self.hourly[marketplace] * (DAY[hour] if self.day_curve else 1.0)

    def _peak(self, at: float) -> float:
        return max((factor for since, until, factor in self.peaks if since <= at < until), default=1.0)

    def most(self, marketplace: str, slot: int) -> float:
        """The highest rate within an hour."""
        begins = slot * HOUR
        peaks = [factor for since, until, factor in self.peaks if since < begins + HOUR and begins < until]
        return self._mean(marketplace, begins) * max([1.0, *peaks])


@dataclass(frozen=True, slots=True, order=True)
class Arrival:
    """A buyer comes to a marketplace, or a warehouse (`seller/pool`) looks round."""

    at: float
    where: str
    dice: str


class Traffic:
    """A store with one entity, the plan; what happens by it is written by the world."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (Plan,)

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self.plan = Plan(seed=str(seed), done=0.0)
        self.changed: list[Entity] = []
        self._slot = 0
        self._coming: list[Arrival] | None = None

    def put(self, entity: Entity) -> None:
        if isinstance(entity, Plan):
            self.plan, self._coming = entity, None

    def everything(self) -> Iterator[Entity]:
        yield self.plan

    def follow(self, plan: Plan, now: float) -> None:
        """Another plan from now on."""
        plan.done = max(self.plan.done, now)
        plan.peaks = [peak for peak in plan.peaks if peak[1] > now]
        if plan.odd:
            for seller in self._world.sellers.values():
                list_odd_goods(self._world, seller, now)
        self.put(plan)
        self.changed.append(plan)

    # --- time

    def due(self) -> float | None:
        if not self.plan.on:
            return None
        coming = self._upcoming()
        return coming[-1].at if coming else self._next_hour()

    def turn(self, now: float) -> None:
        while self.plan.on:
            coming = self._upcoming()
            while coming and coming[-1].at <= now:
                self._arrive(coming.pop())
            begins = self._next_hour()
            if begins is None or begins > now:
                return
            self._slot += 1
            self._coming = self._arrivals()

    def _next_hour(self) -> float | None:
        begins = (self._slot + 1) * HOUR
        return None if self.plan.ends is not None and self.plan.ends <= begins else begins

    def _upcoming(self) -> list[Arrival]:
        """What is still to come in this hour, the next one last."""
        if self._coming is None:
            self._slot = int(self.plan.done // HOUR)
            self._coming = self._arrivals()
        return self._coming

    def _arrivals(self) -> list[Arrival]:
        found = [arrival for market in sorted(self.plan.hourly) for arrival in self._buyers(market)]
        if self.plan.warehouses:
            found += self._stock_arrivals()
        ends = self.plan.ends
        return sorted(
            (one for one in found if one.at > self.plan.done and (ends is None or one.at < ends)), reverse=True
        )

    def _buyers(self, market: str) -> Iterator[Arrival]:
        """A Poisson stream; where the rate is lower than the hour's highest, some stay at home."""
        most = self.plan.most(market, self._slot)
        chance = random.Random(f"{self.plan.seed}:{market}:{self._slot}")
        at, number = self._slot * HOUR, 0
        while most:
            at += chance.expovariate(most / HOUR)
            if at >= (self._slot + 1) * HOUR:
                return
            number += 1
            if chance.random() * most < self.plan.rate(market, at):
                yield Arrival(at, market, f"{self.plan.seed}:{market}:{self._slot}:{number}")

    def _stock_arrivals(self) -> Iterator[Arrival]:
        for seller, pool in sorted({(seller, pool) for seller, pool, _ in self._world.fba}):
            dice = f"{self.plan.seed}:{seller}:{pool}:{self._slot}"
            at = self._slot * HOUR + random.Random(dice).random() * HOUR
            yield Arrival(at, f"{seller}/{pool}", dice)

    def _arrive(self, arrival: Arrival) -> None:
        chance = random.Random(arrival.dice)
        if arrival.where in MARKETS:
            order = self._buy(arrival.where, chance, arrival.at)
            self.plan.placed += order is not None
            self.plan.missed += order is None
        else:
            self._move_stock(arrival.where, chance, arrival.at)
        self.plan.done = arrival.at
        self.changed.append(self.plan)

    # --- buyers

    def _buy(self, market: str, chance: random.Random, at: float) -> Order | None:
        """One buyer places an order; None when nothing was for sale."""
        profile = self.plan.profile
        sellers = [
            seller
            for seller in self._world.sellers.values()
            if market in seller.marketplaces and market not in seller.suspended
        ]
        if not sellers:
            return None
        seller, fba = chance.choice(sellers), chance.random() < profile.fba
        odd, waits = chance.random() < self.plan.odd, chance.random() < profile.pending
        unpaid = waits and chance.random() < profile.unpaid
        lines = self._fill_cart(seller, market, fba, odd, chance)
        if chance.random() < profile.deemed and not fba and market in DEEMED:
            scheme = chance.choice(DEEMED[market])
            lines = [replace(line, particulars={"scheme": scheme}) for line in lines]
        if chance.random() < profile.warranty and not fba and lines:
            more = {**lines[0].particulars, "associated": (Associated("WARRANTY", "B0WARRANTY", WARRANTY),)}
            lines = [replace(lines[0], particulars=more), *lines[1:]]
        transit = _transit(market, chance) if chance.random() < profile.transit and not fba else None
        buyer, company = self._somebody(market, odd, chance)
        try:
            order = self._world.ordering.place(
                order_number(chance, len(self._world.orders)),
                seller,
                market,
                "AMAZON" if fba else "MERCHANT",
                lines,
                buyer,
                now=at,
                pending_for=NEVER if unpaid else float(chance.randint(300, 1800)) if waits else 0.0,
                shipping=Decimal("0.00") if fba or chance.random() < 0.4 else Decimal("3.99"),
                service_level=chance.choice(("STANDARD", "STANDARD", "STANDARD", "EXPEDITED")),
                programs=("AMAZON_BUSINESS",) if company else ("PRIME",) if chance.random() < 0.1 else (),
                terms=Terms(payment="Invoice" if company else "CreditCard", transit=transit),
            )
        except NotPossible:
            return None
        self._have_plans(order, chance, at, unpaid=unpaid)
        if self.plan.kept_stocked and not fba:
            self._keep_stocked(seller, order, at)
        return order

    def _somebody(self, market: str, odd: bool, chance: random.Random) -> tuple[Buyer, bool]:
        """One of those who come back, and whether it is a company that buys."""
        number, country = chance.randrange(BUYERS_OF_A_COUNTRY), MARKETS[market].country
        company = chance.random() < self.plan.profile.business
        buyer = odd_buyer(country, number) if odd else with_phone(buyer_for(country, number), chance)
        if self.plan.profile.addresses and chance.random() < self.plan.profile.addresses:
            buyer = ADDRESS_KINDS[chance.choice(sorted(ADDRESS_KINDS))](buyer)
        return (as_company(buyer, number), True) if company else (buyer, False)

    def _fill_cart(self, seller: Seller, market: str, fba: bool, odd: bool, chance: random.Random) -> list[Line]:
        goods = self._world.by_seller[seller.id]
        skus = list(ODD_SKUS) if odd and not fba else list(goods)
        unknown = chance.random() < self.plan.profile.unknown
        many = chance.choice((2, 2, 3)) if chance.random() < self.plan.profile.several else 1
        lines: dict[str, Line] = {}
        for _ in range(LOOKS):
            if len(lines) == many:
                break
            sku, quantity = chance.choice(skus), chance.choice((1, 1, 1, 1, 2, 3))
            listing = goods.get(sku)
            if listing is not None and self._is_for_sale(listing, market, fba, quantity, unknown):
                lines[sku] = Line(
                    sku,
                    quantity,
                    gift_wrap=chance.random() < 0.08,
                    gift_message=chance.choice(GIFT_MESSAGES) if chance.random() < 0.05 else "",
                    discount=chance.random() < 0.08,
                )
        if odd and lines and chance.random() < 0.2:
            lines.setdefault(ODD_SKUS[0], Line(ODD_SKUS[0], 0))  # a line of nothing, as Amazon has them
        return [line for line in lines.values() if not fba or line.quantity]

    def _is_for_sale(self, listing: Listing, market: str, fba: bool, quantity: int, unknown: bool) -> bool:
        if (listing.channel != "DEFAULT") != fba or market not in listing.marketplaces:
            return False
        if not listing.listed and not unknown:
            return False
        return self._world.warehouses.left(listing, market) >= quantity

    def _have_plans(self, order: Order, chance: random.Random, at: float, *, unpaid: bool) -> None:
        """What this buyer will do later."""
        profile, world = self.plan.profile, self._world
        if unpaid:
            world.records.intend(at + chance.uniform(2, 8) * HOUR, "cancel", order.id, {"by": "AMAZON"})
        elif chance.random() < profile.cancelled:
            world.records.intend(at + chance.uniform(60, 1800), "cancel", order.id, {"by": "BUYER"})
        elif chance.random() < profile.asks:
            reason = chance.choice(("Ordered by mistake", "Found cheaper somewhere else", "Arrives too late"))
            world.records.intend(at + chance.uniform(300, 7200), "ask", order.id, {"reason": reason})
        if chance.random() < profile.returned:
            item, reason = chance.choice(order.items), chance.choice(REASONS)
            params = {
                "item": item.id,
                "quantity": max(1, chance.randint(1, max(1, item.quantity))),
                "reason": reason,
                "disposition": "SELLABLE"
                if reason in REASONS[:2]
                else chance.choice(("SELLABLE", "DEFECTIVE", "CUSTOMER_DAMAGED", "CARRIER_DAMAGED")),
            }
            world.records.intend(at + chance.uniform(4, 25) * A_DAY, "return", order.id, params)

    def _keep_stocked(self, seller: Seller, order: Order, at: float) -> None:
        for item in order.items:
            listing = self._world.listings[(seller.id, item.sku)]
            if (listing.quantity or 0) < 3:
                self._world.quantities.set_quantity(listing, 40, at, "kept stocked by traffic")

    # --- Amazon's warehouses

    def _move_stock(self, where: str, chance: random.Random, at: float) -> None:
        """One SKU of a pool: more is sent in when little is left, something is lost, found or damaged now and then."""
        seller, pool = where.rsplit("/", 1)
        stocks = [stock for key, stock in self._world.fba.items() if key[:2] == (seller, pool)]
        stock = chance.choice(stocks)
        luck = chance.random()
        if stock.fulfillable + stock.inbound < 15:
            self._send_more(stock, chance, at)
        elif stock.inbound and luck < 0.5:
            self._world.warehouses.receive(stock, chance.randint(1, stock.inbound), at, _shipment(chance))
        elif luck < 0.53 and self._world.warehouses.free(stock) > 5:
            self._world.warehouses.lose(stock, 1, at)
        elif luck < 0.56 and stock.researching:
            self._world.warehouses.find(stock, 1, at)
        elif luck < 0.58 and self._world.warehouses.free(stock) > 5:
            self._world.warehouses.damage(stock, 1, at)

    def _send_more(self, stock: FbaStock, chance: random.Random, at: float) -> None:
        """The seller sends units in; they are received in two parts."""
        units, reference = chance.randint(20, 60), _shipment(chance)
        self._world.warehouses.send_in(stock, units)
        first = units // 2
        begins = at + chance.uniform(12, 48) * HOUR
        for when, part in ((begins, first), (begins + chance.uniform(1, 12) * HOUR, units - first)):
            params = {"stock": list(stock.key), "quantity": part, "reference": reference}
            self._world.records.intend(when, "receive", "/".join(stock.key), params)


def _transit(market: str, chance: random.Random) -> Transit:
    """The source of the delivery promise: Amazon's own settings name a service, a seller's template seldom does."""
    source = chance.choice(("AMAZON_AUTOMATED", "AMAZON_AUTOMATED", "SELLER_SET", "THIRD_PARTY_INTEGRATOR"))
    carrier, service = chance.choice(CARRIERS.get(MARKETS[market].country, CARRIERS["GB"]))
    return Transit(source) if source == "SELLER_SET" else Transit(source, carrier, service)


def _shipment(chance: random.Random) -> str:
    """An inbound shipment's number, as Amazon gives them."""
    return f"FBA{chance.randrange(36**2):03d}{chance.randrange(10**6):06d}"
