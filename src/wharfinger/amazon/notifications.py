"""Notifications v1: destinations of the application (grantless), subscriptions of a seller.

Source: model notifications.json. Destinations live for each application and regional endpoint. createSubscription and
getSubscription take the seller's token; deleting one is grantless by the model, the seller's by experience (docs#1850).
"""

from datetime import datetime

from wharfinger.amazon import operations
from wharfinger.amazon.answers import Answer, understood
from wharfinger.amazon.caller import Caller, answer_of, path_of
from wharfinger.amazon.messages.notifications import (
    Destination,
    DestinationAnswer,
    DestinationsAnswer,
    Subscription,
    SubscriptionAnswer,
    write_destination,
    write_subscription,
)


class NotificationCalls(Caller):
    def create_destination(self, name: str, arn: str, *, now: datetime) -> Answer[Destination]:
        """Refused with 409 where the application has one for this queue already."""
        operation = operations.CREATE_DESTINATION
        response = self._call(operation, operation.path, now=now, body=write_destination(name, arn))
        return answer_of(response, understood(operation.name, response, DestinationAnswer).payload)

    def get_destinations(self, *, now: datetime) -> Answer[tuple[Destination, ...]]:
        operation = operations.GET_DESTINATIONS
        response = self._call(operation, operation.path, now=now)
        return answer_of(response, understood(operation.name, response, DestinationsAnswer).payload)

    def delete_destination(self, destination_id: str, *, now: datetime) -> Answer[None]:
        """Refused with 409 while a seller is subscribed to it."""
        operation = operations.DELETE_DESTINATION
        return answer_of(self._call(operation, path_of(operation, destination_id=destination_id), now=now), None)

    def create_subscription(self, kind: str, destination_id: str, *, now: datetime) -> Answer[Subscription]:
        """Refused with 409 where the seller has one of this type for this application already."""
        operation = operations.CREATE_SUBSCRIPTION
        path = path_of(operation, kind=kind)
        response = self._call(operation, path, now=now, body=write_subscription(kind, destination_id))
        return answer_of(response, understood(operation.name, response, SubscriptionAnswer).payload)

    def get_subscription(self, kind: str, *, now: datetime) -> Answer[Subscription]:
        """NotFound where the seller has none of this type."""
        operation = operations.GET_SUBSCRIPTION
        response = self._call(operation, path_of(operation, kind=kind), now=now)
        return answer_of(response, understood(operation.name, response, SubscriptionAnswer).payload)

    def delete_subscription(self, kind: str, subscription_id: str, *, now: datetime) -> Answer[None]:
        operation = operations.DELETE_SUBSCRIPTION
        path = path_of(operation, kind=kind, subscription_id=subscription_id)
        return answer_of(self._call(operation, path, now=now), None)
