"""Feeds that have come to their end."""

from amazon_simulator.events.envelope import FEEDS, News
from amazon_simulator.events.payloads import finished
from amazon_simulator.feeds.feed import CANCELLED, DONE, FATAL, Feed

ENDS = (DONE, FATAL, CANCELLED)


def finished_feed(feed: Feed, now: float) -> News | None:
    """What is told of a feed whose work is over; nothing of one that is under way, or forgotten."""
    if feed.gone or feed.status not in ENDS:
        return None
    told = {"feedId": feed.id, "feedType": feed.kind, "processingStatus": feed.status}
    if feed.result:
        told["resultFeedDocumentId"] = feed.result
    return News(FEEDS, feed.seller, finished("feed", told, feed.seller), feed.ended or now)
