"""Fulfilment orders, shipments and previews as the model has them. Source: fulfillmentOutbound_2020-07-01.json."""

from collections.abc import Mapping, Sequence
from typing import Any

from amazon_simulator.core.clock import iso
from amazon_simulator.wire.outbound_requests import Wanted
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Order
from amazon_simulator.world.fulfilments import Fulfilment

DAY = 24 * 3600.0
TRANSIT = {"Standard": 3 * DAY, "Expedited": 2 * DAY, "Priority": DAY}
"""From the warehouse to the address."""
CENTRES = {"UK": "LTN4", "EU": "LEJ1", "NA": "PHX6", "JP": "NRT1", "AU": "MEL1", "SG": "SIN2"}
FEES = {"Standard": "3.95", "Expedited": "6.95", "Priority": "11.95"}
FIRST_PACKAGE = 20_000_000
SHOWN = (
    "displayableOrderId", "displayableOrderDate", "displayableOrderComment", "shippingSpeedCategory",
    "destinationAddress", "notificationEmails",
)  # fmt: skip
LINE_SHOWN = ("giftMessage", "displayableComment", "perUnitDeclaredValue")


def fulfilment_json(one: Fulfilment, order: Order, now: float) -> dict[str, Any]:
    status, since = one.status(order, now)
    return {
        "sellerFulfillmentOrderId": one.id,
        "marketplaceId": one.market,
        **{name: one.request[name] for name in SHOWN if one.request.get(name) is not None},
        "fulfillmentAction": "Hold" if one.held else "Ship",
        "fulfillmentPolicy": one.request.get("fulfillmentPolicy") or "FillOrKill",
        "receivedDate": iso(one.received),
        "fulfillmentOrderStatus": status,
        "statusUpdatedDate": iso(since),
    }


def whole_json(one: Fulfilment, order: Order, now: float) -> dict[str, Any]:
    """What getFulfillmentOrder returns."""
    return {
        "fulfillmentOrder": fulfilment_json(one, order, now),
        "fulfillmentOrderItems": [_item(one, order, line, now) for line in one.request["items"]],
        "fulfillmentShipments": _shipments(one, order, now),
        "returnItems": [],
        "returnAuthorizations": [],
    }


def _item(one: Fulfilment, order: Order, line: Mapping[str, Any], now: float) -> dict[str, Any]:
    status, _ = one.status(order, now)
    short = line["quantity"] if status == "Unfulfillable" else one.short.get(line["sellerFulfillmentOrderItemId"], 0)
    members = {
        "sellerSku": line["sellerSku"],
        "sellerFulfillmentOrderItemId": line["sellerFulfillmentOrderItemId"],
        "quantity": line["quantity"],
        **{name: line[name] for name in LINE_SHOWN if line.get(name) is not None},
        "orderItemDisposition": "Sellable",
        "cancelledQuantity": line["quantity"] - short if status == "Cancelled" else 0,
        "unfulfillableQuantity": short,
    }
    leaves = leaves_at(order)
    if leaves is not None:
        members["estimatedShipDate"] = iso(leaves)
        members["estimatedArrivalDate"] = iso(arrives_at(one, leaves))
    return members


def leaves_at(order: Order) -> float | None:
    """When it left, or is expected to leave; None when it never will, or is held."""
    return order.updated if order.status == "SHIPPED" else order.ships_at


def arrives_at(one: Fulfilment, leaves: float) -> float:
    return leaves + TRANSIT[one.request["shippingSpeedCategory"]]


def package_number(one: Fulfilment) -> int:
    return FIRST_PACKAGE + one.number


def carrier(order: Order) -> str:
    return "AMZL_US" if MARKETS[order.marketplace].pool == "NA" else "AMZN_UK"


def tracking_number(one: Fulfilment) -> str:
    return f"TBA{one.number:012d}"


def _shipments(one: Fulfilment, order: Order, now: float) -> list[dict[str, Any]]:
    """One parcel: none before the warehouse has begun to pick."""
    status, _ = one.status(order, now)
    leaves = leaves_at(order)
    if status not in ("Processing", "Complete", "CompletePartialled") or leaves is None:
        return []
    sent = status != "Processing"
    lines = [
        {
            "sellerSku": line["sellerSku"],
            "sellerFulfillmentOrderItemId": line["sellerFulfillmentOrderItemId"],
            "quantity": line["quantity"] - one.short.get(line["sellerFulfillmentOrderItemId"], 0),
            "packageNumber": package_number(one),
        }
        for line in one.request["items"]
        if line["quantity"] > one.short.get(line["sellerFulfillmentOrderItemId"], 0)
    ]
    shipment: dict[str, Any] = {
        "amazonShipmentId": f"D{one.number + 1:09d}",
        "fulfillmentCenterId": CENTRES.get(MARKETS[order.marketplace].pool, "XXX1"),
        "fulfillmentShipmentStatus": "SHIPPED" if sent else "PENDING",
        "shippingDate": iso(leaves),
        "estimatedArrivalDate": iso(arrives_at(one, leaves)),
        "fulfillmentShipmentItem": lines,
    }
    if sent:
        shipment["fulfillmentShipmentPackage"] = [
            {
                "packageNumber": package_number(one),
                "carrierCode": carrier(order),
                "trackingNumber": tracking_number(one),
                "estimatedArrivalDate": iso(arrives_at(one, leaves)),
            }
        ]
    return [shipment]


def tracking_json(one: Fulfilment, order: Order, now: float) -> dict[str, Any]:
    """Where the parcel is. Event codes as the model lists them."""
    left = order.updated
    arrives, buyer = arrives_at(one, left), order.buyer
    events = [(left, "EVENT_201", "Package has left the seller facility.")]
    if now >= arrives - 6 * 3600:
        events.insert(0, (arrives - 6 * 3600, "EVENT_302", "Out for delivery."))
    if now >= arrives:
        events.insert(0, (arrives, "EVENT_301", "Package delivered."))
    status = {"EVENT_201": "IN_TRANSIT", "EVENT_302": "OUT_FOR_DELIVERY", "EVENT_301": "DELIVERED"}[events[0][1]]
    where = {"city": buyer.town[:150], "state": buyer.state[:150], "country": buyer.country[:6]}
    return {
        "packageNumber": package_number(one),
        "trackingNumber": tracking_number(one),
        "customerTrackingLink": f"https://www.swiship.example/track?id={tracking_number(one)}",
        "carrierCode": carrier(order),
        "shipDate": iso(left),
        "estimatedArrivalDate": iso(arrives),
        "shipToAddress": where,
        "currentStatus": status,
        "currentStatusDescription": events[0][2],
        "trackingEvents": [
            {"eventDate": iso(at), "eventAddress": where, "eventCode": code, "eventDescription": description}
            for at, code, description in events
        ],
    }


def preview_json(
    market: str, speed: str, lines: Sequence[Wanted], short: Mapping[str, int], now: float, leaves_in: float
) -> dict[str, Any]:
    """What sending it by a speed would mean. `short`: line id → units that are not there."""
    able = not short
    payload: dict[str, Any] = {
        "shippingSpeedCategory": speed,
        "isFulfillable": able,
        "isCODCapable": False,
        "marketplaceId": market,
        "unfulfillablePreviewItems": [
            {
                "sellerSku": line.sku,
                "quantity": short[line.id],
                "sellerFulfillmentOrderItemId": line.id,
                "itemUnfulfillableReasons": ["InventoryUnavailable"],
            }
            for line in lines
            if line.id in short
        ],
    }
    if not able:
        return {**payload, "orderUnfulfillableReasons": ["InventoryUnavailable"]}
    leaves, units = now + leaves_in, sum(line.quantity for line in lines)
    arrives, currency = leaves + TRANSIT[speed], MARKETS[market].currency
    weight = {"unit": "KILOGRAMS", "value": f"{0.5 * units:.2f}"}
    items = [
        {"sellerSku": line.sku, "quantity": line.quantity, "sellerFulfillmentOrderItemId": line.id} for line in lines
    ]
    return {
        **payload,
        "estimatedShippingWeight": weight,
        "estimatedFees": [
            {"name": "FBAPerUnitFulfillmentFee", "amount": {"currencyCode": currency, "value": f"{1.25 * units:.2f}"}},
            {"name": "FBATransportationFee", "amount": {"currencyCode": currency, "value": FEES[speed]}},
        ],
        "fulfillmentPreviewShipments": [
            {
                "earliestShipDate": iso(now),
                "latestShipDate": iso(leaves),
                "earliestArrivalDate": iso(arrives - DAY / 2),
                "latestArrivalDate": iso(arrives),
                "fulfillmentPreviewItems": items,
            }
        ],
    }
