"""Which notifications were sent, and why some were not."""

from typing import Any

from amazon_simulator.core.clock import iso
from amazon_simulator.simulator import Simulator


def notifications_json(simulator: Simulator, query: dict[str, str]) -> dict[str, Any]:
    """Destinations, subscriptions with their counts, queues; ?destinationId= gives what went to that event bus."""
    delivery, now = simulator.delivery, simulator.clock.seconds()
    bus = delivery.bus.get(query.get("destinationId", ""), [])
    return {
        "destinations": [
            {"destinationId": held.id, "name": held.name, "arn": held.arn, "eventSource": held.source}
            for held in delivery.destinations.values()
        ],
        "subscriptions": [
            {
                "subscriptionId": held.id,
                "sellerId": held.seller,
                "notificationType": held.kind,
                "destinationId": held.destination,
                "sent": held.sent,
                "lost": held.lost,
                "undelivered": held.undelivered,
                "trouble": held.failure,
                "lastSent": iso(held.last) if held.last else None,
            }
            for held in delivery.subscriptions.values()
        ],
        "developer": {
            "queue": simulator.application.registration.notification_queue,
            "trouble": delivery.developer_failure,
        },
        "queues": [
            {
                "arn": queue.arn,
                "url": simulator.queues.url(queue),
                "messages": len(simulator.queues.waiting(queue, now)),
            }
            for queue in simulator.queues.held.values()
        ],
        "events": [held.event for held in bus],
    }
