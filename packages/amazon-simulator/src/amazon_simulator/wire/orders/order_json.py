"""An order as Orders 2026-01-01 has it. Source: model orders_2026-01-01.json."""

from collections.abc import Collection
from typing import Any

from amazon_simulator.core.clock import from_iso, iso
from amazon_simulator.representations.order_money import (
    IOSS_NUMBER,
    item_proceeds,
    item_tax,
    money,
    order_proceeds,
    payment,
    points_cost,
    shows_money,
)
from amazon_simulator.representations.personal_data import (
    HOUR,
    OPEN,
    gives_email,
    gives_name,
    gives_phone,
    gives_recipient,
    gives_taxes,
)
from amazon_simulator.representations.windows import windows
from amazon_simulator.wire.sellers import business_address
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Buyer, Item, Order, Package, Seller, Transit

WORKDAYS = ("MON", "TUE", "WED", "THU", "FRI")


def order_json(
    order: Order, seller: Seller, data: frozenset[str], roles: Collection[str], now: float
) -> dict[str, Any]:
    """An order with the data that were requested: personal data and money only where Amazon would give them."""
    currency = MARKETS[order.marketplace].currency
    body: dict[str, Any] = {
        "orderId": order.id,
        "createdTime": iso(order.created),
        "lastUpdatedTime": iso(order.updated),
        "salesChannel": _sales_channel(order),
        "orderItems": [_item(order, item, currency, data, roles) for item in order.items],
    }
    if order.alias:
        body["orderAliases"] = [{"aliasId": order.alias, "aliasType": "SELLER_ORDER_ID"}]
    if order.programs:
        body["programs"] = list(order.programs)
    if order.replaces:
        kind = "EXCHANGE_ORIGINAL_ID" if order.exchange else "REPLACEMENT_ORIGINAL_ID"
        body["associatedOrders"] = [{"orderId": order.replaces, "associationType": kind}]
    if "FULFILLMENT" in data:
        body["fulfillment"] = _fulfillment(order)
    if "BUYER" in data:
        body["buyer"] = _buyer(order, roles)
    if "RECIPIENT" in data:
        recipient = _recipient(order, roles, now)
        if recipient:
            body["recipient"] = recipient
    if shows_money(order):
        if "PROCEEDS" in data:
            body["proceeds"] = order_proceeds(order, currency)
        if "PAYMENT" in data:
            body["payment"] = payment(order, currency)
    if "TAX" in data and order.buyer.tax_number and gives_taxes(order, roles):
        body["tax"] = {"taxRegistrations": [_registration(order.buyer)]}
    if "PACKAGES" in data and order.fulfilled_by == "MERCHANT" and order.packages:
        body["packages"] = [_package(order, package, seller, now) for package in order.packages]
    if "FULFILLMENT_ORDERS" in data and order.flex and order.status in OPEN:
        body["fulfillmentOrders"] = [{"fulfillmentOrderId": f"F{order.id.replace('-', '')}"}]
    return body


def _sales_channel(order: Order) -> dict[str, str]:
    market = MARKETS[order.marketplace]
    name = market.name if order.channel == "AMAZON" else "Non-Amazon"
    return {"channelName": order.channel, "marketplaceId": market.id, "marketplaceName": name}


def _buyer(order: Order, roles: Collection[str]) -> dict[str, str]:
    buyer, members = order.buyer, {}
    if gives_name(order, roles):
        members["buyerName"] = buyer.name
        if buyer.company:
            members["buyerCompanyName"] = buyer.company
    if gives_email(order, roles):
        members["buyerEmail"] = buyer.email
    if buyer.purchase_order and order.status in OPEN:
        members["buyerPurchaseOrderNumber"] = buyer.purchase_order
    return members


def _recipient(order: Order, roles: Collection[str], now: float) -> dict[str, Any]:
    """Of what Amazon sends itself only the town is shown, not the recipient."""
    buyer = order.buyer
    if order.fulfilled_by == "AMAZON" and order.status in OPEN:
        town = {"city": buyer.town, "stateOrRegion": buyer.state, "countryCode": buyer.country}
        return {"deliveryAddress": _given(town)}
    if not gives_recipient(order, roles):
        return {}
    members: dict[str, Any] = {"deliveryAddress": _address(buyer)}
    if gives_phone(order, now):
        members["deliveryAddress"]["phone"] = buyer.phone
    preference = _preference(buyer)
    if preference:
        members["deliveryPreference"] = preference
    return members


def _given(members: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in members.items() if value}


def _address(buyer: Buyer) -> dict[str, Any]:
    return _given(
        {
            "name": buyer.recipient or buyer.name,
            "companyName": buyer.company,
            "addressLine1": buyer.line_1,
            "addressLine2": buyer.line_2,
            "addressLine3": buyer.line_3,
            "city": buyer.town,
            "districtOrCounty": buyer.county,
            "stateOrRegion": buyer.state,
            "postalCode": buyer.postcode,
            "countryCode": buyer.country,
            "addressType": buyer.address_type,
        }
    )


def _preference(buyer: Buyer) -> dict[str, Any]:
    members: dict[str, Any] = _given({"dropOffLocation": buyer.drop_off, "addressInstruction": buyer.instructions})
    if buyer.capabilities:
        members["deliveryCapabilities"] = list(buyer.capabilities)
    if buyer.open_hours is not None:
        opens, closes = buyer.open_hours
        window = {"startTime": {"hour": opens, "minute": 0}, "endTime": {"hour": closes, "minute": 0}}
        members["deliveryTime"] = {
            "businessHours": [{"dayOfWeek": day, "timeWindows": [window]} for day in WORKDAYS],
            "exceptionDates": [],
        }
    return members


def _registration(buyer: Buyer) -> dict[str, Any]:
    """A business of the US has no VAT number."""
    return {
        "entityType": "BUYER",
        "legalName": buyer.company or buyer.name,
        "taxRegistrationType": "BUSINESS" if buyer.country in ("US", "CA", "MX", "JP") else "VAT",
        "taxRegistrationNumber": buyer.tax_number,
        "taxRegistrationAddress": _address(buyer),
    }


def _fulfillment(order: Order) -> dict[str, Any]:
    times = windows(order)
    return {
        "fulfillmentStatus": order.status,
        "fulfilledBy": order.fulfilled_by,
        "fulfillmentServiceLevel": order.service_level,
        "shipByWindow": {"earliestDateTime": iso(times.ship_from), "latestDateTime": iso(times.ship_by)},
        "deliverByWindow": {"earliestDateTime": iso(times.deliver_from), "latestDateTime": iso(times.deliver_by)},
        **({} if order.transit is None else {"promiseCalculationInputs": {"transitTime": _transit(order.transit)}}),
    }


def _transit(transit: Transit) -> dict[str, Any]:
    """The carrier and the service where the delivery promise was computed from them."""
    details = _given({"carrier": transit.carrier, "shippingService": transit.service})
    return {"dataSource": transit.source, **({"details": details} if details else {})}


def _associated(order: Order, item: Item, currency: str) -> list[dict[str, Any]]:
    """A warranty or a service has an order of its own, or stands beside what it belongs to."""
    place = order.items.index(item)
    beside = [
        {"orderId": order.id, "orderItemId": one.id, "associationType": one.service}
        for one in order.items
        if one.service_of == place and one is not item
    ]
    return beside + [
        {
            "orderId": f"D01-{order.id[4:]}",
            "orderItemId": f"{item.id}{number}",
            "associationType": one.kind,
            **({"asin": one.asin} if one.asin else {}),
            **({} if one.price is None else {"purchasePrice": money(one.price, currency)}),
        }
        for number, one in enumerate(item.associated, start=1)
    ]


def _item(order: Order, item: Item, currency: str, data: frozenset[str], roles: Collection[str]) -> dict[str, Any]:
    product: dict[str, Any] = {
        "asin": item.asin,
        "title": item.title,
        "sellerSku": item.sku,
        "condition": {"conditionType": "NEW", "conditionSubtype": "NEW"},
    }
    row: dict[str, Any] = {"orderItemId": item.id, "quantityOrdered": item.quantity, "product": product}
    if item.programs:
        row["programs"] = list(item.programs)
    associated = _associated(order, item, currency)
    if associated:
        row["associatedOrderItems"] = associated
    if item.serials:
        product["serialNumbers"] = list(item.serials)
    if item.customized_url and gives_recipient(order, roles):
        product["customization"] = {"customizedUrl": item.customized_url}
    if "PROCEEDS" in data and shows_money(order):
        if item.quantity:
            product["price"] = {"unitPrice": money(item.price / item.quantity, currency)}
            if "AMAZON_BUSINESS" in order.programs:
                product["price"]["priceDesignation"] = "BUSINESS_PRICE"
        row["proceeds"] = item_proceeds(item, currency)
    if "EXPENSE" in data and item.points and shows_money(order):
        row["expense"] = points_cost(item, currency)
    if "PROMOTION" in data and (item.promotions or item.discount or item.shipping_discount):
        row["promotion"] = {"breakdowns": [{"promotionId": name} for name in item.promotions or ("HARBOUR10",)]}
    if "FULFILLMENT" in data:
        row["fulfillment"] = _item_fulfillment(order, item, roles)
    if "CANCELLATION" in data:
        cancellation = _cancellation(order, item)
        if cancellation:
            row["cancellation"] = cancellation
    if "TAX" in data:
        tax = item_tax(item)
        if tax:
            row["tax"] = tax
    return row


def _item_fulfillment(order: Order, item: Item, roles: Collection[str]) -> dict[str, Any]:
    members: dict[str, Any] = {
        "quantityFulfilled": item.shipped,
        "quantityUnfulfilled": item.quantity - item.shipped - item.cancelled,
    }
    if item.gift_message or item.gift_wrap:
        gift = {"giftWrapLevel": "STANDARD"} if item.gift_wrap else {}
        if item.gift_message and gives_recipient(order, roles):
            gift["giftMessage"] = item.gift_message
        members["packing"] = {"giftOption": gift}
    if item.serials_required:
        members.setdefault("packing", {})["serialNumberRequirement"] = {"requirementType": "REQUIRED"}
    shipping = _item_shipping(order, item)
    if shipping:
        members["shipping"] = shipping
    return members


def _item_shipping(order: Order, item: Item) -> dict[str, Any]:
    members: dict[str, Any] = {}
    if order.service_level == "SCHEDULED":
        times = windows(order)
        members["scheduledDeliveryWindow"] = {
            "earliestDateTime": iso(times.deliver_from),
            "latestDateTime": iso(times.deliver_by),
        }
    constraints = dict.fromkeys(item.constraints, "MANDATORY")
    if order.payment == "CashOnDelivery":
        constraints["cashOnDelivery"] = "MANDATORY"
    if constraints:
        members["shippingConstraints"] = constraints
    if item.scheme == "IOSS":
        members["internationalShipping"] = {"iossNumber": IOSS_NUMBER}
    return members


def _cancellation(order: Order, item: Item) -> dict[str, Any]:
    members: dict[str, Any] = {}
    if item.cancel_reason:
        members["cancellationRequest"] = {"requester": "BUYER", "cancelReason": item.cancel_reason}
    if item.cancelled:
        members["cancellationExecution"] = {
            "cancelledBy": order.cancelled_by or "BUYER",
            "cancelReason": item.cancel_reason or "Cancelled",
        }
    return members


def _package(order: Order, package: Package, seller: Seller, now: float) -> dict[str, Any]:
    return {
        "packageReferenceId": package.reference,
        "createdTime": iso(package.created),
        "packageStatus": {"status": _package_status(order, package, now)},
        "carrier": package.carrier_name or package.carrier_code,
        "shipTime": iso(from_iso(package.ship_date)),
        "shippingService": package.shipping_method or "Standard",
        "trackingNumber": package.tracking_number,
        "shipFromAddress": {"name": seller.name, **business_address(seller)},
        "packageItems": [_package_item(package, item, quantity) for item, quantity in package.items],
    }


def _package_status(order: Order, package: Package, now: float) -> str:
    """The carrier has it within hours, and keeps the promise; detailedStatus does not come (behaviour O16)."""
    if now >= windows(order).deliver_by and now >= package.created + 24 * HOUR:
        return "DELIVERED"
    return "IN_TRANSIT" if now >= package.created + 6 * HOUR else "SHIPPED"


def _package_item(package: Package, item: str, quantity: int) -> dict[str, Any]:
    members: dict[str, Any] = {"orderItemId": item, "quantity": quantity}
    if item in package.codes:
        members["transparencyCodes"] = package.codes[item]
    return members
