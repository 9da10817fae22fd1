"""Verification of orders that need a prescription. Source: model ordersV0.json (regulatedInfo)."""

from typing import Any

from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.protocol.errors import denied, invalid
from amazon_simulator.protocol.routing import Call, Route
from amazon_simulator.wire.context import ApiContext
from amazon_simulator.wire.orders.orders_v0 import PATH, known_order
from amazon_simulator.wire.orders.orders_v0_json import moment
from amazon_simulator.wire.restricted import opened
from amazon_simulator.world import World
from amazon_simulator.world.entities import Order

REASONS = {
    "shield_pom_vps_reject_product": "This medicine is not suitable for your pet.",
    "shield_pom_vps_reject_age": "Your pet is too young for this medicine.",
    "shield_pom_vps_reject_incorrect_weight": "Your pet's weight does not match ordered size.",
    "shield_pom_vps_reject_species": "This medicine is not suitable for this type of pet.",
}
FIELDS = (("pet_prescription_name", "Name", "Ruffus"), ("pet_prescription_species", "Species", "Dog"))


def routes(context: ApiContext) -> tuple[Route, ...]:
    return (
        Route("getOrderRegulatedInfo", "GET", f"{PATH}/regulatedInfo", lambda call: _get(context.world, call)),
        Route("updateVerificationStatus", "PATCH", f"{PATH}/regulatedInfo", lambda call: _update(context.world, call)),
    )


def _get(world: World, call: Call) -> Response:
    if opened(call) is None:
        return denied()
    order = known_order(world, call.seller, call.names[0])
    if order is None or not order.regulated:
        return answer_json({"payload": {}})
    return answer_json({"payload": _regulated(order)})


def _regulated(order: Order) -> dict[str, Any]:
    waits = order.regulated == "Pending"
    status: dict[str, Any] = {
        "Status": order.regulated,
        "RequiresMerchantAction": waits,
        "ValidRejectionReasons": [_reason(name) for name in REASONS] if waits else [],
    }
    if not waits:
        status |= {"ExternalReviewerId": order.reviewer, "ReviewDate": moment(order.reviewed)}
    if order.rejection:
        status["RejectionReason"] = _reason(order.rejection)
    fields = [
        {"FieldId": name, "FieldLabel": label, "FieldType": "Text", "FieldValue": value}
        for name, label, value in FIELDS
    ]
    return {
        "AmazonOrderId": order.id,
        "RequiresDosageLabel": False,
        "RegulatedInformation": {"Fields": fields},
        "RegulatedOrderVerificationStatus": status,
    }


def _reason(name: str) -> dict[str, str]:
    return {"RejectionReasonId": name, "RejectionReasonDescription": REASONS[name]}


def _update(world: World, call: Call) -> Response:
    """204, or a 400 that names the field; a rejected order is cancelled by Amazon."""
    order = known_order(world, call.seller, call.names[0])
    if order is None or not order.regulated:
        return invalid("The order id is not valid.")
    try:
        status, reviewer, rejection = _read(call.request.json())
    except ValueError as fault:
        return invalid(details=str(fault))
    if order.regulated != "Pending" or order.status != "UNSHIPPED":
        return invalid("The verification status of this order can no longer be updated.")
    world.ordering.set_verification(order, status, reviewer, rejection, call.now)
    if status == "Rejected":
        world.ordering.cancel(order, "MERCHANT", call.now)
    return Response(204)


def _read(payload: Any) -> tuple[str, str, str]:
    """(status, reviewer, reason of a rejection); ValueError names the field."""
    body = payload.get("regulatedOrderVerificationStatus") if isinstance(payload, dict) else None
    if not isinstance(body, dict):
        raise ValueError("regulatedOrderVerificationStatus")
    status, reviewer = body.get("status"), body.get("externalReviewerId")
    if status not in ("Approved", "Rejected"):
        raise ValueError("regulatedOrderVerificationStatus.status")
    if not isinstance(reviewer, str) or not reviewer:
        raise ValueError("regulatedOrderVerificationStatus.externalReviewerId")
    rejection = body.get("rejectionReasonId") or ""
    if (status == "Rejected") != (isinstance(rejection, str) and rejection in REASONS):
        raise ValueError("regulatedOrderVerificationStatus.rejectionReasonId")
    return str(status), reviewer, rejection if status == "Rejected" else ""
