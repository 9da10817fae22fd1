"""Notifications v1: destinations (grantless) and subscriptions (with the seller's token).

Source: model notifications.json; refusals as integrators saw them (jlevers#885, models#4135, docs#3448, abuzuhri#621).
"""

import json
import re
from typing import Any

from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.events.delivery import Delivery, Destination, Subscription
from amazon_simulator.events.envelope import KINDS, OF_APPLICATION, ON_BUSES, ORDERS, VERSIONS, wrapped
from amazon_simulator.events.samples import sample
from amazon_simulator.protocol.errors import refuse
from amazon_simulator.protocol.not_simulated import Unsimulated, marked_by
from amazon_simulator.protocol.paging import fingerprint, seal, unseal
from amazon_simulator.protocol.routing import Call, Route

SCOPE = "sellingpartnerapi::notifications"
ARN = re.compile(r"arn:aws:sqs:\S+:\S+:\S+")
ACCOUNT = re.compile(r"\d{12}")
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
CHANGES = ("BuyerRequestedChange", "DeliveryTipChange", "OrderStatusChange")
REMOVED = ("ORDER_STATUS_CHANGE", "MFN_ORDER_STATUS_CHANGE")
KIND = re.compile(r"[A-Z]{3,20}(_[A-Z0-9]{2,20}){1,6}")
"""How Amazon names its notifications."""
SMALLEST_PAGE, LARGEST_PAGE = 30, 100
CONFLICT = "The resource specified conflicts with the current state."


class Notifications:
    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery

    def routes(self) -> tuple[Route, ...]:
        destinations, subscriptions = "/notifications/v1/destinations", "/notifications/v1/subscriptions"
        one = f"{subscriptions}/{{notificationType}}"
        return (
            Route("createDestination", "POST", destinations, self.create_destination, SCOPE),
            Route("getDestinations", "GET", destinations, self.get_destinations, SCOPE),
            Route("getDestination", "GET", f"{destinations}/{{destinationId}}", self.get_destination, SCOPE),
            Route("deleteDestination", "DELETE", f"{destinations}/{{destinationId}}", self.delete_destination, SCOPE),
            Route("getSubscriptions", "GET", subscriptions, self.get_subscriptions),
            Route("createSubscription", "POST", one, self.create_subscription),
            Route("getSubscription", "GET", one, self.get_subscription),
            Route("sendTestNotification", "POST", f"{one}/testNotification", self.send_test, SCOPE),
            Route("getSubscriptionById", "GET", f"{one}/{{subscriptionId}}", self.get_subscription_by_id, SCOPE),
            Route("deleteSubscriptionById", "DELETE", f"{one}/{{subscriptionId}}", self.delete_subscription, SCOPE),
        )

    # --- destinations

    def create_destination(self, call: Call) -> Response:
        """A queue or an event bus. Whether Amazon may write into the queue shows when something is delivered (N01)."""
        try:
            body = _body(call)
            destination = _destination(body, self._delivery.numbering.uuid("destination", call.now), call.now)
        except ValueError as fault:
            return marked_by(_invalid(str(fault)), fault)
        for held in self._delivery.destinations.values():
            same_bus = destination.account and (held.account, held.region) == (destination.account, destination.region)
            if same_bus or (destination.arn and held.arn == destination.arn):
                return _conflict("A destination already exists for this resource")
        self._delivery.make(destination)
        return answer_json({"payload": _destination_json(destination)})

    def get_destinations(self, call: Call) -> Response:
        return answer_json({"payload": [_destination_json(held) for held in self._delivery.destinations.values()]})

    def get_destination(self, call: Call) -> Response:
        held = self._delivery.destinations.get(call.names[0])
        return _missing() if held is None else answer_json({"payload": _destination_json(held)})

    def delete_destination(self, call: Call) -> Response:
        held = self._delivery.destinations.get(call.names[0])
        if held is None:
            return _missing()
        if any(one.destination == held.id for one in self._delivery.subscriptions.values()):
            return _conflict("The destination has subscriptions")
        held.gone = True
        self._delivery.make(held)
        return answer_json({})

    # --- subscriptions

    def create_subscription(self, call: Call) -> Response:
        kind = call.names[0]
        try:
            _check_kind(kind)
            body = _body(call)
            version = _text(body, "payloadVersion")
            if version not in VERSIONS[kind]:
                raise ValueError(f"payloadVersion {version[:40]} is not supported for notification type {kind}")
            destination = self._delivery.destinations.get(_text(body, "destinationId"))
            if destination is None:
                raise ValueError("The destinationId is not valid")
            if (kind in ON_BUSES) == bool(destination.arn):
                return _wrong_way(kind, destination)
            directive = body.get("processingDirective")
            changes = _changes(kind, directive)
        except ValueError as fault:
            return marked_by(_invalid(str(fault)), fault)
        if self._of(call.seller.id, kind):
            return _conflict(f"Subscription already exist for notification type {kind}")
        made = Subscription(
            id=self._delivery.numbering.uuid("subscription", call.now),
            seller=call.seller.id,
            kind=kind,
            version=version,
            destination=body["destinationId"],
            made=call.now,
            directive=directive or {},
            changes=changes,
        )
        self._delivery.make(made)
        return answer_json({"payload": _subscription_json(made)})

    def _of(self, seller: str, kind: str, version: str = "") -> list[Subscription]:
        return [
            held
            for held in self._delivery.subscriptions.values()
            if (held.seller, held.kind) == (seller, kind) and version in ("", held.version)
        ]

    def get_subscription(self, call: Call) -> Response:
        kind = call.names[0]
        try:
            _check_kind(kind)
        except ValueError as fault:
            return marked_by(_invalid(str(fault)), fault)
        held = self._of(call.seller.id, kind, call.request.params().get("payloadVersion", ""))
        return answer_json({"payload": _subscription_json(held[-1])}) if held else _missing()

    def get_subscriptions(self, call: Call) -> Response:
        query = call.request.params()
        same, passed = fingerprint(query, "nextToken"), 0.0
        kinds = [kind for kind in query.get("notificationTypes", "").split(",") if kind]
        size = query.get("pageSize", str(SMALLEST_PAGE))
        try:
            if len(kinds) != 1:
                raise ValueError("notificationTypes: give exactly one")
            _check_kind(kinds[0])
            if not size.isascii() or not size.isdigit() or not SMALLEST_PAGE <= int(size[:6]) <= LARGEST_PAGE:
                raise ValueError(f"pageSize must be {SMALLEST_PAGE} to {LARGEST_PAGE}")
            if query.get("nextToken"):
                held = unseal("subscriptions", query["nextToken"])
                if held is None or held[:2] != [call.seller.id, same]:
                    raise ValueError("nextToken is not valid")
                passed = held[2]
        except ValueError as fault:
            return marked_by(_invalid(str(fault)), fault)
        rows = [row for row in self._of(call.seller.id, kinds[0], query.get("payloadVersion", "")) if row.made > passed]
        payload: dict[str, Any] = {"subscriptions": [_subscription_json(row) for row in rows[: int(size)]]}
        if len(rows) > int(size):
            payload["nextToken"] = seal("subscriptions", (call.seller.id, same, rows[int(size) - 1].made))
        return answer_json({"payload": payload})

    def get_subscription_by_id(self, call: Call) -> Response:
        held = self._by_id(call)
        return _missing() if held is None else answer_json({"payload": _subscription_json(held)})

    def delete_subscription(self, call: Call) -> Response:
        held = self._by_id(call)
        if held is None:
            return _missing()
        held.gone = True
        self._delivery.make(held)
        return answer_json({})

    def _by_id(self, call: Call) -> Subscription | None:
        kind, subscription_id = call.names
        held = self._delivery.subscriptions.get(subscription_id)
        return held if held is not None and held.kind == kind else None

    def send_test(self, call: Call) -> Response:
        """An invented notification of a type, with or without subscriptions."""
        kind = call.names[0]
        try:
            _check_kind(kind)
            request = _body(call)
            test = request.get("testNotification")
            if not isinstance(test, dict) or _text(test, "payloadVersion") not in VERSIONS[kind]:
                raise ValueError("testNotification: give a payloadVersion that the notification type supports")
            if _text(request, "destinationId") not in self._delivery.destinations:
                raise ValueError(
                    "Invalid Input, recheck that the AppId and DestinationId are valid and DestinationId belongs to "
                    "the application"
                )
        except ValueError as fault:
            return marked_by(_invalid(str(fault)), fault)
        body = wrapped(
            kind,
            sample(kind, call.now),
            at=call.now,
            now=call.now,
            subscription_id=self._delivery.numbering.uuid("subscription", call.now),
            notification_id=self._delivery.numbering.uuid("notification", call.now),
        )
        failure = self._delivery.deliver(request["destinationId"], body, call.now)
        return _invalid(failure) if failure else answer_json({})


def _wrong_way(kind: str, destination: Destination) -> Response:
    """A type that this kind of destination does not get, in Amazon's words (python-amazon-sp-api#734)."""
    way = "AWS_SQS" if destination.arn else "AWS_EVENT_BRIDGE"
    message = "Request has missing or invalid parameters and cannot be parsed."
    return refuse(400, "InvalidInput", message, f"Notification type {kind} does not support {way}")


def _check_kind(kind: str) -> None:
    if kind in OF_APPLICATION:
        raise ValueError(f"Notification type {kind} is registered in the developer console, not by subscription")
    if kind in REMOVED:
        raise ValueError(f"Notification type {kind} is no longer supported, use ORDER_CHANGE")
    if kind not in KINDS:
        message = f"Notification type {kind[:80]} is not valid"
        raise Unsimulated(message, f"notification type {kind}") if KIND.fullmatch(kind) else ValueError(message)


def _changes(kind: str, directive: Any) -> list[str]:
    """The order change types that a processing directive wants; ValueError has Amazon's message."""
    if directive is None:
        directive = {}
    if not isinstance(directive, dict):
        raise ValueError("cannot parse processingDirective")
    if "filterExpression" in directive:
        raise ValueError(f"filterExpression is not supported for notification type {kind}")
    event_filter = directive.get("eventFilter")
    if not event_filter and kind == ORDERS:
        raise ValueError("Processing Directive eventFilter must not be empty")
    if not event_filter:
        return []
    if not isinstance(event_filter, dict) or event_filter.get("eventFilterType") != kind:
        raise ValueError("cannot parse processingDirective")
    changes = event_filter.get("orderChangeTypes", [])
    fits = set(event_filter) <= {"eventFilterType", "orderChangeTypes"} and kind == ORDERS
    if not fits or not isinstance(changes, list) or not all(one in CHANGES for one in changes):
        text = json.dumps(event_filter)[:500]
        raise ValueError(f"EventFilter Payload {text} failed to validate for notification type {kind}")
    return changes


def _destination(body: dict[str, Any], destination_id: str, now: float) -> Destination:
    name, resource = _text(body, "name"), body.get("resourceSpecification")
    if not name or len(name) > 256:
        raise ValueError("name must have 1 to 256 characters")
    if not isinstance(resource, dict) or len({"sqs", "eventBridge"} & set(resource)) != 1:
        raise ValueError("resourceSpecification: give one of sqs and eventBridge")
    if "sqs" in resource:
        arn = _text(resource["sqs"], "arn")
        if not ARN.fullmatch(arn) or len(arn) > 1000:
            raise ValueError("The ARN of the queue is not valid")
        return Destination(destination_id, name, now, arn=arn)
    account, region = _text(resource["eventBridge"], "accountId"), _text(resource["eventBridge"], "region")
    if not ACCOUNT.fullmatch(account) or not REGION.fullmatch(region):
        raise ValueError("eventBridge: give an accountId of 12 digits and a region")
    source = f"aws.partner/sellingpartnerapi.amazon.com/{account}/{destination_id}"
    return Destination(destination_id, name, now, account=account, region=region, source=source)


def _destination_json(held: Destination) -> dict[str, Any]:
    resource: dict[str, Any] = (
        {"sqs": {"arn": held.arn}}
        if held.arn
        else {"eventBridge": {"name": held.source, "region": held.region, "accountId": held.account}}
    )
    return {"destinationId": held.id, "name": held.name, "resource": resource}


def _subscription_json(held: Subscription) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "subscriptionId": held.id,
        "payloadVersion": held.version,
        "destinationId": held.destination,
    }
    return {**payload, "processingDirective": held.directive} if held.directive else payload


def _body(call: Call) -> dict[str, Any]:
    body = call.request.json()
    if not isinstance(body, dict):
        raise ValueError("Request has missing or invalid parameters and cannot be parsed.")
    return body


def _text(members: Any, name: str) -> str:
    value = members.get(name) if isinstance(members, dict) else None
    if not isinstance(value, str):
        raise ValueError(f"{name} is missing or no text")
    return value


def _invalid(details: str) -> Response:
    return refuse(400, "InvalidInput", "Request has missing or invalid parameters", details, "InvalidInputException")


def _conflict(details: str) -> Response:
    return refuse(409, "StateConflict", CONFLICT, details, "StateConflictException")


def _missing() -> Response:
    text = "The resource you requested does not exist."
    return refuse(404, "NotFound", text, kind="ResourceNotFoundException")
