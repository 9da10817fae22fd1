"""What an offer wants to know beside a purchase: a JSON Schema, read as fields of a form. Pure.

Texts, numbers, yes or no, choices, and objects of these in one another are understood; what else a schema asks for
cannot be entered here, and is said.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wharfinger.domain.labels import Labelled
from wharfinger.domain.sentences import N_
from wharfinger.domain.shipping.dispatching import Stays

_DEEPEST = 4
_LONGEST = 1_000


class InputKind(Labelled):
    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    INTEGER = "integer", "Whole number"
    BOOLEAN = "boolean", "Yes or no"


@dataclass(frozen=True, slots=True)
class InputField:
    """`path`: the names from the outermost object to the field. `choices`: empty = anything that fits."""

    path: tuple[str, ...]
    kind: InputKind
    title: str
    help: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    pattern: str = ""
    shortest: int = 0
    longest: int = _LONGEST

    @property
    def name(self) -> str:
        """In a form."""
        return "__".join(self.path)


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """The schema asks for something that no field here holds; `what`: its name."""

    what: str


def read_schema(schema: Mapping[str, Any]) -> tuple[InputField, ...] | NotUnderstood:
    """Its fields in their order; NotUnderstood where a required one cannot be entered."""
    found: list[InputField] = []
    for one in _fields(schema, (), True):
        if isinstance(one, NotUnderstood):
            return one
        found.append(one)
    return tuple(found)


def _fields(schema: Mapping[str, Any], path: tuple[str, ...], needed: bool) -> Iterator[InputField | NotUnderstood]:
    required = {str(name) for name in schema.get("required") or ()}
    for name, rule in (schema.get("properties") or {}).items():
        here, wanted = (*path, str(name)), needed and name in required
        kind = rule.get("type") if isinstance(rule, Mapping) else None
        if kind == "object" and len(here) < _DEEPEST:
            yield from _fields(rule, here, wanted)
        elif kind in ("string", "number", "integer", "boolean"):
            yield _field(here, rule, required=wanted)
        elif wanted:
            yield NotUnderstood(str(name)[:60])


def _field(path: tuple[str, ...], rule: Mapping[str, Any], *, required: bool) -> InputField:
    kind = InputKind.TEXT if rule["type"] == "string" else InputKind(rule["type"])
    return InputField(
        path=path,
        kind=kind,
        title=str(rule.get("title") or path[-1])[:120],
        help=str(rule.get("description") or "")[:300],
        required=required,
        choices=tuple(map(str, rule.get("enum") or ())),
        pattern=str(rule.get("pattern") or ""),
        shortest=int(rule.get("minLength") or 0),
        longest=min(int(rule.get("maxLength") or _LONGEST), _LONGEST),
    )


def fault_of_inputs(schema: Mapping[str, Any], inputs: Mapping[str, Any]) -> Stays | None:
    """The first field that does not fit, by its title; None where all do."""
    fields = read_schema(schema)
    if isinstance(fields, NotUnderstood):
        return Stays(
            N_(
                "This offer wants “%(what)s”, which cannot be entered here. Choose another, or buy it in Seller "
                "Central."
            ),
            values={"what": fields.what},
        )
    for one in fields:
        value = _value_at(inputs, one.path)
        if value is None and one.required:
            return Stays(N_("Give “%(title)s”."), one.name, {"title": one.title})
        if value is not None and not _fits(one, value):
            return Stays(
                N_("“%(title)s” is not in the form that the carrier wants. %(help)s"),
                one.name,
                {"title": one.title, "help": one.help},
            )
    return None


def _value_at(inputs: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = inputs
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return None if found == "" else found


def _fits(one: InputField, value: Any) -> bool:
    if one.choices and str(value) not in one.choices:
        return False
    match one.kind:
        case InputKind.BOOLEAN:
            return isinstance(value, bool)
        case InputKind.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        case InputKind.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case _:
            return isinstance(value, str) and one.shortest <= len(value) <= one.longest and _matches(one.pattern, value)


def _matches(pattern: str, value: str) -> bool:
    """A pattern that is none here is left to Amazon."""
    try:
        return not pattern or re.search(pattern, value) is not None
    except re.error:
        return True


def nested(fields: tuple[InputField, ...], entered: Mapping[str, Any]) -> dict[str, Any]:
    """What was entered by the fields' names, as the objects that the schema wants; what is empty is left out."""
    found: dict[str, Any] = {}
    for one in fields:
        value = entered.get(one.name)
        if value in (None, ""):
            continue
        place = found
        for name in one.path[:-1]:
            place = place.setdefault(name, {})
        place[one.path[-1]] = value
    return found
