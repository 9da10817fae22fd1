"""Feeds of one seller account: a document is uploaded, a feed made of it, its report read. Source: model
feeds_2021-06-30.json."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from wharfinger.amazon import identity, operations
from wharfinger.amazon.answers import Answer, understood
from wharfinger.amazon.caller import Caller, answer_of, path_of
from wharfinger.amazon.errors import InvalidRequest, NotAnsweredAsPromised
from wharfinger.amazon.messages.feeds import (
    CreatedFeed,
    CreatedFeedDocument,
    Feed,
    FeedDocument,
    FeedsPage,
    write_feed_request,
)
from wharfinger.amazon.messages.wire import as_iso
from wharfinger.amazon.transport import Request

UPLOAD, DOWNLOAD = "uploadFeed", "downloadFeedReport"
"""No operations of the API: documents lie behind addresses of S3, and no limit of ours counts them."""


class FeedCalls(Caller):
    def create_feed_document(self, content_type: str, *, now: datetime) -> Answer[CreatedFeedDocument]:
        """Where to upload; one that is never used goes away."""
        operation = operations.CREATE_FEED_DOCUMENT
        body = b'{"contentType":"' + content_type.encode() + b'"}'
        response = self._call(operation, operation.path, now=now, body=body)
        return answer_of(response, understood(operation.name, response, CreatedFeedDocument))

    def upload_feed(self, document: CreatedFeedDocument, content: bytes, content_type: str) -> None:
        """The bytes, without our token: S3 refuses one. NotAnsweredAsPromised where they were not taken: nothing has
        happened then, begin with another document."""
        self._check_address(UPLOAD, document.url)
        headers = (("content-type", content_type),)
        response = self._transport.send(Request(UPLOAD, "PUT", document.url, headers, content))
        if response.status != 200:
            raise NotAnsweredAsPromised(UPLOAD, status=response.status, message="the upload was not taken")

    def create_feed(
        self, feed_type: str, marketplace_ids: Sequence[str], document_id: str, *, now: datetime
    ) -> Answer[str]:
        """Its id: from now on Amazon works on what was uploaded, once. With `outcome_unknown` it may have begun."""
        operation = operations.CREATE_FEED
        try:
            body = write_feed_request(feed_type, marketplace_ids, document_id)
        except ValueError as error:
            raise InvalidRequest(operation.name, message=str(error)) from None
        response = self._call(operation, operation.path, now=now, body=body)
        return answer_of(response, understood(operation.name, response, CreatedFeed).feed_id)

    def get_feed(self, feed_id: str, *, now: datetime) -> Answer[Feed]:
        """How far it is. NotFound once Amazon keeps it no more."""
        operation = operations.GET_FEED
        response = self._call(operation, path_of(operation, feed_id=feed_id), now=now)
        feed = understood(operation.name, response, Feed)
        identity.compare(operation.name, response, {identity.FEED: (feed_id,)}, ((identity.FEED, feed.feed_id),))
        return answer_of(response, feed)

    def get_feeds(self, feed_type: str, *, created_since: datetime, now: datetime) -> Answer[tuple[Feed, ...]]:
        """Those of this type that were created since then, by whichever program of the seller's application; the newest
        hundred."""
        operation = operations.GET_FEEDS
        query = (("feedTypes", feed_type), ("createdSince", as_iso(created_since)), ("pageSize", "100"))
        response = self._call(operation, operation.path, query, now=now)
        page = understood(operation.name, response, FeedsPage)
        return answer_of(response, tuple(one for one in page.feeds if one.feed_type == feed_type))

    def cancel_feed(self, feed_id: str, *, now: datetime) -> Answer[None]:
        """Refused where Amazon works on it already: only one that is queued can be cancelled."""
        operation = operations.CANCEL_FEED
        response = self._call(operation, path_of(operation, feed_id=feed_id), now=now)
        return answer_of(response, None)

    def get_feed_document(self, document_id: str, *, now: datetime) -> Answer[FeedDocument]:
        """Where the report of a feed lies for the next five minutes."""
        operation = operations.GET_FEED_DOCUMENT
        response = self._call(operation, path_of(operation, document_id=document_id), now=now)
        document = understood(operation.name, response, FeedDocument)
        wanted, found = {identity.DOCUMENT: (document_id,)}, ((identity.DOCUMENT, document.feed_document_id),)
        identity.compare(operation.name, response, wanted, found)
        return answer_of(response, document)

    def download_feed_report(self, document: FeedDocument) -> bytes:
        """As it came, perhaps packed. NotAnsweredAsPromised where the address has expired: request another."""
        self._check_address(DOWNLOAD, document.url)
        response = self._transport.send(Request(DOWNLOAD, "GET", document.url))
        if response.status != 200:
            message = "the document's address is refused; it lives five minutes"
            raise NotAnsweredAsPromised(DOWNLOAD, status=response.status, message=message)
        return response.body

    def _check_address(self, operation: str, url: str) -> None:
        address, endpoint = urlsplit(url), urlsplit(self._region.endpoint)
        if address.scheme != "https" and (address.scheme, address.netloc) != (endpoint.scheme, endpoint.netloc):
            raise NotAnsweredAsPromised(operation, message="the document's address is not an https address")
