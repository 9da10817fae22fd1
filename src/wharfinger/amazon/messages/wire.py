"""How Amazon's JSON is read: tolerant of its habits, strict about what a shop stands on.

Unknown members are ignored; closed sets of the models are plain strings (behaviour M05); nearly every
member is optional (O16); booleans and counts may come as strings (O23); amounts come as strings or
numbers and become exact Decimals through their text (M12); null and missing are the same; times become aware UTC.
What is required and missing, or what cannot be read, raises `Unreadable`, which names the path but no value.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

import msgspec

T = TypeVar("T")
Count = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
"""A quantity in units; what a database's integer could not hold is no quantity."""


class Unreadable(ValueError):
    """The bytes are no such message. The text names the place, never the content."""


class Message(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A part of Amazon's JSON: camelCase there, snake_case here."""


class PersonalMessage(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A part that holds personal data: repr does not show it, so that no log does."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: personal>"


class Money(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """An amount in the currency's main unit, exactly as Amazon wrote it, of any sign; the code in capitals."""

    amount: Decimal
    currency_code: str

    def __post_init__(self) -> None:
        check_number(self.amount)
        msgspec.structs.force_setattr(self, "currency_code", self.currency_code.strip().upper())


def check_number(number: Decimal) -> None:
    """ValueError for what is no number of trade: NaN, infinity, or one of more than 15 digits on either side."""
    if not number.is_finite():
        raise ValueError("the number is not finite")
    exponent = number.as_tuple().exponent
    if number.adjusted() >= 15 or (isinstance(exponent, int) and exponent < -15):
        raise ValueError("the number is out of all proportion")


def in_utc(moment: datetime | None) -> datetime | None:
    """Aware UTC; Amazon's times without a zone are UTC (developer-docs iso-8601)."""
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def put_in_utc(message: msgspec.Struct, *names: str) -> None:
    """For __post_init__ of a message with times."""
    for name in names:
        msgspec.structs.force_setattr(message, name, in_utc(getattr(message, name)))


_LOOSE = msgspec.json.Decoder(Any, float_hook=Decimal)
_NULLS: tuple[Any, ...] = (None,)
_EMPTIES: tuple[Any, ...] = (None, "", [])


def read(body: bytes, kind: type[T]) -> T:
    """The message in `body`; Unreadable where it is none.

    The straight way first. What fails there is read again without its nulls, then without its empty
    strings and lists, which Amazon sends where the model promises a list, an object or a number.
    NULs go in any case: no database takes them (behaviour R20).
    """
    if b"\\u0000" in body:
        return _read_loosely(body, kind)
    try:
        return msgspec.json.decode(body, type=kind, strict=False)
    except msgspec.ValidationError:
        return _read_loosely(body, kind)
    except (msgspec.DecodeError, UnicodeDecodeError, OverflowError, RecursionError):
        raise Unreadable("no JSON that can be read") from None


def split(body: bytes, kind: type[T]) -> T:
    """As `read`, for a message that keeps parts of itself as bytes: the straight way only."""
    try:
        return msgspec.json.decode(body, type=kind, strict=False)
    except msgspec.ValidationError as error:
        raise Unreadable(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, OverflowError, RecursionError):
        raise Unreadable("no JSON that can be read") from None


def read_each(raws: Iterable[msgspec.Raw], kind: type[T]) -> tuple[tuple[T, ...], tuple[str, ...]]:
    """The messages that can be read, and for each that cannot the place where it is wrong."""
    good: list[T] = []
    bad: list[str] = []
    for number, raw in enumerate(raws):
        try:
            good.append(read(bytes(raw), kind))
        except Unreadable as error:
            bad.append(f"entry {number}: {error}")
    return tuple(good), tuple(bad)


def _read_loosely(body: bytes, kind: type[T]) -> T:
    try:
        loose = _LOOSE.decode(body)
        try:
            return msgspec.convert(_without(loose, _NULLS), type=kind, strict=False)
        except msgspec.ValidationError:
            return msgspec.convert(_without(loose, _EMPTIES), type=kind, strict=False)
    except msgspec.ValidationError as error:
        # Types and paths only, no content: there are no enums here and our own checks name no value.
        raise Unreadable(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, OverflowError, RecursionError, ArithmeticError):
        raise Unreadable("no JSON that can be read") from None


def _without(value: Any, dropped: tuple[Any, ...]) -> Any:
    """Without NULs and the members whose value is one of `dropped`; of list entries only nulls go."""
    match value:
        case dict():
            return {name: _without(inner, dropped) for name, inner in value.items() if inner not in dropped}
        case list():
            return [_without(inner, dropped) for inner in value if inner is not None]
        case str():
            return value.replace("\0", "")
        case _:
            return value


def as_iso(moment: datetime) -> str:
    """As Amazon's parameters want it: UTC, milliseconds, Z. ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be sent to Amazon; give it aware, in UTC")
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
