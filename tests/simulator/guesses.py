"""What Hypothesis guesses: anything at all, a good sample gone wrong, what a schema allows."""

from hypothesis import strategies as st
from tests.contract.judge import whole
from tests.simulator.conftest import EU, UK

ODD = ["", UK, EU, "2026-09-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "1", "-1", "null", "DEFAULT", "ORDER_CHANGE"]
TEXT = st.text(max_size=30) | st.sampled_from(ODD)
SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
ANYTHING = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8
)
DEEPEST = 6


def mixed(sample):
    """The sample with some of its members left out or replaced by anything."""
    if isinstance(sample, dict):
        return st.fixed_dictionaries({}, optional={name: mixed(inner) for name, inner in sample.items()}) | ANYTHING
    if isinstance(sample, list) and sample:
        return st.lists(mixed(sample[0]), max_size=3) | ANYTHING
    return st.just(sample) | SCALAR


def with_one_wrong(sample):
    """The sample with one member, however deep, replaced by anything."""
    if isinstance(sample, dict) and sample:
        return st.sampled_from(sorted(sample)).flatmap(
            lambda name: with_one_wrong(sample[name]).map(lambda inner: {**sample, name: inner})
        )
    if isinstance(sample, list) and sample:
        return with_one_wrong(sample[0]).map(lambda inner: [inner, *sample[1:]])
    return ANYTHING


def by_schema(schema, definitions, depth=0):
    """What a schema allows, seldom with a member that it does not."""
    schema = whole(schema, definitions)
    kind = schema.get("type", "object" if "properties" in schema else "")
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if kind == "object" and depth < DEEPEST:
        return _object(schema, definitions, depth)
    if kind == "array" and depth < DEEPEST:
        return st.lists(by_schema(schema.get("items", {}), definitions, depth + 1), max_size=2)
    if kind == "string":
        return _text(schema)
    if kind in ("integer", "number"):
        numbers = st.integers if kind == "integer" else st.floats
        return numbers(min_value=schema.get("minimum"), max_value=schema.get("maximum"))
    return st.booleans() if kind == "boolean" else ANYTHING


def _object(schema, definitions, depth):
    known = {
        name: by_schema(inner, definitions, depth + 1)
        for name, inner in schema.get("properties", {}).items()
        if depth + 1 < DEEPEST or name in schema.get("required", [])
    }
    required = {name: known.pop(name) for name in schema.get("required", []) if name in known}
    return st.fixed_dictionaries(required, optional=known)


def _text(schema):
    if schema.get("format") in ("date-time", "dateTime"):
        return st.datetimes().map(lambda moment: f"{moment.isoformat()}Z") | TEXT
    return TEXT | st.text(min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 40), 400))
