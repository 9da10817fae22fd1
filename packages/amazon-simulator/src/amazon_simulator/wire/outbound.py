"""Fulfilment Outbound 2020-07-01: Amazon sends what other shops sold. Source: its model; behaviours F13, I10.

Each becomes an order of the world on the channel NON_AMAZON, with an S01-… number, no money, and stock that is
allocated at once and leaves the FBA pool a while later.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.protocol.errors import denied, invalid, refuse
from amazon_simulator.protocol.paging import seal, unseal
from amazon_simulator.protocol.routing import Call, Route
from amazon_simulator.wire.context import ApiContext
from amazon_simulator.wire.outbound_json import (
    DAY,
    fulfilment_json,
    package_number,
    preview_json,
    tracking_json,
    whole_json,
)
from amazon_simulator.wire.outbound_requests import (
    ACTIONS,
    SPEEDS,
    Wanted,
    Wrong,
    known_lines,
    read_address,
    read_choice,
    read_emails,
    read_lines,
    read_moment,
    read_order,
    read_text,
)
from amazon_simulator.world import FBA_SHIPS_AFTER, NotPossible
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Item, Order, Seller
from amazon_simulator.world.fulfilments import Fulfilment, Fulfilments

ORDERS = "/fba/outbound/2020-07-01/fulfillmentOrders"
LEAVES_IN = {"Standard": 2 * FBA_SHIPS_AFTER, "Expedited": FBA_SHIPS_AFTER, "Priority": FBA_SHIPS_AFTER / 2}
"""Trade seconds until Amazon has picked and sent it."""
PAGE = 50
LOOKS_BACK = 1.5 * DAY
"""What is listed without a date. Source: model, queryStartDate of the API before: 36 hours."""
CHANGEABLE = ("displayableOrderId", "displayableOrderComment")


class Outbound:
    def __init__(self, context: ApiContext, fulfilments: Fulfilments) -> None:
        self._world = context.world
        self._fulfilments = fulfilments

    def routes(self) -> tuple[Route, ...]:
        one = f"{ORDERS}/{{sellerFulfillmentOrderId}}"
        return (
            Route("getFulfillmentPreview", "POST", f"{ORDERS}/preview", self.preview),
            Route("createFulfillmentOrder", "POST", ORDERS, self.create),
            Route("listAllFulfillmentOrders", "GET", ORDERS, self.list_all),
            Route("getFulfillmentOrder", "GET", one, self.get),
            Route("updateFulfillmentOrder", "PUT", one, self.update),
            Route("cancelFulfillmentOrder", "PUT", f"{one}/cancel", self.cancel),
            Route("getPackageTrackingDetails", "GET", "/fba/outbound/2020-07-01/tracking", self.track),
        )

    def create(self, call: Call) -> Response:
        """createFulfillmentOrder: 200 without content, whether or not it can be sent; its status shows that."""
        try:
            body = read_order(call.request.json())
            market = self._market(call.seller, body)
            lines = read_lines(body["items"])
            self._least_known(call.seller, market, lines)
        except (Wrong, ValueError) as fault:
            return invalid(str(fault))
        if market not in call.seller.marketplaces:
            return denied()
        name = body["sellerFulfillmentOrderId"]
        if (call.seller.id, name) in self._fulfilments.by_id:
            return invalid(f"A fulfillment order with the sellerFulfillmentOrderId {name} exists already")
        policy = body.get("fulfillmentPolicy") or "FillOrKill"
        short = self._short(call.seller, market, lines)
        held = body.get("fulfillmentAction") == "Hold"
        order = self._order(call, body, market, lines, short, policy)
        if order.status == "UNSHIPPED" and not held:
            order.ships_at = call.now + LEAVES_IN[body["shippingSpeedCategory"]]
        self._world.records.make(order)
        missing = short if policy == "FillAllAvailable" and order.status != "UNFULFILLABLE" else {}
        self._fulfilments.make(
            Fulfilment(
                number=len(self._fulfilments.by_number),
                seller=call.seller.id,
                id=name,
                order=order.id,
                market=market,
                received=call.now,
                request=body,
                held=held,
                short=missing,
            )
        )
        return answer_json({})

    @staticmethod
    def _market(seller: Seller, body: Mapping[str, Any]) -> str:
        market = body.get("marketplaceId") or seller.marketplaces[0]
        if not isinstance(market, str) or market not in MARKETS:
            raise Wrong("marketplaceId is not valid")
        return market

    def _least_known(self, seller: Seller, market: str, lines: Sequence[Wanted]) -> None:
        pool = MARKETS[market].pool
        for line in lines:
            if (seller.id, pool, line.sku) not in self._world.fba:
                raise Wrong(f"Value {line.sku} for parameter SellerSKU is invalid. Reason: ItemIsNotAvailable")

    def _short(self, seller: Seller, market: str, lines: Sequence[Wanted]) -> dict[str, int]:
        """Line id → units that no warehouse has free; the first lines are served first."""
        taken, found = Counter[str](), dict[str, int]()
        for line in lines:
            stock = self._world.fba[(seller.id, MARKETS[market].pool, line.sku)]
            free = max(0, self._world.warehouses.free(stock) - taken[line.sku])
            taken[line.sku] += min(free, line.quantity)
            if free < line.quantity:
                found[line.id] = line.quantity - free
        return found

    def _order(
        self,
        call: Call,
        body: Mapping[str, Any],
        market: str,
        lines: Sequence[Wanted],
        short: Mapping[str, int],
        policy: str,
    ) -> Order:
        """FillOrKill: all or nothing; FillAllAvailable: what there is; FillAll: it waits for the rest."""
        number = f"S01-{1_000_000 + len(self._fulfilments.by_number):07d}-{len(self._world.orders):07d}"
        items = []
        for place, line in enumerate(lines):
            listing = self._world.listings[(call.seller.id, line.sku)]
            item = Item(
                f"{number[4:11]}{number[14:]}{place + 1:02d}",
                line.sku,
                listing.asin,
                listing.title,
                line.quantity,
                Decimal(0),
            )
            if policy == "FillAllAvailable":
                item.cancelled = short.get(line.id, 0)
            items.append(item)
        nothing = all(item.cancelled == item.quantity for item in items)
        lost = bool(short) and (policy == "FillOrKill" or nothing)
        return Order(
            id=number,
            seller=call.seller.id,
            marketplace=market,
            fulfilled_by="AMAZON",
            status="UNFULFILLABLE" if lost else "UNSHIPPED",
            created=call.now,
            updated=call.now,
            items=items,
            buyer=read_address(body["destinationAddress"]),
            service_level=body["shippingSpeedCategory"].upper(),
            channel="NON_AMAZON",
            alias=body["sellerFulfillmentOrderId"],
            cancelled_by="AMAZON" if any(item.cancelled for item in items) else "",
        )

    def _find(self, call: Call) -> tuple[Fulfilment, Order] | None:
        found = self._fulfilments.by_id.get((call.seller.id, call.names[0]))
        return None if found is None else (found, self._world.orders[found.order])

    def get(self, call: Call) -> Response:
        found = self._find(call)
        return _unknown() if found is None else answer_json({"payload": whole_json(*found, call.now)})

    def list_all(self, call: Call) -> Response:
        """By their last update, oldest first."""
        query, passed = call.request.params(), ("", "")
        try:
            since = read_moment(query, "queryStartDate") if query.get("queryStartDate") else call.now - LOOKS_BACK
        except Wrong as fault:
            return invalid(str(fault))
        if query.get("nextToken"):
            held = unseal("outbound", query["nextToken"])
            if held is None or held[0] != call.seller.id:
                return invalid(details="nextToken")
            since, passed = held[1], (held[2], held[3])
        found = [
            fulfilment_json(one, self._world.orders[one.order], call.now)
            for one in self._fulfilments.of(call.seller.id)
            if one.status(self._world.orders[one.order], call.now)[1] >= since
        ]
        found.sort(key=_place)
        left = [row for row in found if _place(row) > passed]
        payload: dict[str, Any] = {"fulfillmentOrders": left[:PAGE]}
        if len(left) > PAGE:
            payload["nextToken"] = seal("outbound", (call.seller.id, since, *_place(left[PAGE - 1])))
        return answer_json({"payload": payload})

    def cancel(self, call: Call) -> Response:
        found = self._find(call)
        if found is None:
            return _unknown()
        try:
            self._world.ordering.cancel(found[1], "MERCHANT", call.now)
        except NotPossible:
            return invalid("The fulfillment order can no longer be cancelled.")
        return answer_json({})

    def update(self, call: Call) -> Response:
        """updateFulfillmentOrder: comments on the packing slip, the address, and the release of a held order."""
        found = self._find(call)
        if found is None:
            return _unknown()
        one, order = found
        if not one.held or order.status != "UNSHIPPED":
            return invalid("Only a fulfillment order with a hold on it can be updated.")
        try:
            changes = _read_changes(call.request.json())
        except (Wrong, ValueError) as fault:
            return invalid(str(fault))
        one.request = {**one.request, **changes}
        order.buyer = read_address(one.request["destinationAddress"])
        order.service_level, order.updated = one.request["shippingSpeedCategory"].upper(), call.now
        if changes.get("fulfillmentAction") == "Ship":
            one.held = False
            order.ships_at = call.now + LEAVES_IN[one.request["shippingSpeedCategory"]]
        self._world.records.make(order)
        self._fulfilments.make(one)
        return answer_json({})

    def preview(self, call: Call) -> Response:
        """getFulfillmentPreview: for each speed whether, when and at what cost."""
        try:
            body = call.request.json()
            if not isinstance(body, dict):
                raise Wrong("The request body must be an object")
            read_address(body.get("address"))
            lines, market = read_lines(body.get("items")), self._market(call.seller, body)
            speeds = body.get("shippingSpeedCategories") or list(SPEEDS)
            if not isinstance(speeds, list) or not all(speed in SPEEDS for speed in speeds):
                raise Wrong(f"shippingSpeedCategories must be of {', '.join(SPEEDS)}")
            self._least_known(call.seller, market, lines)
        except (Wrong, ValueError) as fault:
            return invalid(str(fault))
        if market not in call.seller.marketplaces:
            return denied()
        short = self._short(call.seller, market, lines)
        previews = [preview_json(market, speed, lines, short, call.now, LEAVES_IN[speed]) for speed in speeds]
        return answer_json({"payload": {"fulfillmentPreviews": previews}})

    def track(self, call: Call) -> Response:
        """getPackageTrackingDetails, of a package that has left."""
        number = call.request.params().get("packageNumber", "")
        if not number.isascii() or not number.isdigit() or len(number) > 10:
            return invalid("packageNumber must be a whole number")
        for one in self._fulfilments.of(call.seller.id):
            order = self._world.orders[one.order]
            if package_number(one) == int(number) and order.status == "SHIPPED":
                return answer_json({"payload": tracking_json(one, order, call.now)})
        return refuse(404, "NotFound", "The requested package was not found.", kind="ResourceNotFoundException")


def _unknown() -> Response:
    message = "The requested fulfillment order was not found."
    return refuse(404, "NotFound", message, kind="ResourceNotFoundException")


def _place(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["statusUpdatedDate"], row["sellerFulfillmentOrderId"]


def _read_changes(body: Any) -> dict[str, Any]:
    """The members that may be changed of a held order."""
    if not isinstance(body, dict):
        raise Wrong("The request body must be an object")
    if body.get("items"):
        raise Wrong("items cannot be changed; cancel the fulfillment order and create another")
    changes: dict[str, Any] = {name: read_text(body, name) for name in CHANGEABLE if body.get(name) is not None}
    if body.get("displayableOrderDate") is not None:
        read_moment(body, "displayableOrderDate")
        changes["displayableOrderDate"] = body["displayableOrderDate"]
    if body.get("shippingSpeedCategory") is not None:
        changes["shippingSpeedCategory"] = read_choice(body, "shippingSpeedCategory", SPEEDS)
    if body.get("fulfillmentAction") is not None:
        changes["fulfillmentAction"] = read_choice(body, "fulfillmentAction", ACTIONS)
    if body.get("destinationAddress") is not None:
        read_address(body["destinationAddress"])
        changes["destinationAddress"] = known_lines(body["destinationAddress"])
    if body.get("notificationEmails") is not None:
        changes["notificationEmails"] = read_emails(body)
    return changes
