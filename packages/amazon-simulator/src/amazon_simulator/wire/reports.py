"""Reports 2021-06-30. Source: model reports_2021-06-30.json; behaviours R06, R09."""

import re
from collections.abc import Mapping
from typing import Any

from amazon_simulator.core.clock import from_iso
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.protocol.errors import denied, refuse
from amazon_simulator.protocol.not_simulated import Unsimulated, marked_by
from amazon_simulator.protocol.routing import Call, Route
from amazon_simulator.reports import Report, Reports, Schedule
from amazon_simulator.reports.kinds import KINDS, NOT_ALLOWED
from amazon_simulator.reports.periods import PERIODS, following
from amazon_simulator.reports.processor import ReportRequest
from amazon_simulator.wire.context import ApiContext
from amazon_simulator.wire.feeds import document_json
from amazon_simulator.wire.job_search import page_of, read_marketplaces, read_options, read_search, stamp
from amazon_simulator.wire.restricted import opened

MOST = 25
TYPE = re.compile(r"GET_[A-Z0-9_]{3,90}")
"""How Amazon names its reports."""
TYPES_AT_MOST = 10
HOUR = 3600.0
NO_REPORT = "One or more of the provided ReportRequestIds could not be found."


class ReportsApi:
    def __init__(self, context: ApiContext, reports: Reports) -> None:
        self._context = context
        self._reports = reports

    def routes(self) -> tuple[Route, ...]:
        base = "/reports/2021-06-30"
        one, schedule = f"{base}/reports/{{reportId}}", f"{base}/schedules/{{reportScheduleId}}"
        return (
            Route("getReports", "GET", f"{base}/reports", self.get_reports),
            Route("createReport", "POST", f"{base}/reports", self.create_report),
            Route("cancelReport", "DELETE", one, self.cancel_report),
            Route("getReport", "GET", one, self.get_report),
            Route("getReportSchedules", "GET", f"{base}/schedules", self.get_schedules),
            Route("createReportSchedule", "POST", f"{base}/schedules", self.create_schedule),
            Route("cancelReportSchedule", "DELETE", schedule, self.cancel_schedule),
            Route("getReportSchedule", "GET", schedule, self.get_schedule),
            Route("getReportDocument", "GET", f"{base}/documents/{{reportDocumentId}}", self.get_document),
        )

    # --- reports

    def create_report(self, call: Call) -> Response:
        """202: the report is made later, or not at all."""
        try:
            body = _body(call)
            kind, marketplaces, options = self._read(body)
            since, until = _window(body, call.now)
        except ValueError as fault:
            return marked_by(_invalid(str(fault)), fault)
        if not self._may(call, kind, marketplaces):
            return denied()
        request = ReportRequest(kind, marketplaces, options, since, until)
        return answer_json({"reportId": self._reports.take(call.seller, request, call.now).id}, 202)

    @staticmethod
    def _read(body: Mapping[str, Any]) -> tuple[str, list[str], dict[str, str]]:
        """Type, marketplaces, options; Raises ValueError with what is wrong."""
        kind = body.get("reportType")
        if not isinstance(kind, str):
            raise ValueError("reportType is required")
        if kind in NOT_ALLOWED:
            raise ValueError(f"Request for report type {NOT_ALLOWED[kind]} is not allowed at this time")
        if kind not in KINDS:
            message = f"Report type {kind[:100]} is invalid"
            raise Unsimulated(message, f"report type {kind}") if TYPE.fullmatch(kind) else ValueError(message)
        marketplaces = read_marketplaces(body.get("marketplaceIds"), MOST)
        return kind, list(dict.fromkeys(marketplaces)), read_options(body.get("reportOptions"), "reportOptions")

    def _may(self, call: Call, kind: str, marketplaces: list[str]) -> bool:
        roles = set(KINDS[kind].roles)
        return set(marketplaces) <= set(call.seller.marketplaces) and not roles.isdisjoint(
            self._context.application.roles
        )

    def get_reports(self, call: Call) -> Response:
        try:
            filters = read_search(call.request.params(), "reportTypes", call.seller.id, call.now)
        except ValueError as fault:
            return _invalid(str(fault))
        found, token = page_of(self._reports.owned(call.seller.id), filters, "reportTypes", call.seller.id)
        body: dict[str, Any] = {"reports": [_report_json(report) for report in found]}
        return answer_json({**body, "nextToken": token} if token else body)

    def get_report(self, call: Call) -> Response:
        report = self._find(call)
        return _unknown_report() if report is None else answer_json(_report_json(report))

    def cancel_report(self, call: Call) -> Response:
        report = self._find(call)
        if report is None:
            return _unknown_report()
        if not self._reports.cancel(report):
            return _invalid(f"The report is {report.status}: only reports that are IN_QUEUE can be cancelled")
        return Response(200)

    def _find(self, call: Call) -> Report | None:
        return self._reports.of_seller.get(call.seller.id, {}).get(call.names[0])

    def get_document(self, call: Call) -> Response:
        """Names and streets are opened by a restricted data token alone."""
        report = self._reports.of_document.get(call.names[0])
        document = self._context.documents.held.get(call.names[0])
        if report is None or document is None or report.seller != call.seller.id:
            return _missing("report document")
        if KINDS[report.kind].restricted and not opened(call):
            return denied()
        return answer_json(document_json(self._context, document, call, "reportDocumentId"))

    # --- schedules

    def create_schedule(self, call: Call) -> Response:
        """201; a schedule of the same type and marketplaces is replaced."""
        try:
            body = _body(call)
            kind, marketplaces, options = self._read(body)
            period = body.get("period")
            if not isinstance(period, str) or period not in PERIODS:
                raise ValueError(f"period: choose from {', '.join(PERIODS)}")
            first = _moment(body, "nextReportCreationTime", following(call.now, period))
        except ValueError as fault:
            return marked_by(_invalid(str(fault)), fault)
        if not self._may(call, kind, marketplaces):
            return denied()
        schedule = self._reports.schedule(call.seller, kind, marketplaces, period, options, max(first, call.now))
        return answer_json({"reportScheduleId": schedule.id}, 201)

    def get_schedules(self, call: Call) -> Response:
        wanted = [kind for kind in call.request.params().get("reportTypes", "").split(",") if kind]
        if not 1 <= len(wanted) <= TYPES_AT_MOST:
            return _invalid(f"reportTypes: give 1 to {TYPES_AT_MOST}")
        held = self._reports.schedules.values()
        found = [_schedule_json(one) for one in held if one.seller == call.seller.id and one.kind in wanted]
        return answer_json({"reportSchedules": found})

    def get_schedule(self, call: Call) -> Response:
        schedule = self._find_schedule(call)
        return _missing("report schedule") if schedule is None else answer_json(_schedule_json(schedule))

    def cancel_schedule(self, call: Call) -> Response:
        schedule = self._find_schedule(call)
        if schedule is None:
            return _missing("report schedule")
        self._reports.unschedule(schedule)
        return Response(200)

    def _find_schedule(self, call: Call) -> Schedule | None:
        schedule = self._reports.schedules.get(call.names[0])
        return schedule if schedule is not None and schedule.seller == call.seller.id else None


def _window(body: Mapping[str, Any], now: float) -> tuple[float, float]:
    """What the report will cover: the second requested at first, the full hour at the end (behaviour R09)."""
    since, until = _moment(body, "dataStartTime", now), _moment(body, "dataEndTime", now)
    if since > now or until > now:
        raise ValueError("dataStartTime and dataEndTime must be prior to or equal to the current date and time")
    if until < since:
        raise ValueError("dataEndTime must not be before dataStartTime")
    return float(int(since)), min(now, -(-until // HOUR) * HOUR)


def _moment(body: Mapping[str, Any], name: str, default: float) -> float:
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise ValueError(f"{name} is no date-time")
    try:
        return from_iso(value)
    except ValueError as fault:
        raise ValueError(f"{name} is no date-time") from fault


def _report_json(report: Report) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "reportId": report.id,
        "reportType": report.kind,
        "marketplaceIds": report.marketplaces,
        "dataStartTime": stamp(report.since),
        "dataEndTime": stamp(report.until),
        "createdTime": stamp(report.created),
        "processingStatus": report.status,
    }
    if report.schedule:
        payload["reportScheduleId"] = report.schedule
    if report.started:
        payload["processingStartTime"] = stamp(report.started)
    if report.ended:
        payload["processingEndTime"] = stamp(report.ended)
    if report.document:
        payload["reportDocumentId"] = report.document
    return payload


def _schedule_json(schedule: Schedule) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "reportScheduleId": schedule.id,
        "reportType": schedule.kind,
        "marketplaceIds": schedule.marketplaces,
        "period": schedule.period,
        "nextReportCreationTime": stamp(schedule.next_at),
    }
    return {**payload, "reportOptions": schedule.options} if schedule.options else payload


def _body(call: Call) -> dict[str, Any]:
    body = call.request.json()
    if not isinstance(body, dict):
        raise ValueError("The request is no JSON object")
    return body


def _invalid(message: str) -> Response:
    return refuse(400, "InvalidInput", message, kind="InvalidInputException")


def _missing(what: str) -> Response:
    return refuse(404, "NotFound", f"The {what} was not found.", kind="ResourceNotFoundException")


def _unknown_report() -> Response:
    """Amazon's message is that of the service behind (models#1161, models#2419)."""
    return refuse(404, "NotFound", NO_REPORT, kind="ResourceNotFoundException")
