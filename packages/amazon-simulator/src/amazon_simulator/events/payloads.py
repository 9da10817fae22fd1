"""What notifications contain. Source: models' schemas/notifications; sp-api documents of each type."""

from collections.abc import Collection, Iterable
from typing import Any

from amazon_simulator.core.clock import from_iso, iso
from amazon_simulator.representations.listing_items import fn_sku
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import FbaStock, Listing, Order, Seller

STATUSES = {
    "PENDING_AVAILABILITY": "PendingAvailability",
    "PENDING": "Pending",
    "UNSHIPPED": "Unshipped",
    "PARTIALLY_SHIPPED": "PartiallyShipped",
    "SHIPPED": "Shipped",
    "CANCELLED": "Canceled",
    "UNFULFILLABLE": "Unfulfillable",
}
"""Notifications still have the values of Orders v0."""
PROGRAMS = {"PRIME": "Prime", "PREMIUM": "Premium", "AMAZON_BUSINESS": "Business"}
SHIPS_HOME = "Direct-to-Consumer Shipping"
STATUS_CHANGE, BUYER_REQUESTED = "OrderStatusChange", "BuyerRequestedChange"
REASONS = {STATUS_CHANGE: "Order Status Change", BUYER_REQUESTED: "Buyer Requested Cancel"}


def order_change(order: Order, change: str, roles: Collection[str]) -> dict[str, Any]:
    return {
        "OrderChangeNotification": {
            "NotificationLevel": "OrderLevel",
            "SellerId": order.seller,
            "AmazonOrderId": order.id,
            "OrderChangeType": change,
            "OrderChangeTrigger": {"TimeOfOrderChange": iso(order.updated), "ChangeReason": REASONS[change]},
            "Summary": _summary(order, roles),
        }
    }


def _summary(order: Order, roles: Collection[str]) -> dict[str, Any]:
    """The postal code is personal data: only of paid orders that the seller sends, only with the role."""
    own = order.fulfilled_by == "MERCHANT"
    open_ = order.status in ("UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED")
    programs = [PROGRAMS[one] for one in order.programs if one in PROGRAMS] + ["Replacement"] * bool(order.replaces)
    summary: dict[str, Any] = {
        "MarketplaceId": order.marketplace,
        "OrderStatus": STATUSES[order.status],
        "PurchaseDate": iso(order.created),
        "DestinationPostalCode": order.buyer.postcode if own and open_ and SHIPS_HOME in roles else None,
        "FulfillmentType": "MFN" if own else "AFN",
        "OrderType": "StandardOrder",
        "NumberOfItemsShipped": sum(item.shipped for item in order.items),
        "NumberOfItemsUnshipped": sum(item.quantity - item.shipped - item.cancelled for item in order.items),
        "OrderItems": [
            {
                "OrderItemId": item.id,
                "SellerSKU": item.sku,
                "SupplySourceId": None,
                "OrderItemStatus": "Shipped" if 0 < item.quantity <= item.shipped else "Unshipped",
                "Quantity": item.quantity,
                "QuantityShipped": item.shipped,
                "IsBuyerRequestedCancel": bool(item.cancel_reason),
            }
            for item in order.items
        ],
    }
    if programs:
        summary["OrderPrograms"] = programs
    return summary


def old_status_change(payload: dict[str, Any]) -> dict[str, Any]:
    """What ORDER_STATUS_CHANGE contained for the same change: flat, its first item only, the purchase in Unix seconds.

    Source: models of 2022, OrderStatusChangeNotification (removed since).
    """
    change = payload["OrderChangeNotification"]
    summary, item = change["Summary"], change["Summary"]["OrderItems"][0]
    return {
        "OrderStatusChangeNotification": {
            "SellerId": change["SellerId"],
            "MarketplaceId": summary["MarketplaceId"],
            "AmazonOrderId": change["AmazonOrderId"],
            "PurchaseDate": int(from_iso(summary["PurchaseDate"])),
            "OrderStatus": summary["OrderStatus"],
            "DestinationPostalCode": summary["DestinationPostalCode"],
            "SupplySourceId": None,
            "OrderItemId": item["OrderItemId"],
            "SellerSKU": item["SellerSKU"],
            "Quantity": item["Quantity"],
            "FulfillmentChannel": summary["FulfillmentType"],
        }
    }


def quantity_change(seller: str, sku: str, quantity: int) -> dict[str, Any]:
    return {"SellerId": seller, "FulfillmentChannelCode": "DEFAULT", "Sku": sku, "Quantity": quantity}


def status_change(listing: Listing, marketplace: str, statuses: Iterable[str]) -> dict[str, Any]:
    """CreatedDate is when the listing was made."""
    payload: dict[str, Any] = {
        "SellerId": listing.seller,
        "MarketplaceId": marketplace,
        "Asin": listing.asin,
        "Sku": listing.sku,
        "Status": list(statuses),
    }
    if listing.history:
        payload["CreatedDate"] = iso(listing.history[0].at)
    return payload


def fba_change(seller: Seller, listing: Listing, stocks: dict[str, FbaStock]) -> dict[str, Any]:
    """`stocks`: the SKU's stock by pool; every marketplace shows its own pool."""
    return {
        "SellerId": seller.id,
        "FNSKU": fn_sku(listing),
        "ASIN": listing.asin,
        "SKU": listing.sku,
        "FulfillmentInventoryByMarketplace": [
            {
                "MarketplaceId": marketplace,
                "ItemName": listing.title,
                "FulfillmentInventory": _levels(stocks[MARKETS[marketplace].pool]),
                "Stores": [],
            }
            for marketplace in seller.marketplaces
            if MARKETS[marketplace].pool in stocks
        ],
    }


def _levels(stock: FbaStock) -> dict[str, Any]:
    return {
        "InboundQuantityBreakdown": {"Working": 0, "Shipped": stock.inbound, "Receiving": 0},
        "Fulfillable": stock.fulfillable,
        "Unfulfillable": stock.unfulfillable,
        "Researching": stock.researching,
        "ReservedQuantityBreakdown": {
            "WarehouseProcessing": 0,
            "WarehouseTransfer": 0,
            "PendingCustomerOrder": stock.reserved,
        },
        "FutureSupplyBuyable": 0,
        "PendingCustomerOrderInTransit": 0,
    }


def finished(what: str, members: dict[str, Any], seller: str) -> dict[str, Any]:
    """Of a feed or report: its own members beside whose it is."""
    account = {"sellerId": seller, "accountId": f"amzn1.merchant.o.{seller}"}
    return {f"{what}ProcessingFinishedNotification": {**account, **members}}


def account_status(seller_id: str, marketplace_id: str, before: str, status: str) -> dict[str, Any]:
    """`status`: NORMAL, AT_RISK or DEACTIVATED. Source: schema AccountStatusChangeNotification."""
    return {
        "accountStatusChangeNotification": {
            "merchantId": seller_id,
            "marketplaceId": marketplace_id,
            "currentAccountStatus": status,
            "previousAccountStatus": before,
        }
    }
