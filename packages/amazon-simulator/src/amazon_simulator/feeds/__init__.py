"""Feeds: uploaded, queued, worked through in trade time, reported on. What each type does has a file of its own."""

from amazon_simulator.feeds.feed import Feed
from amazon_simulator.feeds.processor import Feeds

__all__ = ["Feed", "Feeds"]
