"""Documents behind presigned addresses, as Amazon keeps them in S3: feeds are uploaded, reports downloaded."""

import hashlib
import heapq
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import ClassVar
from urllib.parse import urlencode

from amazon_simulator.core.clock import iso
from amazon_simulator.core.http import Request, Response
from amazon_simulator.core.numbering import Numbering
from amazon_simulator.core.store import Entity

SEAL = b"the simulator's own signature of addresses"
DATE = "%Y%m%dT%H%M%SZ"
LIVES = 300.0
"""Seconds of trade time for which an address works. Source: feeds and reports use case guides (five minutes)."""
FEEDS, REPORTS = "amzn1.tortuga.4", "amzn1.spdoc.1.4"
GZIP = "GZIP"


class Document(Entity, tag="document"):
    """`owner` is a seller's id. `body` is what was uploaded, as it came. `until`: when it is dropped, None = never."""

    id: str
    owner: str
    content_type: str
    created: float
    body: bytes | None = None
    compression: str = ""  # GZIP or none: how the body is packed
    until: float | None = None
    gone: bool = False


class Documents:
    """`take` a document, give its upload and download addresses, and serve both."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (Document,)

    def __init__(self, base: str, numbering: Numbering) -> None:
        self._base = base
        self._numbering = numbering
        self.changed: list[Entity] = []
        self.held: dict[str, Document] = {}
        self._ending: list[tuple[float, str]] = []

    def put(self, entity: Entity) -> None:
        match entity:
            case Document(gone=True):
                self.held.pop(entity.id, None)
            case Document():
                self.held[entity.id] = entity
                if entity.until is not None:
                    heapq.heappush(self._ending, (entity.until, entity.id))
            case _:
                pass

    def everything(self) -> Iterator[Entity]:
        yield from self.held.values()

    def turn(self, now: float) -> None:
        """Drop what has been kept long enough."""
        while self._ending and self._ending[0][0] <= now:
            _, name = heapq.heappop(self._ending)
            document = self.held.get(name)
            if document is not None and document.until is not None and document.until <= now:
                self.make(Document(name, document.owner, document.content_type, document.created, gone=True))

    def make(self, document: Document) -> Document:
        self.put(document)
        self.changed.append(document)
        return document

    def opened(self, prefix: str, owner: str, content_type: str, now: float, until: float | None = None) -> Document:
        """A new document that waits for its content."""
        return self.make(Document(self._name(prefix, now), owner, content_type, now, until=until))

    def kept(
        self,
        prefix: str,
        owner: str,
        content_type: str,
        body: bytes,
        *,
        now: float,
        until: float,
        compression: str = "",
    ) -> Document:
        """A new document with its content."""
        return self.make(Document(self._name(prefix, now), owner, content_type, now, body, compression, until))

    def _name(self, prefix: str, now: float) -> str:
        tail = self._numbering.hexadecimal("document tail", now, 14).upper()
        return f"{prefix}.{self._numbering.uuid('document', now)}.T{tail}"

    # --- addresses

    def address(self, document: Document, method: str, now: float, *, encoded: bool = False) -> str:
        """A presigned address for PUT or GET that works for five minutes of trade time.

        `encoded`: a packed document says so by its Content-Encoding, so that HTTP clients unpack it themselves.
        """
        query = {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Date": datetime.fromtimestamp(now, UTC).strftime(DATE),
            "X-Amz-SignedHeaders": "content-type;host" if method == "PUT" else "host",
            "X-Amz-Expires": str(int(LIVES)),
        }
        if method == "GET" and document.compression:
            query["response-content-encoding"] = "gzip" if encoded else "identity"
        query["X-Amz-Signature"] = _signature(method, document.id, query)
        return f"{self._base}/documents/{document.id}?{urlencode(query)}"

    def answer(self, request: Request, parts: list[str], now: float) -> Response:
        """PUT or GET at a presigned address; refusals are S3's XML."""
        name = "/".join(parts)
        document = self.held.get(name)
        query = request.params()
        signature = query.pop("X-Amz-Signature", "")
        method = "GET" if request.method == "HEAD" else request.method
        if not hmac.compare_digest(signature.encode(), _signature(method, name, query).encode()):
            return _refuse("SignatureDoesNotMatch", "The request signature we calculated does not match.")
        ends = datetime.strptime(query["X-Amz-Date"], DATE).replace(tzinfo=UTC).timestamp() + LIVES
        if ends < now:
            times = f"<X-Amz-Expires>{LIVES:.0f}</X-Amz-Expires><Expires>{iso(ends)}</Expires>"
            return _refuse("AccessDenied", "Request has expired", f"{times}<ServerTime>{iso(now)}</ServerTime>")
        if document is None or (method == "GET" and document.body is None):
            return _refuse("NoSuchKey", "The specified key does not exist.", status=404)
        if method == "GET":
            return _read(document, query.get("response-content-encoding", ""))
        if request.headers.get("content-type", "") != document.content_type:
            return _refuse(
                "SignatureDoesNotMatch",
                f"The Content-Type is not the one that the document was created with: {document.content_type}",
            )
        document.body = request.body
        self.changed.append(document)
        return Response(200, b"", {"etag": f'"{hashlib.md5(request.body, usedforsecurity=False).hexdigest()}"'})


def _read(document: Document, encoding: str) -> Response:
    headers = {"content-type": document.content_type or "binary/octet-stream"}
    if encoding:
        headers["content-encoding"] = encoding
    return Response(200, document.body or b"", headers)


def _signature(method: str, key: str, query: dict[str, str]) -> str:
    text = repr((method, key, sorted(query.items())))
    return hmac.new(SEAL, text.encode(), hashlib.sha256).hexdigest()


def _refuse(code: str, message: str, more: str = "", status: int = 403) -> Response:
    inner = f"<Code>{code}</Code><Message>{message}</Message>{more}"
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'
    return Response(status, body.encode(), {"content-type": "application/xml"})
