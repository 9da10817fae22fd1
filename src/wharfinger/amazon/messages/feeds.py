"""Feeds 2021-06-30: order acknowledgements as Amazon's XML envelope, and the report of how a feed was processed.

Source: model feeds_2021-06-30.json; OrderAcknowledgement.xsd, amzn-envelope.xsd and ProcessingReport.xsd.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, TreeBuilder, tostring
from xml.parsers import expat

import msgspec

from wharfinger.amazon.messages.reports import Processing
from wharfinger.amazon.messages.wire import Message, Unreadable, put_in_utc

ORDER_ACKNOWLEDGEMENT = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
XML = "text/xml; charset=UTF-8"
"""The upload must come with the very content type that the document was created for: its address is signed with it."""
MARKETPLACES_AT_MOST = 25
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_DEEPEST = 20
_TEXT_AT_MOST = 1000


class CreatedFeedDocument(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Where a feed is uploaded to, for five minutes. The address is a key to it: repr does not show it."""

    feed_document_id: str
    url: str

    def __repr__(self) -> str:
        return f"<CreatedFeedDocument {self.feed_document_id}>"


class CreatedFeed(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    feed_id: str


class Feed(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One feed. `result_feed_document_id` comes with DONE."""

    feed_id: str
    feed_type: str
    processing_status: str
    created_time: datetime | None = None
    result_feed_document_id: str | None = None
    marketplace_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        put_in_utc(self, "created_time")

    @property
    def status(self) -> Processing:
        said = self.processing_status.strip().upper()
        return next((one for one in Processing if one.value == said), Processing.IN_PROGRESS)


class FeedsPage(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The newest feeds of a type; what lies beyond a page is of no use here."""

    feeds: tuple[Feed, ...] = ()
    next_token: str | None = None


class FeedDocument(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Where the report of a feed lies, for five minutes; repr does not show the address."""

    feed_document_id: str
    url: str
    compression_algorithm: str | None = None

    def __repr__(self) -> str:
        return f"<FeedDocument {self.feed_document_id}>"


class CancelledOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order that the seller cancels: each of its items with Amazon's own reason."""

    amazon_order_id: str
    items: tuple[str, ...]
    reason: str


class _Specification(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    feed_type: str
    marketplace_ids: tuple[str, ...]
    input_feed_document_id: str


def write_feed_request(feed_type: str, marketplace_ids: Sequence[str], document_id: str) -> bytes:
    """The body of createFeed. ValueError where Amazon's limits are broken."""
    if not 1 <= len(marketplace_ids) <= MARKETPLACES_AT_MOST:
        raise ValueError(f"{len(marketplace_ids)} marketplaces in one feed; Amazon takes 1 to {MARKETPLACES_AT_MOST}")
    return msgspec.json.encode(
        _Specification(feed_type=feed_type, marketplace_ids=tuple(marketplace_ids), input_feed_document_id=document_id)
    )


def write_cancellations(seller_id: str, orders: Mapping[int, CancelledOrder]) -> bytes:
    """The envelope; by message number, each one's own (behaviour SH10)."""
    root = Element("AmazonEnvelope", {"xmlns:xsi": _XSI, "xsi:noNamespaceSchemaLocation": "amzn-envelope.xsd"})
    header = SubElement(root, "Header")
    _within(header, "DocumentVersion", "1.01")
    _within(header, "MerchantIdentifier", seller_id)
    _within(root, "MessageType", "OrderAcknowledgement")
    for number, order in orders.items():
        message = SubElement(root, "Message")
        _within(message, "MessageID", str(number))
        acknowledgement = SubElement(message, "OrderAcknowledgement")
        _within(acknowledgement, "AmazonOrderID", order.amazon_order_id)
        _within(acknowledgement, "StatusCode", "Failure")
        for item_id in order.items:
            item = SubElement(acknowledgement, "Item")
            _within(item, "AmazonOrderItemCode", item_id)
            _within(item, "CancelReason", order.reason)
    content: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return content


def _within(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text


class FeedResult(msgspec.Struct, frozen=True, kw_only=True):
    """What Amazon says of a feed's messages. `refused`: by message number, its errors in Amazon's own words; 0 = of the
    whole feed. `processed` = how many messages Amazon counts."""

    processed: int
    refused: dict[int, str]


def read_processing_report(content: bytes) -> FeedResult:
    """Unreadable where it is no processing report. A message may have several results (behaviour S11)."""
    root = _read_xml(content)
    report = root if root.tag == "ProcessingReport" else root.find(".//ProcessingReport")
    if report is None:
        raise Unreadable("the document holds no ProcessingReport")
    refused: dict[int, list[str]] = {}
    for result in report.iter("Result"):
        if _text(result, "ResultCode").casefold() == "error":
            words = _text(result, "ResultDescription") or "no reason given"
            code = _text(result, "ResultMessageCode")
            refused.setdefault(_number(_text(result, "MessageID")), []).append(f"{code}: {words}" if code else words)
    processed = _number(_text(report, "ProcessingSummary/MessagesProcessed"))
    texts = {number: " | ".join(dict.fromkeys(said))[:_TEXT_AT_MOST] for number, said in refused.items()}
    return FeedResult(processed=processed, refused=texts)


def _text(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else 0


def _read_xml(content: bytes) -> Element:
    """No DOCTYPE, so no entities that grow or reach out; no bottomless nesting."""
    builder, depth = TreeBuilder(), 0
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise Unreadable("the document has a DOCTYPE")

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise Unreadable("the document is nested too deeply")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, builder.data
    try:
        parser.Parse(content, True)
        return builder.close()
    except (expat.ExpatError, LookupError, ValueError, AssertionError) as fault:
        if isinstance(fault, Unreadable):
            raise
        raise Unreadable("the document is no XML") from None
