"""Shipping v2 after the purchase: tracking, feedback to failed deliveries, claims, access points."""

from collections.abc import Callable
from typing import Any

from amazon_simulator.buy_shipping.access_points import KINDS, near
from amazon_simulator.buy_shipping.journeys import STATUS, Step, journey, was_collected
from amazon_simulator.buy_shipping.parcel_requests import money
from amazon_simulator.buy_shipping.shipping_records import Claim, NdrFeedback, Shipment, ShippingRecords
from amazon_simulator.core.clock import iso
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.protocol.routing import Call, Route
from amazon_simulator.wire.context import ApiContext
from amazon_simulator.wire.shipping.refusals import body_of, guarded, missing, query_of, refused

ACTIONS = ("RESCHEDULE", "REATTEMPT", "RTO")
REASONS = ("LOST_IN_TRANSIT", "DAMAGED_IN_TRANSIT", "DELIVERED_NOT_RECEIVED", "ITEM_MISSING_SWITCHEROO", "COD_ABUSE")
SETTLEMENTS = ("REFUND", "CERTIFICATE_OF_FACT")


class Following:
    def __init__(self, context: ApiContext, records: ShippingRecords) -> None:
        self._numbering = context.numbering
        self._records = records

    def routes(self) -> tuple[Route, ...]:
        operations: tuple[tuple[str, str, str, Callable[[Call], Response]], ...] = (
            ("getTracking", "GET", "/shipping/v2/tracking", self.get_tracking),
            ("getAccessPoints", "GET", "/shipping/v2/accessPoints", self.get_access_points),
            ("submitNdrFeedback", "POST", "/shipping/v2/ndrFeedback", self.submit_feedback),
            ("createClaim", "POST", "/shipping/v2/claims", self.create_claim),
        )
        return tuple(Route(name, method, path, guarded(act)) for name, method, path, act in operations)

    def get_tracking(self, call: Call) -> Response:
        shipment = self._shipment(call, query_of(call, "trackingId"))
        if query_of(call, "carrierId") != shipment.carrier_id:
            raise missing("CarrierId is not that of the shipment")
        steps = self._steps(shipment, call.now)
        last = steps[-1]
        payload = {
            "trackingId": shipment.tracking,
            "alternateLegTrackingId": "",
            "eventHistory": [_event(step, shipment) for step in steps],
            "promisedDeliveryDate": shipment.promise["deliveryWindow"]["end"],
            "summary": {
                "status": STATUS[last.code],
                "trackingDetailCodes": {"forward": [last.detail] if last.detail else [], "returns": []},
            },
        }
        return answer_json({"payload": payload})

    def get_access_points(self, call: Call) -> Response:
        wanted = {one for one in call.request.params().get("accessPointTypes", "").split(",") if one}
        if not wanted:
            raise refused("Access Point types cannot be null")
        if not wanted <= set(KINDS):
            raise refused(f"Access Point types are {', '.join(KINDS)}")
        country, postcode = query_of(call, "countryCode"), query_of(call, "postalCode")
        if len(country) != 2 or len(postcode) > 20:
            raise refused("CountryCode has two letters, PostalCode at most 20 characters")
        kinds = tuple(kind for kind in KINDS if kind in wanted)
        return answer_json({"payload": {"accessPointsMap": near(kinds, country.upper(), postcode)}})

    def submit_feedback(self, call: Call) -> Response:
        body = body_of(call)
        shipment = self._shipment(call, body.text("trackingId", 100))
        action, details = body.one_of("ndrAction", ACTIONS), body.part("ndrRequestData")
        day = details.time("rescheduleDate")
        details.text("additionalAddressNotes", 256, "")
        if action == "RESCHEDULE" and (day is None or day <= call.now):
            raise details.wrong("rescheduleDate", "Member must lie in the future to RESCHEDULE")
        if self._steps(shipment, call.now)[-1].code != "DeliveryAttempted":
            raise refused("The shipment is not eligible: its delivery has not failed")
        feedback = NdrFeedback(len(self._records.feedback), call.seller.id, shipment.tracking, action, call.now)
        self._records.make(feedback)
        return Response(204)

    def create_claim(self, call: Call) -> Response:
        body = body_of(call)
        shipment = self._shipment(call, body.text("trackingId", 100))
        reason, settlement = body.one_of("claimReason", REASONS), body.one_of("settlementType", SETTLEMENTS)
        body.truth("isReplacementPackageSent", False)
        if body.members.get("declaredValue") is not None:
            money(body, "declaredValue")
        proofs = body.members.get("proofs") or []
        if not isinstance(proofs, list) or not all(isinstance(one, str) for one in proofs):
            raise body.wrong("proofs", "Member must be a list of addresses")
        if not was_collected(shipment, call.now):
            raise refused("The shipment is not eligible for a claim: the carrier has not collected it")
        if shipment.tracking in self._records.claims:
            raise refused("The shipment is not eligible for a claim: it has one already")
        claim = Claim(
            id=self._numbering.uuid("shipping claim", call.now),
            seller=call.seller.id,
            tracking=shipment.tracking,
            reason=reason,
            settlement=settlement,
            created=call.now,
        )
        self._records.make(claim)
        return answer_json({"claimId": claim.id}, 201)

    def _shipment(self, call: Call, tracking: str) -> Shipment:
        shipment = self._records.by_tracking(call.seller.id, tracking)
        if shipment is None:
            raise missing("TrackingId is not one of the seller's")
        return shipment

    def _steps(self, shipment: Shipment, now: float) -> list[Step]:
        feedback = [one for one in self._records.feedback if one.tracking == shipment.tracking]
        return journey(shipment, feedback, now)


def _event(step: Step, shipment: Shipment) -> dict[str, Any]:
    place = shipment.ship_to if step.near else shipment.ship_from
    location = {name: place[name] for name in ("stateOrRegion", "city", "countryCode", "postalCode")}
    return {"eventCode": step.code, "location": location, "eventTime": iso(step.at), "shipmentType": "FORWARD"}
