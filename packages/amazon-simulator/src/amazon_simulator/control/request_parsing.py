"""Reading the body of a control call: every wrong member is named with its remedy."""

import re
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from amazon_simulator.control.bodies import SELLER_ID
from amazon_simulator.world import NotPossible

Shape = TypeVar("Shape", bound=msgspec.Struct)
Kind = inspect.Type
UNKNOWN = re.compile(r"Object contains unknown field `([^`]+)`")
MISSING = re.compile(r"Object missing required field `([^`]+)`")
PLACE = re.compile(r" - at (?:`key` in )?`\$([^`]*)`$")
IN_MAPPING = re.compile(r"\[\.\.\.\]|at `key` in")
"""A mapping is always a member of the whole body."""
PIECE = re.compile(r"\.?([^.\[\]]+)|\[(\d+|\.\.\.)\]")
PATTERNS = {SELLER_ID: "give 4 to 20 capital letters and digits that no account has yet"}
HIGHEST_AMOUNT = 1_000_000


def read(shape: type[Shape], members: Any) -> Shape:
    """NotPossible names the member that does not fit, and what it may be."""
    try:
        return msgspec.convert(members, shape)
    except msgspec.ValidationError as fault:
        raise NotPossible(_sentence(shape, members, str(fault))) from fault


def amount(name: str, value: Decimal) -> Decimal:
    """An amount of money as a member may have it."""
    if not value.is_finite() or not 0 <= value <= HIGHEST_AMOUNT or value != round(value, 2):
        raise NotPossible(f'{name}: give an amount like "3.99"')
    return value


def _sentence(shape: type[msgspec.Struct], members: Any, message: str) -> str:
    place, missing, unknown = PLACE.search(message), MISSING.match(message), UNKNOWN.match(message)
    path = place.group(1).lstrip(".") if place else ""
    if missing:
        path = f"{path}.{missing.group(1)}".lstrip(".")
    remedy = _remedy(_at(inspect.type_info(shape), path))
    if unknown:
        path, remedy = f"{path}.{unknown.group(1)[:60]}".lstrip("."), _members_of(_at(inspect.type_info(shape), path))
    if IN_MAPPING.search(message):
        name = path.replace("[...]", "")
        path = f"{name}.{_wrong_key(shape, members, name)[:60]}"
    return f"{path or 'the body'}: {remedy}"


def _wrong_key(shape: type[msgspec.Struct], members: Any, name: str) -> str:
    """The first key of a mapping that does not fit, or whose value does not: msgspec does not say which it was."""
    for key, value in members[name].items():
        try:
            msgspec.convert({**members, name: {key: value}}, shape)
        except msgspec.ValidationError:
            return str(key)
    return ""


def _at(kind: Kind, path: str) -> Kind:
    """The kind of what is at that place."""
    kind = _own(kind)
    for name, _ in PIECE.findall(path):
        match kind:
            case inspect.StructType(fields=fields) if name:
                kind = next((field.type for field in fields if field.encode_name == name), kind)
            case inspect.ListType(item_type=inner) | inspect.DictType(value_type=inner):
                kind = inner
            case _:
                pass
        kind = _own(kind)
    return kind


def _own(kind: Kind) -> Kind:
    """What it is when it is given."""
    while isinstance(kind, inspect.Metadata):
        kind = kind.type
    if isinstance(kind, inspect.UnionType):
        return next(one for one in kind.types if not isinstance(one, inspect.NoneType))
    return kind


def _remedy(kind: Kind) -> str:
    match kind:
        case inspect.IntType(ge=least, le=most):
            return "give a whole number" + ("" if most is None else f" from {least} to {most}")
        case inspect.FloatType(ge=least, le=most):
            return f"give a number from {least:g} to {most:g}"
        case inspect.DecimalType():
            return 'give an amount like "3.99"'
        case inspect.BoolType():
            return "give true or false"
        case inspect.StrType(pattern=pattern) if pattern:
            return PATTERNS.get(pattern, f"give a text like {pattern}")
        case inspect.StrType(min_length=1):
            return "must not be empty"
        case inspect.StrType(max_length=most):
            return "give a text" + ("" if most is None else f" of at most {most} characters")
        case inspect.LiteralType(values=values):
            return f"choose from {', '.join(str(value) for value in values if value)}"
        case inspect.ListType(item_type=inner, min_length=least):
            return _remedy_of_list(_own(inner), least)
        case inspect.DictType(key_type=inspect.LiteralType(values=values)):
            return f"choose from {', '.join(map(str, values))}, each with its value"
        case _:
            return "give a JSON object"


def _members_of(kind: Kind) -> str:
    fields = kind.fields if isinstance(kind, inspect.StructType) else ()
    return f"choose from {', '.join(field.encode_name for field in fields)}"


def _remedy_of_list(inner: Kind, least: int | None) -> str:
    if isinstance(inner, inspect.StrType):
        return "give a list of texts"
    if isinstance(inner, inspect.LiteralType):
        return f"choose from {', '.join(map(str, inner.values))}"
    return "give a list with at least one object" if least else "give a list of objects"
