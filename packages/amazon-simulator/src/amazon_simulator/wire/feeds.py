"""Feeds 2021-06-30. Source: model feeds_2021-06-30.json; behaviours FD05, FD06."""

import re
from typing import Any
from urllib.parse import urlencode

import msgspec

from amazon_simulator.access.entities import AccessToken
from amazon_simulator.core.http import Request, Response, answer_json
from amazon_simulator.faults.faults import Faults
from amazon_simulator.feeds import Feed, Feeds
from amazon_simulator.feeds.feed import Submission
from amazon_simulator.feeds.kinds import KINDS, LISTINGS
from amazon_simulator.feeds.processor import DOCUMENTS_KEPT
from amazon_simulator.protocol.documents import FEEDS, Document
from amazon_simulator.protocol.errors import refuse, throttled
from amazon_simulator.protocol.not_simulated import Unsimulated, marked_by
from amazon_simulator.protocol.routing import Call, Route, Routes
from amazon_simulator.wire.context import ApiContext
from amazon_simulator.wire.job_search import page_of, read_marketplaces, read_options, read_search, stamp
from amazon_simulator.wire.listings import Listings

FEEDS_AT_MOST, WITHIN = 5, 300.0
"""JSON listings feeds of a region within so many seconds. Source: JSON_LISTINGS_FEED rate limits."""
KIND = re.compile(r"(POST|UPLOAD|JSON)_[A-Z0-9_]{3,90}")
"""How Amazon names its feeds."""
TYPE = re.compile(r"[ -~]{1,200}")
"""A content type, as it can stand in a header."""
FORBIDDEN = "Access to the resource is forbidden"


class FeedsApi:
    def __init__(self, context: ApiContext, feeds: Feeds) -> None:
        self._context = context
        self._feeds = feeds

    def routes(self) -> tuple[Route, ...]:
        feeds, documents = "/feeds/2021-06-30/feeds", "/feeds/2021-06-30/documents"
        return (
            Route("getFeeds", "GET", feeds, self.get_feeds),
            Route("createFeed", "POST", feeds, self.create_feed),
            Route("cancelFeed", "DELETE", f"{feeds}/{{feedId}}", self.cancel_feed),
            Route("getFeed", "GET", f"{feeds}/{{feedId}}", self.get_feed),
            Route("createFeedDocument", "POST", documents, self.create_document),
            Route("getFeedDocument", "GET", f"{documents}/{{feedDocumentId}}", self.get_document),
        )

    # --- documents

    def create_document(self, call: Call) -> Response:
        """An address for the upload, which must come with the very content type that is given here."""
        try:
            kind = _body(call).get("contentType")
        except ValueError as fault:
            return _invalid(str(fault))
        if not isinstance(kind, str) or not TYPE.fullmatch(kind):
            return _invalid("contentType: give one like application/json; charset=UTF-8")
        prefix = f"{FEEDS}.{call.seller.region.lower()}"
        document = self._context.documents.opened(prefix, call.seller.id, kind, call.now, call.now + DOCUMENTS_KEPT)
        url = self._context.documents.address(document, "PUT", call.now)
        return answer_json({"feedDocumentId": document.id, "url": url}, 201)

    def get_document(self, call: Call) -> Response:
        """Only of what Amazon wrote: what was uploaded cannot be read back (behaviour FD05)."""
        document = self._context.documents.held.get(call.names[0])
        if document is None or document.owner != call.seller.id or not document.id.startswith(FEEDS):
            return _missing("feed document")
        if not self._feeds.result_of(call.seller.id, document.id):
            return _invalid("The feedDocumentId is not that of a processing report")
        return answer_json(document_json(self._context, document, call, "feedDocumentId"))

    # --- feeds

    def create_feed(self, call: Call) -> Response:
        """202, whatever the document holds: it is looked at later (behaviour FD06)."""
        try:
            body = _body(call)
            kind = body.get("feedType")
            if not isinstance(kind, str):
                raise ValueError("feedType is required")
            if kind not in KINDS:
                message = f"feed type {kind[:100]} is invalid"
                raise Unsimulated(message, f"feed type {kind}") if KIND.fullmatch(kind) else ValueError(message)
            marketplaces = list(read_marketplaces(body.get("marketplaceIds"), KINDS[kind].most))
            options = read_options(body.get("feedOptions"), "feedOptions")
            document = self._uploaded(call, body.get("inputFeedDocumentId"))
        except ValueError as fault:
            return marked_by(_invalid(str(fault)), fault)
        if not set(marketplaces) <= set(call.seller.marketplaces) or not self._may(kind):
            return _forbidden()
        if kind == LISTINGS and self._too_many(call):
            self._context.limits.note_refusal(call.seller.id, "createFeed")
            return throttled()
        feed = self._feeds.take(call.seller, kind, marketplaces, document.id, options, call.now)
        return answer_json({"feedId": feed.id}, 202)

    def _uploaded(self, call: Call, name: object) -> Document:
        """The document that a feed is made of; ValueError when it is none for that."""
        document = self._context.documents.held.get(name) if isinstance(name, str) else None
        if document is None or document.owner != call.seller.id or not document.id.startswith(FEEDS):
            raise ValueError("inputFeedDocumentId is missing or invalid")
        if self._feeds.result_of(call.seller.id, document.id):
            raise ValueError("inputFeedDocumentId is that of a processing report")
        return document

    def _too_many(self, call: Call) -> bool:
        """Behind the usage plan there is another limit."""
        taken = self._feeds.recent(call.seller.id, LISTINGS, call.now - WITHIN)
        return taken >= FEEDS_AT_MOST and not self._context.limits.lifted

    def _may(self, kind: str) -> bool:
        return not set(KINDS[kind].roles).isdisjoint(self._context.application.roles)

    def get_feeds(self, call: Call) -> Response:
        try:
            filters = read_search(call.request.params(), "feedTypes", call.seller.id, call.now)
        except ValueError as fault:
            return _invalid(str(fault))
        rows = reversed(self._feeds.of_seller.get(call.seller.id, {}).values())
        found, token = page_of(rows, filters, "feedTypes", call.seller.id)
        body: dict[str, Any] = {"feeds": [_feed_json(feed) for feed in found]}
        return answer_json({**body, "nextToken": token} if token else body)

    def get_feed(self, call: Call) -> Response:
        feed = self._find(call)
        return _missing("feed") if feed is None else answer_json(_feed_json(feed))

    def cancel_feed(self, call: Call) -> Response:
        feed = self._find(call)
        if feed is None:
            return _missing("feed")
        if not self._feeds.cancel(feed, call.now):
            return _invalid(f"The feed is {feed.status}: only feeds that are IN_QUEUE can be cancelled")
        return Response(200)

    def _find(self, call: Call) -> Feed | None:
        return self._feeds.of_seller.get(call.seller.id, {}).get(call.names[0])


def submit(routes: Routes, listings: Listings, faults: Faults, submission: Submission) -> Response:
    """A feed's message, done as the same call; faults of submissions meet it as well."""
    route = routes.operations[submission.operation]
    content = b"" if submission.body is None else msgspec.json.encode(submission.body)
    request = Request(route.method, route.path, urlencode(submission.query), {}, content)
    access = AccessToken("", submission.seller.id, submission.now)
    names = (submission.seller.id, submission.sku)
    call = Call(
        submission.seller,
        request,
        names,
        submission.now,
        "",
        access,
        feed=submission.feed,
        received=submission.received,
    )
    fault = faults.inject_into_message(submission.operation, submission.seller.id, submission.now, submission.sku)
    if fault is None:
        return route.act(call)
    with listings.faulty(fault.kind, fault.seconds):
        return listings.invalid(call) if fault.kind == "invalid" else route.act(call)


def document_json(context: ApiContext, document: Document, call: Call, name: str) -> dict[str, str]:
    """Where a document is read, and how it is packed."""
    encoded = call.request.params().get("enableContentEncodingUrlHeader", "").lower() == "true"
    payload = {name: document.id, "url": context.documents.address(document, "GET", call.now, encoded=encoded)}
    return {**payload, "compressionAlgorithm": document.compression} if document.compression else payload


def _feed_json(feed: Feed) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "feedId": feed.id,
        "feedType": feed.kind,
        "marketplaceIds": feed.marketplaces,
        "createdTime": stamp(feed.created),
        "processingStatus": feed.status,
    }
    if feed.started:
        payload["processingStartTime"] = stamp(feed.started)
    if feed.ended:
        payload["processingEndTime"] = stamp(feed.ended)
    if feed.result:
        payload["resultFeedDocumentId"] = feed.result
    return payload


def _body(call: Call) -> dict[str, Any]:
    body = call.request.json()
    if not isinstance(body, dict):
        raise ValueError("The request is no JSON object")
    return body


def _invalid(message: str) -> Response:
    return refuse(400, "InvalidInput", message, kind="InvalidInputException")


def _forbidden() -> Response:
    return refuse(403, "Unauthorized", FORBIDDEN, kind="AccessDeniedException")


def _missing(what: str) -> Response:
    return refuse(404, "NotFound", f"The {what} was not found.", kind="ResourceNotFoundException")
