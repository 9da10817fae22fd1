"""How codes stand in the indexes that find them; a query writes the very same expression, or the index is not used."""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, CharField, F, Func, Q, TextField, Value
from django.db.models.functions import Collate, Left, Upper

from wharfinger.domain.search_codes import CODE_AT_MOST, SEPARATORS

_BETWEEN_WORDS = SEPARATORS.replace(" ", "") + ",;@+&=()[]<>|*'\""
"""Signs that PostgreSQL's parser would take for a part of a number, an address or a path: blanks in their stead."""


def squeezed(column: str) -> Collate:
    """Capitals with nothing between the pieces, in the order of bytes, by which a beginning is found."""
    bare = Func(F(column), Value(SEPARATORS), Value(""), function="TRANSLATE", output_field=TextField())
    return Collate(Upper(Left(bare, CODE_AT_MOST)), "C")


def digits(column: str) -> Collate:
    """The digits of a code without leading zeros."""
    only = Func(F(column), Value("[^0-9]"), Value(""), Value("g"), function="REGEXP_REPLACE", output_field=TextField())
    return Collate(Func(only, Value("0"), function="LTRIM", output_field=TextField()), "C")


def pieces(*columns: str) -> Func:
    """The pieces of codes and the words of names, for a GIN index."""
    text: Any = F(columns[0])
    for column in columns[1:]:
        text = Func(
            text, Value(" "), F(column), template="(%(expressions)s)", arg_joiner=" || ", output_field=TextField()
        )
    blanks = Value(" " * len(_BETWEEN_WORDS))
    apart = Func(text, Value(_BETWEEN_WORDS), blanks, function="TRANSLATE", output_field=TextField())
    return Func(Value("simple"), apart, function="to_tsvector", output_field=CharField())


def begins(column: str, text: str) -> Q:
    """Rows whose column begins with a squeezed text."""
    return _holds(squeezed(column), " LIKE ", Value(f"{_escaped(text)}%"))


def is_code(column: str, text: str) -> Q:
    return _holds(squeezed(column), " = ", Value(text))


def is_any_code(column: str, texts: Sequence[str]) -> Q:
    """As `is_code`, of any number of them in one condition."""
    among = Func(Value(list(texts), output_field=ArrayField(TextField())), function="ANY", output_field=TextField())
    return _holds(squeezed(column), " = ", among)


def digits_begin(column: str, text: str) -> Q:
    return _holds(digits(column), " LIKE ", Value(f"{text}%"))


def digits_are(column: str, text: str) -> Q:
    return _holds(digits(column), " = ", Value(text))


def in_a_row(columns: tuple[str, ...], wanted: tuple[str, ...]) -> Q:
    """The pieces one behind the other, the last one by its beginning."""
    return _found(columns, wanted, " <-> ", begun=False)


def all_words(columns: tuple[str, ...], wanted: tuple[str, ...]) -> Q:
    """Every word by its beginning, wherever it stands."""
    return _found(columns, wanted, " & ", begun=True)


def any_pair(columns: tuple[str, ...], pairs: Sequence[tuple[str, str]]) -> Q:
    """Rows in which both words of one of the pairs stand."""
    written = " | ".join(f"('{first}' & '{second}')" for first, second in pairs)
    looked_for = Func(Value("simple"), Value(written), function="to_tsquery", output_field=CharField())
    return _holds(pieces(*columns), " @@ ", looked_for)


def _found(columns: tuple[str, ...], wanted: tuple[str, ...], between: str, *, begun: bool) -> Q:
    *first, last = (f"'{piece}'" for piece in wanted)
    written = between.join([*(f"{piece}:*" if begun else piece for piece in first), f"{last}:*"])
    looked_for = Func(Value("simple"), Value(written), function="to_tsquery", output_field=CharField())
    return _holds(pieces(*columns), " @@ ", looked_for)


def _holds(left: Any, operator: str, right: Any) -> Q:
    return Q(Func(left, right, template="(%(expressions)s)", arg_joiner=operator, output_field=BooleanField()))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
