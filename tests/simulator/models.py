"""Amazon's published models as judges of answers: `conforms` names every place that breaks its schema."""

import json
from pathlib import Path

MODELS = Path(__file__).resolve().parents[3] / "shared" / "sp-api-models"
ABSENT = "Amazon's models are not beside the checkout"


def faults(value, schema, definitions, place="$"):
    """Every place where the value breaks its schema: unknown members, missing ones, wrong types and enums."""
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rsplit("/", 1)[-1]]
    for part in schema.get("allOf", []):
        yield from faults(value, part, definitions, place)
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        if not isinstance(value, dict):
            yield f"{place}: not an object"
            return
        known = schema.get("properties")
        for name in schema.get("required", []):
            if name not in value:
                yield f"{place}.{name}: missing"
        for name, inner in value.items():
            if known is None:
                continue
            if name not in known:
                yield f"{place}.{name}: not in the model"
            else:
                yield from faults(inner, known[name], definitions, f"{place}.{name}")
    elif kind == "array":
        if not isinstance(value, list):
            yield f"{place}: not a list"
            return
        for number, inner in enumerate(value):
            yield from faults(inner, schema["items"], definitions, f"{place}[{number}]")
    else:
        types = {"string": str, "integer": int, "boolean": bool, "number": (int, float)}
        if kind in types and not isinstance(value, types[kind]):
            yield f"{place}: {value!r} is no {kind}"
        if "enum" in schema and value not in schema["enum"]:
            yield f"{place}: {value!r} is not in the enumeration"


def conforms(file, definition, value):
    """The faults of a value against `definitions.<definition>` of a model file; skip where the models are absent."""
    model = json.loads((MODELS / file).read_text())
    definitions = model["definitions"]
    return list(faults(value, definitions[definition], definitions))
