"""An order as the old Orders v0 has it. Source: model ordersV0.json; behaviours O07, O23, O38, O39, M01, M02."""

from decimal import Decimal
from typing import Any

from amazon_simulator.core.clock import iso
from amazon_simulator.representations.order_money import IOSS_NUMBER, grand_total, shows_money, tax_parts
from amazon_simulator.representations.personal_data import OPEN, gives_phone
from amazon_simulator.representations.windows import windows
from amazon_simulator.wire.sellers import business_address
from amazon_simulator.world.catalogue import MARKETS, written
from amazon_simulator.world.entities import Item, Order, Seller

STATUSES = {
    "PENDING_AVAILABILITY": "PendingAvailability",
    "PENDING": "Pending",
    "UNSHIPPED": "Unshipped",
    "PARTIALLY_SHIPPED": "PartiallyShipped",
    "SHIPPED": "Shipped",
    "CANCELLED": "Canceled",
    "UNFULFILLABLE": "Unfulfillable",
}
CHANNELS = {"MERCHANT": "MFN", "AMAZON": "AFN"}
LEVELS = {
    "EXPEDITED": "Expedited",
    "FREE_ECONOMY": "FreeEconomy",
    "NEXT_DAY": "NextDay",
    "PRIORITY": "Priority",
    "SAME_DAY": "SameDay",
    "SECOND_DAY": "SecondDay",
    "SCHEDULED": "Scheduled",
    "STANDARD": "Standard",
}
SHORT = {
    "EXPEDITED": "Exp", "FREE_ECONOMY": "Econ", "NEXT_DAY": "NextDay", "PRIORITY": "Priority", "SAME_DAY": "SameDay",
    "SECOND_DAY": "Second", "SCHEDULED": "Scheduled",
}  # fmt: skip
METHODS = {"CashOnDelivery": "COD", "ConvenienceStore": "CVS"}
CONSTRAINTS = {
    "palletDelivery": "PalletDelivery",
    "signatureConfirmation": "SignatureConfirmation",
    "recipientIdentityVerification": "RecipientIdentityVerification",
    "recipientAgeVerification": "RecipientAgeVerification",
}
NOTHING = Decimal(0)


def order_json(order: Order, seller: Seller, opened: frozenset[str], now: float) -> dict[str, Any]:
    """`opened`: the data elements of a restricted data token. A replacement is marked by a text (behaviour O23)."""
    market = MARKETS[order.marketplace]
    payload: dict[str, Any] = {
        "AmazonOrderId": order.id,
        "SellerOrderId": order.alias or order.id,
        "PurchaseDate": moment(order.created),
        "LastUpdateDate": moment(order.updated),
        "OrderStatus": STATUSES[order.status],
        "FulfillmentChannel": CHANNELS[order.fulfilled_by],
        "SalesChannel": market.name if order.channel == "AMAZON" else "Non-Amazon",
        "ShipServiceLevel": _level(order),
        "NumberOfItemsShipped": sum(item.shipped for item in order.items),
        "NumberOfItemsUnshipped": sum(item.quantity - item.shipped - item.cancelled for item in order.items),
        "PaymentMethod": METHODS.get(order.payment, "Other"),
        "PaymentMethodDetails": ["Standard" if order.payment == "CreditCard" else order.payment],
        "MarketplaceId": market.id,
        "ShipmentServiceLevelCategory": LEVELS.get(order.service_level, "Standard"),
        "OrderType": "Preorder" if order.available_at is not None else "StandardOrder",
        "IsBusinessOrder": "AMAZON_BUSINESS" in order.programs,
        "IsPrime": "PRIME" in order.programs,
        "IsPremiumOrder": "PREMIUM" in order.programs,
        "IsGlobalExpressEnabled": False,
        "IsReplacementOrder": "true" if order.replaces else "false",
        "IsSoldByAB": False,
        "IsISPU": "IN_STORE_PICK_UP" in order.programs,
        "IsAccessPointOrder": order.buyer.address_type == "PICKUP_POINT",
        "HasRegulatedItems": bool(order.regulated),
        "AutomatedShippingSettings": {"HasAutomatedShippingSettings": False},
    }
    if order.replaces:
        payload["ReplacedOrderId"] = order.replaces
    if shows_money(order):
        payload["OrderTotal"] = money(grand_total(order), market.currency)
        if order.payment == "CashOnDelivery":
            payload["PaymentExecutionDetail"] = [{"Payment": payload["OrderTotal"], "PaymentMethod": "COD"}]
    if order.fulfilled_by == "MERCHANT":
        payload["DefaultShipFromLocationAddress"] = _ship_from(seller)
        if order.status != "CANCELLED":  # behaviour O39
            payload |= _times(order)
    if order.status in OPEN:
        payload["ShippingAddress"] = address_json(order, opened, now)
    if "buyerInfo" in opened or order.status == "CANCELLED":
        payload["BuyerInfo"] = buyer_json(order, opened)
    return payload


def _level(order: Order) -> str:
    """Service level, country and the seller's template, as v0 writes them: “Std UK Dom_1”, “Exp US D2D Dom”."""
    country = MARKETS[order.marketplace].country
    where = {"GB": "UK Dom", "US": "US D2D Dom"}.get(country, f"{country} Dom")
    template = "_1" if order.service_level == "STANDARD" and order.fulfilled_by == "MERCHANT" else ""
    return f"{SHORT.get(order.service_level, 'Std')} {where}{template}"


def moment(seconds: float) -> str:
    """Whole seconds, as v0 writes times."""
    return f"{iso(seconds)[:19]}Z"


def money(amount: Decimal, currency: str) -> dict[str, str]:
    return {"CurrencyCode": currency, "Amount": written(amount, currency)}


def _times(order: Order) -> dict[str, str]:
    times = windows(order)
    members = {"EarliestShipDate": moment(times.ship_from), "LatestShipDate": moment(times.ship_by)}
    if order.status in OPEN:
        members["EarliestDeliveryDate"] = moment(times.deliver_from)
        members["LatestDeliveryDate"] = moment(times.deliver_by)
    return members


def _ship_from(seller: Seller) -> dict[str, str]:
    place = business_address(seller)
    members = {"Name": seller.name, "AddressLine1": place["addressLine1"], "City": place["city"]}
    if "stateOrRegion" in place:
        members["StateOrRegion"] = place["stateOrRegion"]
    return {**members, "PostalCode": place["postalCode"], "CountryCode": place["countryCode"]}


def address_json(order: Order, opened: frozenset[str], now: float) -> dict[str, str]:
    """The whole address with its data element; with an ordinary token, and of FBA, the town only (behaviour A09)."""
    buyer = order.buyer
    members = {
        "City": buyer.town,
        "StateOrRegion": buyer.state,
        "PostalCode": buyer.postcode,
        "CountryCode": buyer.country,
    }
    if "shippingAddress" in opened and order.fulfilled_by == "MERCHANT":
        members |= {
            "Name": buyer.recipient or buyer.name,
            "CompanyName": buyer.company,
            "AddressLine1": buyer.line_1,
            "AddressLine2": buyer.line_2,
            "AddressLine3": buyer.line_3,
            "County": buyer.county,
            "Phone": buyer.phone if gives_phone(order, now) else "",
            "AddressType": "Commercial" if buyer.address_type == "COMMERCIAL" else "Residential",
        }
    return {name: value for name, value in members.items() if value}


def preferences_json(order: Order) -> dict[str, Any]:
    buyer = order.buyer
    members: dict[str, Any] = {}
    if buyer.drop_off:
        members["DropOffLocation"] = buyer.drop_off
    if buyer.instructions:
        members["AddressInstructions"] = buyer.instructions
    if buyer.capabilities:
        members["OtherAttributes"] = list(buyer.capabilities)
    return members


def buyer_json(order: Order, opened: frozenset[str]) -> dict[str, Any]:
    """Of an order that is pending or cancelled nothing is shown (behaviours O07, O39)."""
    buyer = order.buyer
    if order.status not in OPEN or "buyerInfo" not in opened:
        return {}
    members: dict[str, Any] = {"BuyerEmail": buyer.email, "BuyerName": buyer.name}
    if buyer.purchase_order:
        members["PurchaseOrderNumber"] = buyer.purchase_order
    if buyer.tax_number and "buyerTaxInformation" in opened:
        members["BuyerTaxInfo"] = {
            "CompanyLegalName": buyer.company or buyer.name,
            "TaxingRegion": buyer.country,
            "TaxClassifications": [{"Name": "VATNumber", "Value": buyer.tax_number}],
        }
    return members


def item_json(order: Order, item: Item, opened: frozenset[str]) -> dict[str, Any]:
    """A line; booleans and the number of items are texts (behaviour O23). While pending nothing of money (O07)."""
    currency = MARKETS[order.marketplace].currency
    payload: dict[str, Any] = {
        "ASIN": item.asin,
        "SellerSKU": item.sku,
        "OrderItemId": item.id,
        "Title": item.title,
        "QuantityOrdered": item.quantity - item.cancelled,
        "QuantityShipped": item.shipped,
        "ProductInfo": {"NumberOfItems": "1"},
        "IsGift": "true" if item.gift_wrap or item.gift_message else "false",
        "ConditionId": "New",
        "ConditionSubtypeId": "New",
        "IsTransparency": "TRANSPARENCY" in item.programs,
        "BuyerRequestedCancel": {
            "IsBuyerRequestedCancel": "true" if item.cancel_reason else "false",
            "BuyerCancelReason": item.cancel_reason,
        },
    }
    if shows_money(order):
        payload |= _line_money(item, currency)
    if item.points and shows_money(order):
        worth = money(Decimal(item.points), currency)
        payload["PointsGranted"] = {"PointsNumber": item.points, "PointsMonetaryValue": worth}
    if item.promotions or item.discount or item.shipping_discount:
        payload["PromotionIds"] = list(item.promotions) or ["HARBOUR10"]
    if item.tax or item.scheme:
        payload["TaxCollection"] = {"Model": "MarketplaceFacilitator", "ResponsibleParty": "Amazon Services, Inc."}
    if item.scheme in ("IOSS", "UOSS"):
        payload["DeemedResellerCategory"] = item.scheme
        if item.scheme == "IOSS":
            payload["IossNumber"] = IOSS_NUMBER
    if item.constraints:
        payload["ShippingConstraints"] = {CONSTRAINTS[name]: "MANDATORY" for name in item.constraints}
    programs = _programs(order, item)
    if programs:
        payload["AmazonPrograms"] = {"Programs": programs}
    if "AMAZON_BUSINESS" in order.programs:
        payload["PriceDesignation"] = "BusinessPrice"
    if "buyerInfo" in opened:
        payload["BuyerInfo"] = item_buyer_json(order, item, opened)
    return payload


def _line_money(item: Item, currency: str) -> dict[str, Any]:
    """Prices are of the whole line (M01); European taxes are shown as 0.00 (M02)."""
    taxes = tax_parts(item, currency)
    parts = {
        "ItemPrice": item.price,
        "ItemTax": taxes["ITEM"],
        "PromotionDiscount": item.discount,
        "PromotionDiscountTax": -taxes.get("DISCOUNT", NOTHING),
    }
    if item.shipping:
        parts |= {
            "ShippingPrice": item.shipping,
            "ShippingTax": taxes.get("SHIPPING", NOTHING),
            "ShippingDiscount": item.shipping_discount,
            "ShippingDiscountTax": NOTHING,
        }
    if item.cod_fee:
        parts |= {"CODFee": item.cod_fee, "CODFeeDiscount": NOTHING}
    return {name: money(amount, currency) for name, amount in parts.items()}


def _programs(order: Order, item: Item) -> list[str]:
    programs = ["SUBSCRIBE_AND_SAVE"] if "SUBSCRIBE_AND_SAVE" in item.programs else []
    return [*programs, "FBM_SHIP_PLUS"] if "FBM_SHIP_PLUS" in order.programs else programs


def item_buyer_json(order: Order, item: Item, opened: frozenset[str]) -> dict[str, Any]:
    """Gift wrap and message, customisation: of an order that the seller sends."""
    currency, members = MARKETS[order.marketplace].currency, dict[str, Any]()
    if "buyerInfo" not in opened or order.status not in OPEN:
        return members
    if item.gift_wrap:
        tax = tax_parts(item, currency).get("GIFT_WRAP", NOTHING)
        members["GiftWrapPrice"] = money(item.gift_wrap, currency)
        members["GiftWrapTax"] = money(tax, currency)
        members["GiftWrapLevel"] = "Standard"
    if order.fulfilled_by == "MERCHANT":
        if item.gift_message:
            members["GiftMessageText"] = item.gift_message
        if item.customized_url.startswith("http"):
            members["BuyerCustomizedInfo"] = {"CustomizedURL": item.customized_url}
    return members
