"""Notifications: who subscribed to what, what has happened, and how it gets to a queue."""

from amazon_simulator.events.delivery import Delivery
from amazon_simulator.events.watcher import Watcher

__all__ = ["Delivery", "Watcher"]
