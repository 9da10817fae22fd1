"""Orders v0 confirmShipment, updateShipmentStatus. Source: model ordersV0.json; refusals as integrators saw them."""

import re
from typing import Any

from amazon_simulator.core.clock import from_iso
from amazon_simulator.core.http import Request, Response
from amazon_simulator.protocol.errors import invalid
from amazon_simulator.protocol.routing import Route
from amazon_simulator.wire.context import ApiContext
from amazon_simulator.world import NotPossible, World
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Confirmation, Order, Package, Seller

DAY = 24 * 3600.0
YEAR = 366 * DAY
ORDER_ID = re.compile(r"\d{3}-\d{7}-\d{7}")
NOT_FOUND = (
    "Failed to create package due to not finding a matching package or order already fulfilled. "
    "ErrorMessage(errorCode=GeneralError, errorDescription=Unable to find package to update for order (), "
    "errorMetric=PackageToUpdateNotFound, packageIndex=null)"
)
NO_ITEM = "OrderItemId  is invalid, please obtain the value through the getOrderItems API or Manage Orders page"
PICK_UP = ("ReadyForPickup", "PickedUp", "RefusedPickup")
NO_REFERENCE = "PackageReferenceId: is invalid, must be a positive numeric value."


def routes(context: ApiContext) -> tuple[Route, ...]:
    return (
        Route(
            "confirmShipment",
            "POST",
            "/orders/v0/orders/{orderId}/shipmentConfirmation",
            lambda call: confirm_shipment(
                context.world, call.seller, call.names[0], call.request, call.now, call.request_id
            ),
        ),
        Route(
            "updateShipmentStatus",
            "POST",
            "/orders/v0/orders/{orderId}/shipment",
            lambda call: update_shipment_status(context.world, call.seller, call.names[0], call.request, call.now),
        ),
    )


def confirm_shipment(
    world: World, seller: Seller, order_id: str, request: Request, now: float, request_id: str
) -> Response:
    """204 without body, or a 400 with the reason; every attempt is noted in the state report."""
    try:
        body = request.json()
    except ValueError:
        return invalid()
    detail = body.get("packageDetail") if isinstance(body, dict) else None
    if not isinstance(detail, dict):
        return invalid(details="packageDetail")
    order = world.orders.get(order_id)
    fault, effect = "", "refused"
    if order is None or order.seller != seller.id or not ORDER_ID.fullmatch(order_id):
        fault = "The order id is not valid."
    else:
        fault = _fault(order, body, detail)
    if order is not None and not fault:
        try:
            effect = world.shipments.confirm(order, _package(detail, now), now)
        except NotPossible as refusal:
            fault = NO_ITEM if "OrderItemId" in str(refusal) else NOT_FOUND
    world.records.make(
        Confirmation(
            number=len(world.confirmations),
            at=now,
            seller=seller.id,
            order=order_id,
            reference=str(detail.get("packageReferenceId", "")),
            tracking_number=str(detail.get("trackingNumber", "")),
            carrier_code=str(detail.get("carrierCode", "")),
            effect=effect,
            request_id=request_id,
        )
    )
    return invalid(fault) if fault else Response(204)


def _fault(order: Order, body: dict[str, Any], detail: dict[str, Any]) -> str:
    reference = detail.get("packageReferenceId")
    if not isinstance(reference, str):
        return "Please check the fields with invalid type [packageDetail.packageReferenceId]."
    if not reference.isascii() or not reference.isdigit() or len(reference) > 20 or int(reference) < 1:
        return NO_REFERENCE
    if body.get("marketplaceId") != order.marketplace:
        return "MarketplaceId is not that of the order."
    for name in ("carrierCode", "trackingNumber", "shipDate"):
        if not isinstance(detail.get(name), str) or not detail[name].strip():
            return f"{name} is required."
    if detail["carrierCode"] == "Other" and not str(detail.get("carrierName") or "").strip():
        return "carrierName is required when carrierCode is Other."
    if not _plausible(detail["shipDate"], order):
        return "shipDate is no date-time after the order was placed."
    items = detail.get("orderItems")
    if not isinstance(items, list) or not items:
        return NO_ITEM
    for item in items:
        if not isinstance(item, dict) or type(item.get("quantity")) is not int or "orderItemId" not in item:
            return NO_ITEM
        if not _codes_are_sound(item.get("transparencyCodes") or []):
            return "Please check the fields with invalid type [packageDetail.orderItems.transparencyCodes]."
    if order.fulfilled_by != "MERCHANT" or "FBM_SHIP_PLUS" in order.programs:
        return "This order is not confirmed by the seller."
    return _state_fault(order, body)


def _state_fault(order: Order, body: dict[str, Any]) -> str:
    collection = body.get("codCollectionMethod")
    if collection is not None:
        if collection != "DirectPayment":
            return "Please check the fields with invalid type [codCollectionMethod]."
        if MARKETS[order.marketplace].country != "JP":
            return "codCollectionMethod is only supported in the JP marketplace."
    if order.regulated in ("Pending", "Rejected"):
        return "The regulated information of this order has not been approved."
    if order.status not in ("UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"):
        return NOT_FOUND
    return ""


def _codes_are_sound(codes: object) -> bool:
    return isinstance(codes, list) and all(isinstance(code, str) for code in codes)


def _plausible(text: str, order: Order) -> bool:
    """A day of grace before the order: sellers' clocks and calendars differ from Amazon's."""
    try:
        return order.created - DAY <= from_iso(text) <= order.created + YEAR
    except ValueError:
        return False


def _package(detail: dict[str, Any], now: float) -> Package:
    return Package(
        reference=detail["packageReferenceId"],
        carrier_code=detail["carrierCode"],
        carrier_name=str(detail.get("carrierName") or ""),
        tracking_number=detail["trackingNumber"],
        shipping_method=str(detail.get("shippingMethod") or ""),
        ship_date=detail["shipDate"],
        items=[(str(item["orderItemId"]), item["quantity"]) for item in detail["orderItems"]],
        created=now,
        codes={
            str(item["orderItemId"]): item["transparencyCodes"]
            for item in detail["orderItems"]
            if item.get("transparencyCodes")
        },
    )


def update_shipment_status(world: World, seller: Seller, order_id: str, request: Request, now: float) -> Response:
    """Only for orders that the buyer fetches: 204 without body, or a 400."""
    try:
        body = request.json()
        status, wanted = _read_pick_up(body)
    except ValueError as fault:
        return invalid(details=str(fault))
    if body.get("marketplaceId") not in MARKETS:
        return invalid("Marketplace ID is not defined", "1001")
    order = world.orders.get(order_id)
    if order is None or order.seller != seller.id or order.marketplace != body["marketplaceId"]:
        return invalid("The order id is not valid.")
    try:
        world.shipments.set_pick_up(order, status, wanted, now)
    except NotPossible as refusal:
        return invalid(NO_ITEM if "OrderItemId" in str(refusal) else str(refusal))
    return Response(204)


def _read_pick_up(body: Any) -> tuple[str, dict[str, int]]:
    """The status and the units by order item; ValueError names the field."""
    if not isinstance(body, dict) or not isinstance(body.get("marketplaceId"), str):
        raise ValueError("marketplaceId")
    if body.get("shipmentStatus") not in PICK_UP:
        raise ValueError(f"shipmentStatus: one of {', '.join(PICK_UP)}")
    items = body.get("orderItems") or []
    if not isinstance(items, list):
        raise ValueError("orderItems")
    wanted: dict[str, int] = {}
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("orderItemId"), str):
            raise ValueError("orderItems.orderItemId")
        if type(item.get("quantity")) is not int:
            raise ValueError("orderItems.quantity")
        wanted[item["orderItemId"]] = wanted.get(item["orderItemId"], 0) + item["quantity"]
    return body["shipmentStatus"], wanted
