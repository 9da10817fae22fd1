"""Amazon's static sandbox: serves the request and response pairs of the published models, and nothing else.

A folder with model files (OpenAPI 2, JSON) gives operations and pairs (`x-amzn-api-sandbox`). The parameters that a
pair names must match, the others may hold any valid value; anything else is 400 `Could not match input arguments`.
Each operation may be called 5 times a second with a burst of 15. Source: the Selling Partner API sandbox.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from amazon_simulator.core.clock import from_iso
from amazon_simulator.core.http import Request, Response, answer_json
from amazon_simulator.protocol.errors import refuse

NO_MATCH = "Could not match input arguments"
METHODS = ("get", "put", "post", "patch", "delete")
ANY = object()


@dataclass(frozen=True, slots=True)
class Pair:
    """`named`: parameter → the value that it must have, ANY when it must only be there. `body` None: no content."""

    status: int
    named: Mapping[str, Any]
    body: Any


@dataclass(slots=True)
class Operation:
    """`places`: parameter → (where it stands, its schema)."""

    name: str
    places: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    pairs: list[Pair] = field(default_factory=list)

    def answer(self, request: Request, within: Mapping[str, str]) -> Response:
        """The most specific pair for this call; of equals the first."""
        try:
            body = request.json() if request.body else None
        except ValueError:
            return _no_match()
        values = {name: self._sent(name, request, within, body) for name in self.places}
        fitting = [pair for pair in self.pairs if self._fits(pair, values)]
        if not fitting:
            return _no_match()
        pair = max(fitting, key=lambda one: sum(value is not ANY for value in one.named.values()))
        return Response(pair.status) if pair.body is None else answer_json(pair.body, pair.status)

    def _sent(self, name: str, request: Request, within: Mapping[str, str], body: Any) -> Any:
        match self.places[name][0]:
            case "path":
                return within.get(name)
            case "body":
                return body
            case "header":
                return request.headers.get(name.lower())
            case _:
                return request.params().get(name)

    def _fits(self, pair: Pair, values: Mapping[str, Any]) -> bool:
        return all(
            self._same(name, wanted, values.get(name)) for name, wanted in pair.named.items() if name in self.places
        ) and all(self._valid(name, value) for name, value in values.items() if name not in pair.named)

    def _same(self, name: str, wanted: Any, sent: Any) -> bool:
        if wanted is ANY:
            return sent is not None or self.places[name][0] != "path"
        if self.places[name][0] == "body":
            return bool(sent == wanted)
        if sent is None:
            return wanted in ("", [], None)
        if isinstance(wanted, list):
            return bool(sent.split(",") == [_text(one) for one in wanted])
        at = _moment(_text(wanted))
        return bool(sent == _text(wanted)) or (at is not None and at == _moment(sent))

    def _valid(self, name: str, sent: Any) -> bool:
        """Whether a parameter that no pair names holds a value of its kind."""
        place, schema = self.places[name]
        if sent is None or place == "body":
            return True
        items = schema.get("items", {}) if schema.get("type") == "array" else schema
        return all(_is_kind(one, items) for one in (sent.split(",") if items is not schema else [sent]))


class Sandbox:
    """`find` an operation by method and path, as its model has it."""

    def __init__(self, folder: Path) -> None:
        self._shelves: dict[tuple[str, int], list[tuple[tuple[str, ...], Operation]]] = {}
        self.operations: list[Operation] = []
        files = sorted(folder.glob("*.json"))
        if not files:
            raise ValueError(f"--models: {folder} holds no model file (*.json)")
        for file in files:
            for method, path, operation in _operations(file):
                shape = tuple(path.strip("/").split("/"))
                self._shelves.setdefault((method, len(shape)), []).append((shape, operation))
                self.operations.append(operation)
        for shelf in self._shelves.values():  # a path that fixes more segments is tried first
            shelf.sort(key=lambda row: sum(part.startswith("{") for part in row[0]))
        if not self.operations:
            raise ValueError(f"--models: no file of {folder} is a model of operations")

    def find(self, method: str, parts: list[str]) -> tuple[Operation, dict[str, str]] | None:
        for shape, operation in self._shelves.get((method, len(parts)), ()):
            if all(fixed.startswith("{") or fixed == part for fixed, part in zip(shape, parts, strict=True)):
                names = {fixed.strip("{}"): part for fixed, part in zip(shape, parts, strict=True) if fixed[:1] == "{"}
                return operation, names
        return None


def _operations(file: Path) -> Iterator[tuple[str, str, Operation]]:
    try:
        model = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise ValueError(f"--models: {file} is no JSON ({fault})") from fault
    if not isinstance(model, dict) or not isinstance(model.get("paths"), dict):
        return  # a schema of something else
    resolve = _resolver(model)
    base = model.get("basePath", "").rstrip("/")
    for path, item in model["paths"].items():
        for method in METHODS:
            method_json = item.get(method)
            if not isinstance(method_json, dict) or "operationId" not in method_json:
                continue
            operation = Operation(method_json["operationId"])
            for parameter in map(resolve, (*item.get("parameters", ()), *method_json.get("parameters", ()))):
                operation.places[parameter["name"]] = (parameter["in"], parameter)
            for status, response in method_json.get("responses", {}).items():
                operation.pairs += _pairs(status, resolve(response), operation)
            yield method.upper(), base + path, operation


def _resolver(model: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def resolve(node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            found: Any = model
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node

    return resolve


def _pairs(status: str, response: dict[str, Any], operation: Operation) -> Iterator[Pair]:
    if not status.isdigit():
        return
    for pair in response.get("x-amzn-api-sandbox", {}).get("static", ()):
        named = pair.get("request", {}).get("parameters", {})
        body = next((name for name, (place, _) in operation.places.items() if place == "body"), "body")
        wanted = {
            body if name == "body" else name: entry["value"] if isinstance(entry, dict) and "value" in entry else ANY
            for name, entry in named.items()
        }
        yield Pair(int(status), wanted, pair.get("response"))


def _no_match() -> Response:
    return refuse(400, "InvalidInput", NO_MATCH)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _moment(text: str) -> float | None:
    """The same moment may be written in several ways."""
    if "T" not in text:
        return None
    try:
        return from_iso(text)
    except ValueError:
        return None


def _is_kind(text: str, schema: Mapping[str, Any]) -> bool:
    match schema.get("type"):
        case "integer":
            kind = text.lstrip("-").isdigit()
        case "boolean":
            kind = text.lower() in ("true", "false")
        case "number":
            kind = text.replace(".", "", 1).lstrip("-").isdigit()
        case _:
            kind = True
    return kind and ("enum" not in schema or text in [str(one) for one in schema["enum"]])
