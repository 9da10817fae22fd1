"""The page of control calls, made from their OpenAPI document."""

from typing import Any

from amazon_simulator.control.openapi import document
from amazon_simulator.control.router import ROUTES
from amazon_simulator.core.http import Response
from amazon_simulator.pages.rendering import page
from amazon_simulator.simulator import Simulator

LIMITS = (("minimum", "from {:g}"), ("maximum", "to {:g}"), ("maxLength", "of at most {} characters"))


def show(simulator: Simulator) -> Response:
    shown = document(simulator.base, ROUTES)
    schemas = shown["components"]["schemas"]
    calls = [
        {
            "method": method.upper(),
            "path": path,
            "summary": one["summary"],
            "members": _members(schemas, one.get("requestBody")),
        }
        for path, methods in shown["paths"].items()
        for method, one in methods.items()
    ]
    return page("calls.html", base=simulator.base, calls=calls)


def _members(schemas: dict[str, Any], body: dict[str, Any] | None) -> list[tuple[str, str]]:
    if body is None:
        return []
    schema = schemas[_name(body["content"]["application/json"]["schema"])]
    return [
        (name, _text(one) + (", required" if name in schema.get("required", ()) else ""))
        for name, one in schema["properties"].items()
    ]


def _name(schema: dict[str, Any]) -> str:
    return str(schema["$ref"]).rsplit("/", 1)[-1]


def _text(schema: dict[str, Any]) -> str:
    """What a member is: a number from 0 to 1, one of some words, a list of them."""
    if "$ref" in schema:
        return _name(schema)
    if "anyOf" in schema:
        return " or ".join(_text(one) for one in schema["anyOf"])
    if "enum" in schema:
        return "one of " + ", ".join(str(one) for one in schema["enum"] if one)
    if schema.get("type") == "array":
        return f"list: {_text(schema['items'])}"
    found = [str(schema.get("type", "anything"))]
    found += [words.format(schema[name]) for name, words in LIMITS if name in schema]
    return " ".join(found)
