"""How the table writes a JSON schema: its facts in a short form, without a word of prose, and back again.

| short form | means |
|---|---|
| `"string"`, `"string:date-time"` | a type, with its format |
| `"#Order"` | the definition `Order` of the same file |
| `[x]` | a list of x |
| `{"members": {"id!": x, "note": y}}` | an object; `!` marks a member that is required |

Any other fact stands under JSON schema's own keyword beside or instead of these. Members, required names and
enumerations are sorted, so that a new order at Amazon is no difference here.
"""

from collections.abc import Callable, Iterable
from typing import Any

FACTS = frozenset(
    {
        "$ref", "additionalProperties", "allOf", "anyOf", "collectionFormat", "const", "enum", "format", "items",
        "maximum", "maxItems", "maxLength", "minimum", "minItems", "minLength", "minProperties", "oneOf", "pattern",
        "properties", "required", "type", "uniqueItems",
    }
)  # fmt: skip
PROSE = frozenset({"$comment", "$id", "$schema", "default", "description", "example", "examples", "title"})
Schema = dict[str, Any]


class UnknownKeyword(ValueError):
    """A model uses a keyword of which nobody has said whether it is a fact."""


def facts_of(schema: Schema) -> Schema:
    """The schema without its prose, sorted. Raises UnknownKeyword for a keyword that is neither fact nor prose."""
    kept = {name: value for name, value in schema.items() if name not in PROSE and not name.startswith("x-")}
    if unknown := kept.keys() - FACTS:
        raise UnknownKeyword(f"{', '.join(sorted(unknown))}: name it in FACTS or PROSE of {__name__}")
    if "$ref" in kept:
        kept["$ref"] = kept["$ref"].rpartition("/")[2]
    for name in kept.keys() & {"enum", "required"}:
        kept[name] = sorted(kept[name], key=repr)
    return _sorted(_inside(kept, facts_of))


def short(schema: Schema) -> Any:
    """Facts in the short form. `full` gives them back."""
    inner = _inside(schema, short)
    kind, names = inner.get("type"), set(inner)
    if names == {"$ref"}:
        return f"#{inner['$ref']}"
    if names == {"type"} and isinstance(kind, str):
        return kind
    if names == {"type", "format"} and isinstance(kind, str):
        return f"{kind}:{inner['format']}"
    if names == {"type", "items"} and kind == "array":
        return [inner["items"]]
    if kind == "object" and "properties" in inner:
        return _with_members(inner)
    return inner


def full(value: Any) -> Schema:
    """What `short` was given."""
    if isinstance(value, list):
        return {"items": full(value[0]), "type": "array"}
    if isinstance(value, str) and value.startswith("#"):
        return {"$ref": value[1:]}
    if isinstance(value, str):
        kind, _, form = value.partition(":")
        return {"format": form, "type": kind} if form else {"type": kind}
    schema = dict(value)
    if "members" in schema:
        members = schema.pop("members")
        marked = [name[:-1] for name in members if name.endswith("!")]
        required = sorted([*marked, *schema.pop("required", [])])
        schema |= {"properties": {name.removesuffix("!"): inner for name, inner in members.items()}, "type": "object"}
        schema |= {"required": required} if required else {}
    return _sorted(_inside(schema, full))


def references(value: Any) -> Iterable[str]:
    """The definitions that facts in full form refer to, themselves alone."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def _with_members(schema: Schema) -> Schema:
    properties, required = schema["properties"], schema.get("required", [])
    rest = {name: value for name, value in schema.items() if name not in ("type", "properties", "required")}
    if unnamed := [name for name in required if name not in properties]:
        rest["required"] = unnamed
    return rest | {"members": {f"{name}!" if name in required else name: one for name, one in properties.items()}}


def _inside(schema: Schema, change: Callable[[Any], Any]) -> Schema:
    """The schema with the schemas inside it changed."""
    made = dict(schema)
    for name, value in schema.items():
        if name == "properties":
            made[name] = {member: change(value[member]) for member in sorted(value)}
        elif name in ("allOf", "anyOf", "oneOf"):
            made[name] = [change(one) for one in value]
        elif name == "items" or (name == "additionalProperties" and not isinstance(value, bool)):
            made[name] = change(value)
    return made


def _sorted(schema: Schema) -> Schema:
    return {name: schema[name] for name in sorted(schema)}
