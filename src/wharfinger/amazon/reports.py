"""Reports of one seller account: requested, looked at, downloaded. Source: model reports_2021-06-30.json."""

from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from wharfinger.amazon import identity, operations
from wharfinger.amazon.answers import Answer, understood
from wharfinger.amazon.caller import Caller, answer_of, path_of
from wharfinger.amazon.errors import InvalidRequest, NotAnsweredAsPromised
from wharfinger.amazon.messages.reports import (
    CreatedReport,
    Report,
    ReportDocument,
    ReportRequest,
    ReportsPage,
    write_report_request,
)
from wharfinger.amazon.messages.wire import as_iso
from wharfinger.amazon.transport import Request, Response

DOWNLOAD = "downloadReport"
CUSTOMISATION = "downloadCustomisation"
"""No operation of the API: the document lies behind an address of S3, and no limit of ours counts it."""


@dataclass(frozen=True, slots=True)
class Download:
    """A document as it came; the charset is said by its `content_type` alone (behaviour R18)."""

    body: bytes = field(repr=False)
    content_type: str = ""


class ReportCalls(Caller):
    def create_report(self, request: ReportRequest, *, now: datetime) -> Answer[str]:
        """Its id: Amazon makes it later, or not at all. Twice is two reports, which is only a waste."""
        operation = operations.CREATE_REPORT
        try:
            body = write_report_request(request)
        except ValueError as error:
            raise InvalidRequest(operation.name, message=str(error)) from None
        response = self._call(operation, operation.path, now=now, body=body)
        return answer_of(response, understood(operation.name, response, CreatedReport).report_id)

    def get_report(self, report_id: str, report_type: str, *, now: datetime) -> Answer[Report]:
        """How far it is. NotFound once Amazon keeps it no more."""
        operation = operations.GET_REPORT
        response = self._call(operation, path_of(operation, report_id=report_id), now=now)
        report = understood(operation.name, response, Report)
        wanted = {identity.REPORT: (report_id,), identity.REPORT_TYPE: (report_type,)}
        found = ((identity.REPORT, report.report_id), (identity.REPORT_TYPE, report.report_type))
        identity.compare(operation.name, response, wanted, found)
        return answer_of(response, report)

    def get_reports(self, report_type: str, *, created_since: datetime, now: datetime) -> Answer[tuple[Report, ...]]:
        """Those of this type that were requested since then, by whichever program of the seller's application; the
        newest hundred."""
        operation = operations.GET_REPORTS
        query = (("reportTypes", report_type), ("createdSince", as_iso(created_since)), ("pageSize", "100"))
        response = self._call(operation, operation.path, query, now=now)
        page = understood(operation.name, response, ReportsPage)
        return answer_of(response, tuple(one for one in page.reports if one.report_type == report_type))

    def get_report_document(self, document_id: str, *, now: datetime) -> Answer[ReportDocument]:
        """Where it lies for the next five minutes."""
        operation = operations.GET_REPORT_DOCUMENT
        response = self._call(operation, path_of(operation, document_id=document_id), now=now)
        document = understood(operation.name, response, ReportDocument)
        wanted, found = {identity.DOCUMENT: (document_id,)}, ((identity.DOCUMENT, document.report_document_id),)
        identity.compare(operation.name, response, wanted, found)
        return answer_of(response, document)

    def download_report(self, document: ReportDocument) -> Download:
        """The bytes behind the address, requested without our token: S3 refuses one.

        NotAnsweredAsPromised where the address has expired (behaviour R17) or is none of Amazon's: request another.
        """
        response = self._download(DOWNLOAD, document.url, "the document's address is refused; it lives five minutes")
        return Download(response.body, response.headers.get("content-type", ""))

    def download_customisation(self, address: str) -> bytes:
        """What the buyer of a customised item wrote or drew: the archive behind an order's `customizedUrl`.

        NotAnsweredAsPromised where its address has expired, is none of Amazon's, or leads to nothing.
        """
        response = self._download(CUSTOMISATION, address, "the address is refused: it has expired")
        if not response.body:
            raise NotAnsweredAsPromised(CUSTOMISATION, status=response.status, message="the archive is empty")
        return response.body

    def _download(self, operation: str, url: str, refused: str) -> Response:
        address, endpoint = urlsplit(url), urlsplit(self._region.endpoint)
        if address.scheme != "https" and (address.scheme, address.netloc) != (endpoint.scheme, endpoint.netloc):
            raise NotAnsweredAsPromised(operation, message="the address is not an https address")
        response = self._transport.send(Request(operation, "GET", url))
        if response.status != 200:
            raise NotAnsweredAsPromised(operation, status=response.status, message=refused)
        return response
