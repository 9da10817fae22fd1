"""What goes in and out, without a framework: a request is answered by one function."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, unquote_plus

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
        """A parameter given several times counts as a list with commas: Amazon takes both ways."""
        params: dict[str, str] = {}
        for name, value in parse_qsl(self.query, keep_blank_values=True):
            params[name] = f"{params[name]},{value}" if name in params else value
        return params

    def listed(self, name: str) -> set[str]:
        """The members of a list parameter, a comma within a member (%2C) read both ways: members hold SKUs."""
        found: set[str] = set()
        for piece in self.query.split("&"):
            key, _, raw = piece.partition("=")
            if unquote_plus(key) == name and raw:
                found.update(unquote_plus(member) for member in raw.split(","))
                found.update(unquote_plus(raw).split(","))
        return found - {""}

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
        """The body as JSON; ValueError when it is none. Strict: no lone surrogates, no NaN, no bottomless nesting."""
        try:
            return msgspec.json.decode(self.body or b"{}")
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise ValueError(f"the body is no JSON: {error}") from error


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


class ConnectionCut(ConnectionError):
    """A fault cut the connection: no answer came. Whether the write was done stands in the state report."""
