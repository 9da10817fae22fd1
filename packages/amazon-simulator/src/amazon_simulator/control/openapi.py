"""The table of control calls as an OpenAPI document. Source: OpenAPI 3.1.0."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from amazon_simulator.control.routing import ControlRoute

REFUSALS = {400: "A member does not fit", 404: "There is no such thing", 409: "The world does not allow it now"}
ERROR = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}


def document(base: str, routes: Iterable[ControlRoute]) -> dict[str, Any]:
    """Paths with their bodies; the shapes are those by which calls are read."""
    table = list(routes)
    shapes = list({route.body: None for route in table if route.body is not None})
    schemas, components = msgspec.json.schema_components(shapes, ref_template="#/components/schemas/{name}")
    schema_of = dict(zip(shapes, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in table:
        schema = None if route.body is None else schema_of[route.body]
        paths.setdefault(f"/_simulator/{route.path}", {})[route.method.lower()] = _operation(route, schema)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Control of the Amazon simulator", "version": "1"},
        "servers": [{"url": base}],
        "paths": paths,
        "components": {"schemas": {**components, "Error": ERROR}},
    }


def _operation(route: ControlRoute, schema: dict[str, Any] | None) -> dict[str, Any]:
    refused = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    made: dict[str, Any] = {
        "summary": route.summary,
        "responses": {
            "2XX": {"description": "Done"},
            **{str(status): {"description": text, "content": refused} for status, text in REFUSALS.items()},
        },
    }
    names = re.findall(r"{(\w+)}", route.path)
    if names:
        made["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
        ]
    if schema is not None:
        made["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    return made
