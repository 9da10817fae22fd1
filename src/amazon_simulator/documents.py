"""Documents behind presigned addresses, as Amazon keeps them in S3: feeds are uploaded, reports downloaded."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import ClassVar
from urllib.parse import urlencode

from amazon_simulator.http import Request, Response
from amazon_simulator.store import Entity

SEAL = b"the simulator's own signature of addresses"
DATE = "%Y%m%dT%H%M%SZ"
LIVES = 300.0
"""Seconds of trade time for which an address works. Source: feeds and reports use case guides (five minutes)."""


class Document(Entity, tag="document"):
    """`owner` is a seller's id. `body` is what was uploaded, as it came."""

    id: str
    owner: str
    content_type: str
    created: float
    body: bytes | None = None
    compression: str = ""  # GZIP or none: how the body is packed


class Documents:
    """`take` a document, give its upload and download addresses, and serve both."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (Document,)

    def __init__(self, base: str) -> None:
        self._base = base
        self.changed: list[Entity] = []
        self.held: dict[str, Document] = {}

    def put(self, entity: Entity) -> None:
        if isinstance(entity, Document):
            self.held[entity.id] = entity

    def everything(self) -> Iterator[Entity]:
        yield from self.held.values()

    def turn(self, now: float) -> None:
        """Documents are kept; only their addresses grow old."""

    def make(self, document: Document) -> Document:
        self.put(document)
        self.changed.append(document)
        return document

    def opened(self, prefix: str, owner: str, content_type: str, now: float) -> Document:
        """A new document that waits for its content."""
        return self.make(Document(f"{prefix}.{secrets.token_hex(16)}", owner, content_type, now))

    # --- addresses

    def address(self, document: Document, method: str, now: float) -> str:
        """A presigned address for PUT or GET that works for five minutes of trade time."""
        query = {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Date": datetime.fromtimestamp(now, UTC).strftime(DATE),
            "X-Amz-SignedHeaders": "content-type;host" if method == "PUT" else "host",
            "X-Amz-Expires": str(int(LIVES)),
        }
        query["X-Amz-Signature"] = _signature(method, document.id, query)
        return f"{self._base}/documents/{document.id}?{urlencode(query)}"

    def answer(self, request: Request, parts: list[str], now: float) -> Response:
        """PUT or GET at a presigned address; refusals are S3's XML."""
        document = self.held.get("/".join(parts))
        query = request.params()
        told = query.pop("X-Amz-Signature", "")
        method = "GET" if request.method == "HEAD" else request.method
        if document is None or not hmac.compare_digest(told.encode(), _signature(method, parts[-1], query).encode()):
            return _refuse("SignatureDoesNotMatch", "The request signature we calculated does not match.")
        signed = datetime.strptime(query["X-Amz-Date"], DATE).replace(tzinfo=UTC).timestamp()
        if signed + LIVES < now:
            return _refuse("AccessDenied", "Request has expired")
        if method == "GET":
            if document.body is None:
                return _refuse("NoSuchKey", "The specified key does not exist.", 404)
            return Response(200, document.body, {"content-type": document.content_type or "binary/octet-stream"})
        if request.headers.get("content-type", "") != document.content_type:
            return _refuse(
                "SignatureDoesNotMatch",
                f"The Content-Type is not the one that the document was created with: {document.content_type}",
            )
        document.body = request.body
        self.changed.append(document)
        return Response(200, b"", {"etag": f'"{hashlib.md5(request.body, usedforsecurity=False).hexdigest()}"'})


def _signature(method: str, key: str, query: dict[str, str]) -> str:
    text = repr((method, key, sorted(query.items())))
    return hmac.new(SEAL, text.encode(), hashlib.sha256).hexdigest()


def _refuse(code: str, message: str, status: int = 403) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Response(status, body.encode(), {"content-type": "application/xml"})
