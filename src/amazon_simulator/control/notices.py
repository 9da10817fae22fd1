"""What was told by notification, and why something was not."""

from typing import TYPE_CHECKING, Any

from amazon_simulator.clock import iso

if TYPE_CHECKING:
    from amazon_simulator.simulator import Simulator


def notices_json(simulator: "Simulator", query: dict[str, str]) -> dict[str, Any]:
    """Destinations, subscriptions with their counts, queues; ?destinationId= gives what went to that event bus."""
    post, now = simulator.post, simulator.clock.seconds()
    bus = post.bus.get(query.get("destinationId", ""), [])
    return {
        "destinations": [
            {"destinationId": held.id, "name": held.name, "arn": held.arn, "eventSource": held.source}
            for held in post.destinations.values()
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
                "trouble": held.trouble,
                "lastSent": iso(held.last) if held.last else None,
            }
            for held in post.subscriptions.values()
        ],
        "developer": {
            "queue": simulator.application.registration.notification_queue,
            "trouble": post.developer_trouble,
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
