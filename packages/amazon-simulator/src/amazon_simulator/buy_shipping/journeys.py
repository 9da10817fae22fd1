"""What happens to a parcel after its label was bought, worked out from its times. Source: model shippingV2.json."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from amazon_simulator.buy_shipping.shipping_records import NdrFeedback, Shipment

HOUR, DAY = 3600.0, 24 * 3600.0
MISSED_ONE_IN = 8
"""Of so many parcels one is not delivered at the first attempt. Our choice."""
STATUS = {
    "ReadyForReceive": "PreTransit",
    "PickupDone": "InTransit",
    "ArrivedAtCarrierFacility": "InTransit",
    "Departed": "InTransit",
    "OutForDelivery": "OutForDelivery",
    "DeliveryAttempted": "DeliveryAttempted",
    "Delivered": "Delivered",
    "PickupCancelled": "PickupCancelled",
    "ReturnInitiated": "Undeliverable",
}


@dataclass(frozen=True, slots=True)
class Step:
    """`near`: it happens where the parcel is delivered, not where it comes from."""

    at: float
    code: str
    near: bool = False
    detail: str = ""


def journey(shipment: Shipment, feedback: Iterable[NdrFeedback], now: float) -> list[Step]:
    """What has happened by `now`, the oldest first."""
    return [step for step in _all(shipment, list(feedback)) if step.at <= now]


def was_collected(shipment: Shipment, now: float) -> bool:
    return shipment.cancelled is None and now >= shipment.collected


def _all(shipment: Shipment, feedback: list[NdrFeedback]) -> Iterator[Step]:
    yield Step(shipment.created, "ReadyForReceive")
    if shipment.cancelled is not None:
        yield Step(shipment.cancelled, "PickupCancelled")
        return
    begin, end = shipment.collected, max(shipment.collected + 4 * HOUR, shipment.delivered)
    yield Step(begin, "PickupDone")
    yield Step(begin + (end - begin) * 0.3, "ArrivedAtCarrierFacility")
    yield Step(begin + (end - begin) * 0.6, "Departed", near=True)
    chance = random.Random(f"journey:{shipment.tracking}")
    if chance.randrange(MISSED_ONE_IN):
        yield Step(end - HOUR, "OutForDelivery", near=True)
        yield Step(end, "Delivered", near=True)
        return
    yield Step(end - HOUR, "OutForDelivery", near=True)
    yield Step(end, "DeliveryAttempted", near=True, detail="CustomerUnavailable")
    returned = next((one for one in feedback if one.action == "RTO"), None)
    if returned is not None and returned.created < end + DAY:
        yield Step(max(returned.created, end), "ReturnInitiated", near=True)
        return
    yield Step(end + DAY - HOUR, "OutForDelivery", near=True)
    yield Step(end + DAY, "Delivered", near=True)
