"""JSON_LISTINGS_FEED: quantities of many SKUs in one document, and the report of how they were processed.

Source: schemas listings-feed-schema-v2 and listings-feed-processing-report-schema-v2; Amazon's limits of that feed.
"""

from collections.abc import Iterable

import msgspec

from wharfinger.amazon.messages.feeds import FeedResult
from wharfinger.amazon.messages.listings import LeadTimeToSet, PatchOperation, quantity_patch
from wharfinger.amazon.messages.wire import Message, Unreadable

LISTINGS_FEED = "JSON_LISTINGS_FEED"
JSON = "application/json; charset=UTF-8"
VERSION = "2.0"
LARGEST_FEED = 10 * 1024 * 1024
MESSAGES_AT_MOST = 25_000
_TEXT_AT_MOST = 1000


class QuantityMessage(msgspec.Struct, frozen=True):
    """`number`: the message's own within its feed, from 1 on (behaviour SH10)."""

    number: int
    sku: str
    product_type: str
    quantity: int
    lead_time: LeadTimeToSet | None = None


class _Header(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    seller_id: str
    version: str
    issue_locale: str


class _Message(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    message_id: int
    sku: str
    operation_type: str
    product_type: str
    patches: tuple[PatchOperation, ...]


class _Feed(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    header: _Header
    messages: list[_Message]


def write_quantities(seller_id: str, messages: Iterable[QuantityMessage]) -> bytes:
    """The document: each message is the very patch that a single call sends, so that lead time and all else stay.
    ValueError where Amazon's limits are broken."""
    written = [
        _Message(
            message_id=one.number,
            sku=one.sku,
            operation_type="PATCH",
            product_type=one.product_type,
            patches=(quantity_patch(one.quantity, one.lead_time),),
        )
        for one in messages
    ]
    if not 1 <= len(written) <= MESSAGES_AT_MOST:
        raise ValueError(f"{len(written)} messages in one feed; Amazon takes 1 to {MESSAGES_AT_MOST}")
    header = _Header(seller_id=seller_id, version=VERSION, issue_locale="en_GB")
    content = msgspec.json.encode(_Feed(header=header, messages=written))
    if len(content) > LARGEST_FEED:
        raise ValueError(f"a feed of {len(content)} bytes; Amazon takes {LARGEST_FEED}")
    return content


def size_of(sku: str, product_type: str) -> int:
    """Bytes that a message takes in the document at most."""
    return 310 + 6 * len(sku) + 6 * len(product_type)


class _Issue(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """`message_id` is missing where the issue is about the whole feed (behaviour FD08)."""

    severity: str
    message: str = ""
    code: str = ""
    message_id: int | None = None


class _Summary(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    messages_processed: int = 0


class _Report(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    summary: _Summary
    issues: tuple[_Issue, ...] = ()


def read_quantities_report(content: bytes) -> FeedResult:
    """Unreadable where it is no processing report. A message may have several issues (behaviour S11); a warning refuses
    nothing (S10)."""
    try:
        report = msgspec.json.decode(content, type=_Report)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unreadable("the document is no processing report of a listings feed") from None
    refused: dict[int, list[str]] = {}
    for issue in report.issues:
        if issue.severity.strip().upper() == "ERROR":
            said = issue.message or "no reason given"
            refused.setdefault(issue.message_id or 0, []).append(f"{said} ({issue.code})" if issue.code else said)
    texts = {number: "; ".join(dict.fromkeys(said))[:_TEXT_AT_MOST] for number, said in refused.items()}
    return FeedResult(processed=report.summary.messages_processed, refused=texts)
