"""The contract as judge of answers: every place that breaks its schema is named.

A member that the schema does not name is a fault, although JSON schemas allow it: who reads by the contract would not
find it. Only where a schema says `additionalProperties` is more allowed.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.contract.notation import Schema
from tests.contract.reading import Operation, definitions

TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "boolean": bool, "number": (int, float), "object": dict, "array": list,
}  # fmt: skip
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
FORMATS: dict[str, Callable[[Any], Any]] = {
    "date-time": lambda value: MOMENT.fullmatch(value),
    "dateTime": lambda value: MOMENT.fullmatch(value),
    "date": lambda value: re.fullmatch(r"\d{4}-\d\d-\d\d", value),
    "int32": lambda value: -(2**31) <= value < 2**31,
    "int64": lambda value: -(2**63) <= value < 2**63,
}
Definitions = dict[str, Schema]


def conforms(file: str, definition: str, value: Any) -> list[str]:
    """The faults of a value against a definition of an API."""
    known = definitions(file)
    return list(faults(value, known[definition], known))


def faults_of_answer(operation: Operation, status: int, value: Any) -> list[str]:
    """Every place where an answer breaks the contract; `value` is None for an answer without a body."""
    if str(status) not in operation.responses:
        return [f"{status}: not among the operation's answers ({', '.join(operation.responses)})"]
    schema = operation.responses[str(status)]
    if schema is None:
        return [] if value in (None, {}) else [f"{status}: has a body, the contract has none"]
    return list(faults(value, schema, operation.definitions))


def faults(value: Any, schema: Schema, known: Definitions, place: str = "$") -> Iterator[str]:
    """Every place where the value breaks its schema: unknown members, missing ones, wrong types, enums, formats."""
    schema = whole(schema, known)
    for choice in ("oneOf", "anyOf"):
        if choice in schema and all(list(faults(value, one, known)) for one in schema[choice]):
            yield f"{place}: fits none of {choice}"
    kind = schema.get("type", "object" if "properties" in schema else "")
    kinds = kind if isinstance(kind, list) else [kind] if kind else []
    if kinds and not any(_is(value, one) for one in kinds):
        yield f"{place}: {value!r} is no {' or '.join(kinds)}"
    elif isinstance(value, dict):
        yield from _faults_of_members(value, schema, known, place)
    elif isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{place}: {len(value)} items"
        for number, inner in enumerate(value):
            yield from faults(inner, schema.get("items", {}), known, f"{place}[{number}]")
    else:
        yield from _faults_of_scalar(value, schema, place)


def followed(schema: Schema, known: Definitions) -> Schema:
    while "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    return schema


def whole(schema: Schema, known: Definitions) -> Schema:
    """With the parts of `allOf` put together: what one part names is known in all of them."""
    schema = followed(schema, known)
    parts = [whole(part, known) for part in schema.get("allOf", [])]
    if not parts:
        return schema
    made = {**schema, "properties": dict(schema.get("properties", {})), "required": list(schema.get("required", []))}
    for part in parts:
        made["properties"] |= part.get("properties", {})
        made["required"] += part.get("required", [])
    return made


def _is(value: Any, kind: str) -> bool:
    if kind == "null":
        return value is None
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _faults_of_members(value: dict[str, Any], schema: Schema, known: Definitions, place: str) -> Iterator[str]:
    members = schema.get("properties", {})
    more = schema.get("additionalProperties", not members)
    for name in schema.get("required", []):
        if name not in value:
            yield f"{place}.{name}: missing"
    for name, inner in value.items():
        if name in members:
            yield from faults(inner, members[name], known, f"{place}.{name}")
        elif isinstance(more, dict):
            yield from faults(inner, more, known, f"{place}.{name}")
        elif members and not more:
            yield f"{place}.{name}: not in the contract"


def _faults_of_scalar(value: Any, schema: Schema, place: str) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place}: {value!r} is not in the enumeration"
    if "const" in schema and value != schema["const"]:
        yield f"{place}: {value!r} is not {schema['const']!r}"
    if isinstance(value, str):
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
            yield f"{place}: {value!r} has {len(value)} characters"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{place}: {value!r} does not match {schema['pattern']}"
    elif value is not None and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{place}: {value!r} is out of bounds"
    form = FORMATS.get(schema.get("format", ""))
    if value is not None and form is not None and not form(value):
        yield f"{place}: {value!r} is no {schema['format']}"
