"""Amazon's published models as judges of answers: `conforms` names every place that breaks its schema.

A member that the model does not name is a fault, although JSON schemas allow it: who reads by the model would not find
it. Only where a schema says `additionalProperties` is more allowed.
"""

import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path

MODELS = Path(__file__).resolve().parents[3] / "shared" / "sp-api-models"
ABSENT = "Amazon's models are not beside the checkout"
TYPES = {"string": str, "integer": int, "boolean": bool, "number": (int, float), "object": dict, "array": list}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
FORMATS = {
    "date-time": lambda value: MOMENT.fullmatch(value),
    "dateTime": lambda value: MOMENT.fullmatch(value),
    "date": lambda value: re.fullmatch(r"\d{4}-\d\d-\d\d", value),
    "int32": lambda value: -(2**31) <= value < 2**31,
    "int64": lambda value: -(2**63) <= value < 2**63,
}


@dataclass(frozen=True)
class Operation:
    """One operation of a model; `$ref`s in its parameters and responses are followed."""

    id: str
    file: str
    method: str
    path: str
    description: str
    parameters: tuple[dict, ...]
    responses: dict[str, dict]
    definitions: dict[str, dict]

    @property
    def plan(self):
        """(calls a second, burst) of the usage plan's table; None where the description has none."""
        rows = [re.findall(r"[\d.]+", row) for row in self.description.splitlines() if row.lstrip().startswith("|")]
        numbers = [row[-2:] for row in rows if len(row) >= 2]
        return (float(numbers[0][0]), int(numbers[0][1])) if numbers else None

    def faults(self, status, value):
        """Every place where an answer breaks the model; `value` is None for an answer without a body."""
        told = self.responses.get(str(status))
        if told is None:
            return [f"{status}: not among the model's answers ({', '.join(self.responses)})"]
        if "schema" not in told:
            return [] if value in (None, {}) else [f"{status}: has a body, the model has none"]
        return list(faults(value, told["schema"], self.definitions))


def faults(value, schema, definitions, place="$"):
    """Every place where the value breaks its schema: unknown members, missing ones, wrong types, enums, formats."""
    schema = whole(schema, definitions)
    for choice in ("oneOf", "anyOf"):
        if choice in schema and all(list(faults(value, one, definitions)) for one in schema[choice]):
            yield f"{place}: fits none of {choice}"
    kind = schema.get("type", "object" if "properties" in schema else "")
    kinds = kind if isinstance(kind, list) else [kind] if kind else []
    if kinds and not any(_is(value, one) for one in kinds):
        yield f"{place}: {value!r} is no {' or '.join(kinds)}"
    elif isinstance(value, dict):
        yield from _faults_of_members(value, schema, definitions, place)
    elif isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{place}: {len(value)} items"
        for number, inner in enumerate(value):
            yield from faults(inner, schema.get("items", {}), definitions, f"{place}[{number}]")
    else:
        yield from _faults_of_scalar(value, schema, place)


def followed(schema, definitions):
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def whole(schema, definitions):
    """With the parts of `allOf` put together: what one part names is known in all of them."""
    schema = followed(schema, definitions)
    parts = [whole(part, definitions) for part in schema.get("allOf", [])]
    if not parts:
        return schema
    made = {**schema, "properties": dict(schema.get("properties", {})), "required": list(schema.get("required", []))}
    for part in parts:
        made["properties"] |= part.get("properties", {})
        made["required"] += part.get("required", [])
    return made


def _is(value, kind):
    if kind == "null":
        return value is None
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _faults_of_members(value, schema, definitions, place):
    known = schema.get("properties", {})
    more = schema.get("additionalProperties", not known)
    for name in schema.get("required", []):
        if name not in value:
            yield f"{place}.{name}: missing"
    for name, inner in value.items():
        if name in known:
            yield from faults(inner, known[name], definitions, f"{place}.{name}")
        elif isinstance(more, dict):
            yield from faults(inner, more, definitions, f"{place}.{name}")
        elif known and not more:
            yield f"{place}.{name}: not in the model"


def _faults_of_scalar(value, schema, place):
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
    if value is not None and not FORMATS.get(schema.get("format", ""), lambda _: True)(value):
        yield f"{place}: {value!r} is no {schema['format']}"


def conforms(file, definition, value):
    """The faults of a value against `definitions.<definition>` of a model file."""
    definitions = _model(file)["definitions"]
    return list(faults(value, definitions[definition], definitions))


def operation(method, path):
    """The operation of the models that a route (or a path with braces) stands for."""
    return _operations()[method, _shape(path)]


def operations():
    """All of them, in a fixed order."""
    return list(_operations().values())


@functools.cache
def _model(file):
    return json.loads((MODELS / file).read_text())


@functools.cache
def _operations():
    return {(found.method, _shape(found.path)): found for file in sorted(MODELS.glob("*.json")) for found in _of(file)}


def _of(file):
    model = _model(file.name)
    for path, entry in model["paths"].items():
        for method in entry.keys() & {"get", "put", "post", "patch", "delete"}:
            told = entry[method]
            parameters = [*entry.get("parameters", []), *told.get("parameters", [])]
            yield Operation(
                id=told["operationId"],
                file=file.name,
                method=method.upper(),
                path=path,
                description=told["description"],
                parameters=tuple(followed(one, model.get("parameters", {})) for one in parameters),
                responses={code: followed(one, model.get("responses", {})) for code, one in told["responses"].items()},
                definitions=model["definitions"],
            )


def _shape(path):
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")
