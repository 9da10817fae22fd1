"""Orders 2026-01-01: searchOrders and getOrder. Source: model orders_2026-01-01.json."""

from dataclasses import replace
from typing import Any

from amazon_simulator.core.clock import iso
from amazon_simulator.core.http import Request, Response, answer_json
from amazon_simulator.protocol.errors import NOT_VALID, denied, invalid, refuse
from amazon_simulator.protocol.paging import fingerprint, seal, unseal
from amazon_simulator.protocol.routing import Route
from amazon_simulator.wire.context import ApiContext
from amazon_simulator.wire.orders.customizations import with_addresses
from amazon_simulator.wire.orders.order_json import order_json
from amazon_simulator.wire.orders.order_search import (
    TOKEN_LIVES,
    Fits,
    find_rows,
    read_members,
    read_size,
    read_window,
)
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Order, Seller

STATUSES = (
    "PENDING_AVAILABILITY", "PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "CANCELLED", "UNFULFILLABLE",
)  # fmt: skip
DATA = (
    "BUYER", "RECIPIENT", "PROCEEDS", "EXPENSE", "PROMOTION", "CANCELLATION",
    "FULFILLMENT", "PACKAGES", "TAX", "PAYMENT", "FULFILLMENT_ORDERS",
)  # fmt: skip
"""What may be included; FULFILLMENT_ORDERS only of Easy Ship, which is not here, and of Seller Flex."""
MARKETPLACES_AT_MOST = 50
TOKEN_MESSAGE = (
    "The paginationToken you have submitted is not valid. "
    "All parameters must match the original request except maxResultsPerPage."
)


class Orders:
    def __init__(self, context: ApiContext) -> None:
        self._world = context.world
        self._application = context.application
        self._documents = context.documents

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "searchOrders",
                "GET",
                "/orders/2026-01-01/orders",
                lambda call: self.search(call.seller, call.request, call.now),
            ),
            Route(
                "getOrder",
                "GET",
                "/orders/2026-01-01/orders/{orderId}",
                lambda call: self.get(call.seller, call.names[0], call.request, call.now),
            ),
        )

    def search(self, seller: Seller, request: Request, now: float) -> Response:
        """A page of orders by last update or creation, oldest first; the token wants every parameter again."""
        query = request.params()
        try:
            window = read_window(query, now)
            size = read_size(query, "maxResultsPerPage")
            data = read_members(query, "includedData", DATA)
            fits = _filter(query)
        except ValueError as fault:
            return invalid("This is an invalid input" if "Date-Time" in str(fault) else NOT_VALID, str(fault))
        if not _marketplaces(query) <= set(seller.marketplaces):
            return denied()
        same = fingerprint(query, "paginationToken", "maxResultsPerPage")
        passed = (window.after, "")
        if query.get("paginationToken"):
            held = unseal("orders", query["paginationToken"])
            if held is None or held[0] < now or held[1:3] != [seller.id, same]:
                return invalid(TOKEN_MESSAGE)
            window, passed = replace(window, before=held[3]), (held[4], held[5])
        rows = find_rows(self._world, seller.id, window, passed, size + 1, now, fits)
        roles = self._application.roles
        body: dict[str, Any] = {
            "orders": [
                with_addresses(order_json(order, seller, data, roles, now), self._documents, now)
                for _, order in rows[:size]
            ],
            ("lastUpdatedBefore" if window.key == "updated" else "createdBefore"): iso(window.before),
        }
        if len(rows) > size:
            when, last = rows[size - 1]
            token = seal("orders", (now + TOKEN_LIVES, seller.id, same, window.before, when, last.id))
            body["pagination"] = {"nextToken": token}
        return answer_json(body)

    def get(self, seller: Seller, order_id: str, request: Request, now: float) -> Response:
        try:
            data = read_members(request.params(), "includedData", DATA)
        except ValueError as fault:
            return invalid(details=str(fault))
        order = self._world.orders.get(order_id)
        if order is None or order.seller != seller.id:
            return refuse(404, "NotFound", "The requested order was not found.", kind="ResourceNotFoundException")
        found = order_json(order, seller, data, self._application.roles, now)
        return answer_json({"order": with_addresses(found, self._documents, now)})


def _marketplaces(query: dict[str, str]) -> set[str]:
    return {market for market in query.get("marketplaceIds", "").split(",") if market}


def _filter(query: dict[str, str]) -> Fits:
    """What an order must be like; ValueError names the parameter."""
    statuses = read_members(query, "fulfillmentStatuses", STATUSES)
    kinds = read_members(query, "fulfilledBy", ("MERCHANT", "AMAZON"))
    markets = _marketplaces(query)
    if len(markets) > MARKETPLACES_AT_MOST or not markets <= set(MARKETS):
        raise ValueError("marketplaceIds")

    def fits(order: Order) -> bool:
        return (
            (not markets or order.marketplace in markets)
            and (not statuses or order.status in statuses)
            and (not kinds or order.fulfilled_by in kinds)
        )

    return fits
