"""Feeds and reports that have come to their end."""

from amazon_simulator.events.envelope import FEEDS, REPORTS, News
from amazon_simulator.events.payloads import finished
from amazon_simulator.feeds.feed import Feed
from amazon_simulator.reports.report import Report

ENDS = ("DONE", "FATAL", "CANCELLED")


def finished_work(work: Feed | Report, now: float) -> News | None:
    """The notification of a feed or report whose work is over; nothing of one that is under way, or forgotten."""
    if work.gone or work.status not in ENDS:
        return None
    if isinstance(work, Feed):
        kind, what, document = FEEDS, "feed", {"resultFeedDocumentId": work.result}
    else:
        kind, what, document = REPORTS, "report", {"reportDocumentId": work.document}
    payload = {f"{what}Id": work.id, f"{what}Type": work.kind, "processingStatus": work.status}
    payload |= {name: value for name, value in document.items() if value}
    return News(kind, work.seller, finished(what, payload, work.seller), work.ended or now)
