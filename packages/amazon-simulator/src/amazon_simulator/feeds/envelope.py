"""AmazonEnvelope: the XML of order feeds and of their processing reports. Source: amzn-envelope.xsd."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element
from xml.parsers import expat

from amazon_simulator.feeds.feed import DONE, Ground, Job, Outcome

SEVERAL_ROOTS = "Content is not allowed in trailing section"
NO_ROOT = "Premature end of file"
NO_DOCTYPE = "DOCTYPE is disallowed"
TOO_DEEP = "Elements are nested too deeply"
DEEPEST = 30
MESSAGES = {expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: SEVERAL_ROOTS, expat.errors.XML_ERROR_NO_ELEMENTS: NO_ROOT}
INVALID = "We are unable to process the XML feed because one or more items are invalid. Please re-submit the feed."
INCOMPLETE = "The data you submitted is incomplete or invalid. For help fixing this, see Seller Central Help."
PARSING, UNFIT, DATA = "5001", "25", "18028"
"""Result message codes: the XML itself, another MessageType than the feed type's, the data of one message."""
XSI = "http://www.w3.org/2001/XMLSchema-instance"


class Unreadable(Exception):
    """The XML cannot be read; the message is Amazon's."""


@dataclass(frozen=True, slots=True)
class Result:
    """The line of a processing report for a message; a message may have several (behaviour S11)."""

    message: int
    code: str
    text: str
    order: str = ""
    warning: bool = False


Act = Callable[[Ground, Job, int, Element], list[Result]]
"""Carries out one message; (ground, job, MessageID, the message's own element) → what is wrong with it."""


def text_of(element: Element | None, path: str) -> str:
    """The text at a path, trimmed; empty when there is none."""
    return "" if element is None else (element.findtext(path) or "").strip()


def work_envelope(ground: Ground, job: Job, kind: str, act: Act) -> Outcome:
    """Work through every message of an envelope; an unreadable feed is DONE as well (behaviour FD03)."""
    try:
        root = read_xml(job.content)
    except Unreadable as fault:
        return reported(job, 0, [[Result(0, PARSING, str(fault))]])
    messages = root.findall("Message")
    if root.tag != "AmazonEnvelope" or text_of(root, "MessageType") != kind or not messages:
        return reported(job, 0, [[Result(0, UNFIT, INVALID)]])  # behaviour SH06
    seen: set[int] = set()
    outcomes: list[list[Result]] = []
    for place, message in enumerate(messages, start=1):
        number, body = _number(message), message.find(kind)
        if number is None or number in seen or body is None:  # behaviour SH10
            outcomes.append([Result(number or 0, DATA, INCOMPLETE)])
        elif job.partly_refused and place % 2 == 0:
            outcomes.append(list(_twice(number, text_of(body, "AmazonOrderID"))))
        else:
            outcomes.append(act(ground, job, number, body))
        if number is not None:
            seen.add(number)
    return reported(job, len(messages), outcomes)


def _twice(number: int, order: str) -> Iterator[Result]:
    yield Result(number, DATA, INCOMPLETE, order)
    yield Result(number, DATA, "The message was refused as a fault on command has it.", order)


def _number(message: Element) -> int | None:
    text = text_of(message, "MessageID")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 19 else None


def read_xml(content: bytes) -> Element:
    """The root element. No DOCTYPE, so no entities that grow or reach out; no bottomless nesting."""
    builder, depth = ET.TreeBuilder(), 0
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise Unreadable(_worded(NO_DOCTYPE, parser.CurrentLineNumber, parser.CurrentColumnNumber))

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise Unreadable(_worded(TOO_DEEP, parser.CurrentLineNumber, parser.CurrentColumnNumber))
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, builder.data
    try:
        parser.Parse(content, True)
    except expat.ExpatError as fault:
        message = MESSAGES.get(expat.errors.messages[fault.code], expat.ErrorString(fault.code) or "not well-formed")
        raise Unreadable(_worded(message, fault.lineno, fault.offset)) from fault
    except (LookupError, ValueError) as fault:  # an unknown encoding
        raise Unreadable(_worded(str(fault), 1, 1)) from fault
    return builder.close()


def _worded(message: str, line: int, column: int) -> str:
    return f"XML Parsing Fatal Error at Line {line}, Column {column}: {message}"


# --- the processing report


def reported(job: Job, processed: int, outcomes: list[list[Result]]) -> Outcome:
    """Counted by message, not by result; a feed that was not read has one message with an error."""
    refused = sum(any(not result.warning for result in results) for results in outcomes)
    warned = sum(bool(results) and all(result.warning for result in results) for results in outcomes)
    counts = {
        "MessagesProcessed": processed,
        "MessagesSuccessful": max(0, processed - refused),
        "MessagesWithError": refused,
        "MessagesWithWarning": warned,
    }
    root = Element("AmazonEnvelope", {"xmlns:xsi": XSI, "xsi:noNamespaceSchemaLocation": "amzn-envelope.xsd"})
    header = _within(root, "Header")
    _within(header, "DocumentVersion", "1.02")
    _within(header, "MerchantIdentifier", job.seller.id)
    _within(root, "MessageType", "ProcessingReport")
    message = _within(root, "Message")
    _within(message, "MessageID", "1")
    report = _within(message, "ProcessingReport")
    _within(report, "DocumentTransactionID", job.feed.id)
    _within(report, "StatusCode", "Complete")
    summary = _within(report, "ProcessingSummary")
    for name, count in counts.items():
        _within(summary, name, str(count))
    for result in (result for results in outcomes for result in results):
        _append_result(report, result)
    ET.indent(root)
    return Outcome(DONE, ET.tostring(root, encoding="UTF-8", xml_declaration=True))


def _append_result(report: Element, result: Result) -> None:
    element = _within(report, "Result")
    _within(element, "MessageID", str(result.message))
    _within(element, "ResultCode", "Warning" if result.warning else "Error")
    _within(element, "ResultMessageCode", result.code)
    _within(element, "ResultDescription", result.text)
    if result.order:
        _within(_within(element, "AdditionalInfo"), "AmazonOrderID", result.order)


def _within(parent: Element, tag: str, text: str = "") -> Element:
    element = ET.SubElement(parent, tag)
    element.text = text or None
    return element
