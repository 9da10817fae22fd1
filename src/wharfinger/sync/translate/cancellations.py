"""A cancellation of ours → Amazon's acknowledgement. Source: OrderAcknowledgement.xsd."""

from collections.abc import Mapping
from types import MappingProxyType

from wharfinger.amazon.messages.feeds import CancelledOrder
from wharfinger.domain.orders.cancelling import CancelReason
from wharfinger.operations.orders.actions.cancellations import CancellationToSend

REASONS: Mapping[CancelReason, str] = MappingProxyType(
    {
        CancelReason.NO_INVENTORY: "NoInventory",
        CancelReason.BUYER_CANCELLED: "BuyerCanceled",
        CancelReason.UNDELIVERABLE: "ShippingAddressUndeliverable",
        CancelReason.CUSTOMER_EXCHANGE: "CustomerExchange",
        CancelReason.PRICING_ERROR: "PricingError",
        CancelReason.GENERAL_ADJUSTMENT: "GeneralAdjustment",
    }
)


def to_cancelled_order(message: CancellationToSend) -> CancelledOrder:
    return CancelledOrder(amazon_order_id=message.amazon_order_id, items=message.items, reason=REASONS[message.reason])
