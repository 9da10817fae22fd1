"""The simulator's own state, by which a program's results are judged."""

from typing import Any

from amazon_simulator.control.documents import documents_json
from amazon_simulator.control.writes import fault_event_json, not_simulated_json, write_json
from amazon_simulator.core.clock import iso
from amazon_simulator.representations.order_money import grand_total
from amazon_simulator.simulator import Simulator
from amazon_simulator.world.catalogue import MARKETS, written
from amazon_simulator.world.entities import FbaEvent, FbaStock, Listing, Order, Return


def state_report(simulator: Simulator, query: dict[str, str]) -> dict[str, Any]:
    """The simulator's own state, by which a program's results are judged."""
    world, wanted = simulator.world, query.get("sellerId", "")

    def includes(part: str) -> bool:
        return query.get(part) != "0"

    def ours(seller: str) -> bool:
        return not wanted or seller == wanted

    return {
        "now": iso(simulator.clock.seconds()),
        "orders": [order_json(o) for o in world.orders.values() if ours(o.seller)] if includes("orders") else [],
        "listings": [listing_json(row) for row in world.listings.values() if ours(row.seller)]
        if includes("listings")
        else [],
        "fba": [stock_json(row) for row in world.fba.values() if ours(row.seller)],
        "confirmations": [
            {
                "at": iso(row.at),
                "sellerId": row.seller,
                "orderId": row.order,
                "packageReferenceId": row.reference,
                "trackingNumber": row.tracking_number,
                "carrierCode": row.carrier_code,
                "effect": row.effect,
                "requestId": row.request_id,
            }
            for row in world.confirmations
            if ours(row.seller)
        ],
        "returns": [return_json(row) for row in world.returns if ours(row.seller)],
        "fbaEvents": [_event(row) for row in world.fba_events if ours(row.seller)] if includes("fbaEvents") else [],
        **documents_json(simulator, ours, includes),
        "calls": [
            {
                "sellerId": row.seller,
                "operation": row.operation,
                "calls": row.calls,
                "refused": row.refused,
                "refusedByOthers": row.others,
            }
            for row in simulator.limits.counters.values()
            if ours(row.seller)
        ],
        "notSimulated": not_simulated_json(simulator.not_simulated),
        "throttled": sum(row.refused for row in simulator.limits.counters.values() if ours(row.seller)),
        "throttled_by_others": sum(row.others for row in simulator.limits.counters.values() if ours(row.seller)),
        "writes": [write_json(row) for row in world.writes if ours(row.seller)] if includes("writes") else [],
        "faultEvents": [fault_event_json(row) for row in simulator.faults.events if ours(row.seller)]
        if includes("faultEvents")
        else [],
    }


def stock_json(row: FbaStock) -> dict[str, Any]:
    return {
        "sellerId": row.seller,
        "pool": row.pool,
        "sku": row.sku,
        "fulfillable": row.fulfillable,
        "reserved": row.reserved,
        "inbound": row.inbound,
        "unfulfillable": row.unfulfillable,
        "researching": row.researching,
    }


def return_json(row: Return) -> dict[str, Any]:
    return {
        "at": iso(row.at),
        "sellerId": row.seller,
        "orderId": row.order,
        "orderItemId": row.order_item,
        "sku": row.sku,
        "asin": row.asin,
        "quantity": row.quantity,
        "reason": row.reason,
        "disposition": row.disposition,
        "licensePlate": row.license_plate,
        "kind": row.kind,
    }


def _event(row: FbaEvent) -> dict[str, Any]:
    return {
        "at": iso(row.at),
        "sellerId": row.seller,
        "pool": row.pool,
        "sku": row.sku,
        "asin": row.asin,
        "kind": row.kind,
        "quantity": row.quantity,
        "disposition": row.disposition,
        "reason": row.reason,
        "reference": row.reference,
    }


def listing_json(row: Listing) -> dict[str, Any]:
    return {
        "sellerId": row.seller,
        "sku": row.sku,
        "asin": row.asin,
        "title": row.title,
        "productType": row.product_type,
        "marketplaceIds": row.marketplaces,
        "channelCode": row.channel,
        "quantity": row.quantity,
        "leadTimeDays": row.lead_time,
        "automatedHandlingDays": row.automated_days,
        "listed": row.listed,
        "history": [
            {
                "at": iso(change.at),
                "quantity": change.quantity,
                "cause": change.cause,
                "orderId": _order_of(change.cause),
            }
            for change in row.history
        ],
    }


def _order_of(cause: str) -> str | None:
    """The order that took or gave back units, where it was one."""
    verb, _, order = cause.partition(" ")
    return order if verb in ("order", "cancelled") else None


def order_json(order: Order) -> dict[str, Any]:
    return {
        "orderId": order.id,
        "sellerId": order.seller,
        "marketplaceId": order.marketplace,
        "fulfilledBy": order.fulfilled_by,
        "status": order.status,
        "createdTime": iso(order.created),
        "lastUpdatedTime": iso(order.updated),
        "currency": MARKETS[order.marketplace].currency,
        "grandTotal": written(grand_total(order), MARKETS[order.marketplace].currency),
        "items": [
            {
                "orderItemId": item.id,
                "sku": item.sku,
                "asin": item.asin,
                "quantityOrdered": item.quantity,
                "quantityFulfilled": item.shipped,
                "quantityCancelled": item.cancelled,
                "shownQuantity": item.shown,
                "takenQuantity": item.taken,
            }
            for item in order.items
        ],
        "packages": [
            {
                "packageReferenceId": package.reference,
                "carrierCode": package.carrier_code,
                "carrierName": package.carrier_name,
                "trackingNumber": package.tracking_number,
                "shippingMethod": package.shipping_method,
                "shipDate": package.ship_date,
                "items": [{"orderItemId": item, "quantity": units} for item, units in package.items],
            }
            for package in order.packages
        ],
    }
