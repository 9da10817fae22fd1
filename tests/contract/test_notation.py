import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contract.notation import UnknownKeyword, facts_of, full, short

NAMES = st.sampled_from(["id", "note", "type", "items", "members", "required", "a b", "#x"])
KINDS = st.sampled_from(["string", "integer", "number", "boolean", "object", "array"])
SIMPLE = st.fixed_dictionaries(
    {},
    optional={
        "type": KINDS | st.lists(KINDS, min_size=1, max_size=2),
        "format": st.sampled_from(["date-time", "int32"]),
        "enum": st.lists(st.sampled_from(["A", "B", "C"]), min_size=1, unique=True),
        "maxLength": st.integers(0, 9),
        "pattern": st.just("^a: b$"),
    },
)
SCHEMAS = st.recursive(
    SIMPLE | st.builds(lambda name: {"$ref": name}, st.sampled_from(["Order", "Item"])),
    lambda inner: (
        st.builds(lambda one: {"type": "array", "items": one}, inner)
        | st.builds(lambda parts: {"allOf": parts}, st.lists(inner, min_size=1, max_size=2))
        | st.fixed_dictionaries(
            {"properties": st.dictionaries(NAMES, inner, max_size=3)},
            optional={
                "type": st.just("object"),
                "required": st.lists(NAMES, min_size=1, unique=True),
                "additionalProperties": st.booleans() | inner,
            },
        )
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(SCHEMAS)
def test_the_short_form_loses_nothing(schema):
    facts = facts_of(schema)
    assert full(short(facts)) == facts


@pytest.mark.parametrize(
    ("schema", "form"),
    [
        ({"type": "string", "description": "Words."}, "string"),
        ({"type": "string", "format": "date-time"}, "string:date-time"),
        ({"$ref": "#/definitions/Order", "description": "Words."}, "#Order"),
        ({"type": "array", "items": {"$ref": "#/definitions/Item"}}, ["#Item"]),
        (
            {"type": "object", "required": ["b"], "properties": {"b": {"type": "integer"}, "a": {"type": "string"}}},
            {"members": {"a": "string", "b!": "integer"}},
        ),
        (
            {"type": "object", "properties": {}, "additionalProperties": {"type": "string", "title": "Words"}},
            {"additionalProperties": "string", "members": {}},
        ),
        ({"properties": {"title": {"title": "Words"}}}, {"properties": {"title": {}}}),
        ({"type": "integer", "minimum": 0, "default": 3, "x-example": 4}, {"minimum": 0, "type": "integer"}),
    ],
)
def test_a_schema_in_its_short_form(schema, form):
    assert short(facts_of(schema)) == form


def test_a_keyword_that_is_neither_fact_nor_prose_is_refused():
    with pytest.raises(UnknownKeyword, match="if, then: name it in FACTS or PROSE"):
        facts_of({"properties": {"a": {"then": {}, "if": {}, "description": "Words."}}})
