"""Feeds: uploaded, queued, worked through in trade time, reported on. What each type does has a file of its own."""

from amazon_simulator.feeds.desk import Feeds
from amazon_simulator.feeds.feed import Feed

__all__ = ["Feed", "Feeds"]
