"""What goes in and out, without a framework: a request is answered by one function."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec


@dataclass(frozen=True, slots=True)
class Request:
    """`path` is percent-encoded and has no query; header names are lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def params(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def segments(self) -> list[str]:
        return [unquote(part) for part in self.path.strip("/").split("/")]

    def cookie(self, name: str) -> str:
        for piece in self.headers.get("cookie", "").split(";"):
            key, _, value = piece.strip().partition("=")
            if key == name:
                return value
        return ""

    def json(self) -> Any:
        """The body as JSON; ValueError when it is none."""
        try:
            return json.loads(self.body or b"{}")
        except UnicodeDecodeError as error:
            raise ValueError("the body is no UTF-8") from error


@dataclass(slots=True)
class Response:
    """`cut`: the connection is closed without an answer; `slow`: seconds of machine time before it."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    slow: float = 0.0


def answer_json(value: Any, status: int = 200) -> Response:
    return Response(status, msgspec.json.encode(value), {"content-type": "application/json"})


def see_other(address: str) -> Response:
    return Response(303, b"", {"location": address})
