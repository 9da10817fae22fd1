"""Reports 2021-06-30: what is requested, how far it is, where its document is. Source: model reports_2021-06-30.json.

Order reports and listings reports are read in files of their own; `decompressed` and `decoded` are those of any flat
file.
"""

import codecs
import zlib
from datetime import datetime
from email.message import Message as Headers
from enum import StrEnum

import msgspec
from charset_normalizer import from_bytes

from wharfinger.amazon.messages.wire import Message, Unreadable, as_iso, put_in_utc

ALL_ORDERS_BY_DATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
ALL_ORDERS_BY_UPDATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
ALL_LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
LARGEST_FILE = 512 * 1024 * 1024
"""Bytes of a document when unpacked: some million rows. More is no report of ours, or a bomb."""
_GZIP = b"\x1f\x8b"
_JAVA_CHARSETS = {"cp943c": "cp932", "windows-31j": "cp932", "cp1252": "cp1252", "utf8": "utf-8"}
"""As Java names them in the download's header (behaviour R01)."""


class Processing(StrEnum):
    """How far Amazon is with a report; a value that no model names counts as IN_PROGRESS."""

    IN_QUEUE = "IN_QUEUE"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    FATAL = "FATAL"


class ReportRequest(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What a report is to hold. Without `until` Amazon takes the moment of the request; some types have no `since`."""

    report_type: str
    marketplace_ids: tuple[str, ...]
    since: datetime | None = None
    until: datetime | None = None
    options: dict[str, str] = {}


class _Specification(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    report_type: str
    marketplace_ids: tuple[str, ...]
    data_start_time: str | None = None
    data_end_time: str | None = None
    report_options: dict[str, str] = {}


class CreatedReport(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    report_id: str


class Report(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One report. `data_start_time` and `data_end_time` are what it covers: Amazon rounds what was requested
    (behaviour R09)."""

    report_id: str
    report_type: str
    processing_status: str
    created_time: datetime | None = None
    data_start_time: datetime | None = None
    data_end_time: datetime | None = None
    processing_start_time: datetime | None = None
    processing_end_time: datetime | None = None
    report_document_id: str | None = None
    report_schedule_id: str | None = None
    marketplace_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        put_in_utc(
            self, "created_time", "data_start_time", "data_end_time", "processing_start_time", "processing_end_time"
        )

    @property
    def status(self) -> Processing:
        said = self.processing_status.strip().upper()
        return next((one for one in Processing if one.value == said), Processing.IN_PROGRESS)


class ReportsPage(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The newest reports of a type; what lies beyond a page is of no use here."""

    reports: tuple[Report, ...] = ()
    next_token: str | None = None


class ReportDocument(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Where a document lies, for five minutes (behaviour R17). The address is a key to it: repr does not show it."""

    report_document_id: str
    url: str
    compression_algorithm: str | None = None

    def __repr__(self) -> str:
        return f"<ReportDocument {self.report_document_id}>"


def write_report_request(request: ReportRequest) -> bytes:
    """The body of createReport. ValueError where Amazon's limits are broken."""
    if not 1 <= len(request.marketplace_ids) <= 25:
        raise ValueError(f"{len(request.marketplace_ids)} marketplaces in one report; Amazon takes 1 to 25")
    return msgspec.json.encode(
        _Specification(
            report_type=request.report_type,
            marketplace_ids=request.marketplace_ids,
            data_start_time=as_iso(request.since) if request.since else None,
            data_end_time=as_iso(request.until) if request.until else None,
            report_options=request.options,
        )
    )


def decompressed(body: bytes, largest: int = LARGEST_FILE) -> bytes:
    """Unpacked where it is packed: its first bytes say so, whatever was announced (behaviour R03)."""
    if not body.startswith(_GZIP):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        content = unpacker.decompress(body, largest)
    except zlib.error:
        raise Unreadable("the document is not packed as gzip, or broken") from None
    if unpacker.unconsumed_tail:
        raise Unreadable(f"the document is larger than {largest} bytes")
    if not unpacker.eof:
        raise Unreadable("the document ends in the middle")
    return content


def decoded(content: bytes, content_type: str) -> str:
    """By its mark, else by the charset of the download's header (behaviours R01, R18), else as it can be read best.

    NULs go: no database takes them (behaviour R20). Letters that Amazon had lost already stay question marks.
    """
    if content.startswith(codecs.BOM_UTF8):
        return _without_nulls(content.decode("utf-8-sig", "replace"))
    for charset in (_charset(content_type), "utf-8"):
        try:
            return _without_nulls(content.decode(charset))
        except (LookupError, UnicodeDecodeError):
            continue
    best = from_bytes(content).best()
    return _without_nulls(content.decode(best.encoding if best else "cp1252", "replace"))


def _charset(content_type: str) -> str:
    header = Headers()
    header["content-type"] = content_type or "text/plain"
    named = str(header.get_param("charset") or "utf-8").strip().lower()
    return _JAVA_CHARSETS.get(named, named)


def _without_nulls(text: str) -> str:
    return text.replace("\0", "")
