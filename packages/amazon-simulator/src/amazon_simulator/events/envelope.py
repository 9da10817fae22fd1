"""How a notification is wrapped: two spellings, by its type (behaviour N08). Source: models' schemas/notifications."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from amazon_simulator.access.application import APPLICATION_ID
from amazon_simulator.core.clock import iso

ORDERS, OLD_ORDERS = "ORDER_CHANGE", "ORDER_STATUS_CHANGE"
QUANTITIES = "LISTINGS_ITEM_MFN_QUANTITY_CHANGE"
STATUSES = "LISTINGS_ITEM_STATUS_CHANGE"
FBA = "FBA_INVENTORY_AVAILABILITY_CHANGES"
FEEDS = "FEED_PROCESSING_FINISHED"
REPORTS = "REPORT_PROCESSING_FINISHED"
ACCOUNTS = "ACCOUNT_STATUS_CHANGED"
NEW_SECRET = "APPLICATION_OAUTH_CLIENT_NEW_SECRET"
SECRET_EXPIRY = "APPLICATION_OAUTH_CLIENT_SECRET_EXPIRY"
KINDS = (ORDERS, QUANTITIES, STATUSES, FBA, FEEDS, REPORTS, ACCOUNTS)
"""What a seller's subscription can be for."""
ON_BUSES = (QUANTITIES, STATUSES)
"""What goes to event buses alone; all else goes to queues alone. Source: set-up-notifications-with-amazon-sqs and
-with-amazon-eventbridge."""
OF_APPLICATION = (NEW_SECRET, SECRET_EXPIRY)
"""What is sent to the developer's own queue: no subscription, it is registered in the portal."""
FINISHED = "2020-09-04"
VERSIONS = {kind: ("1.0", FINISHED) if kind in (FEEDS, REPORTS) else ("1.0",) for kind in KINDS}


@dataclass(frozen=True, slots=True)
class News:
    """Something that has happened to a seller, at `at` (trade time). `change`: of an order, its change type."""

    kind: str
    seller: str
    payload: dict[str, Any]
    at: float
    change: str = ""


def wrapped(
    kind: str, payload: dict[str, Any], *, at: float, now: float, subscription_id: str, notification_id: str
) -> str:
    """The text of one message."""
    version = FINISHED if kind in (FEEDS, REPORTS) else "1.0"
    metadata = {
        "ApplicationId": APPLICATION_ID,
        "SubscriptionId": subscription_id,
        "PublishTime": iso(now),
        "NotificationId": notification_id,
    }
    notice = {
        "NotificationVersion": version,
        "NotificationType": kind,
        "PayloadVersion": version,
        "EventTime": iso(at),
        "Payload": payload,
        "NotificationMetadata": metadata,
    }
    if kind in (FEEDS, REPORTS, ACCOUNTS, *OF_APPLICATION):
        notice = _spelt_low({**notice, "NotificationMetadata": _spelt_low(metadata)})
    return json.dumps(notice, ensure_ascii=False)


def _spelt_low(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name[0].lower() + name[1:]: value for name, value in members.items()}
