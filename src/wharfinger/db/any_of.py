"""Rows by many values of a column: one array, where `__in` writes and escapes a placeholder for each value."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Field, ForeignObject, IntegerField, Lookup, Q


@ForeignObject.register_lookup  # which inherits none of a field's
@Field.register_lookup
class AnyOf(Lookup):
    """`column = ANY (array)`."""

    lookup_name = "any"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        field = self.lhs.output_field
        column = getattr(field, "target_field", field)
        left, params = self.process_lhs(compiler, connection)
        if isinstance(column, IntegerField):
            values: Any = number_array(map(int, self.rhs))
        else:
            values = [column.get_db_prep_value(value, connection) for value in self.rhs]
        return f"{left} = ANY(%s::{_base_type(column, connection)}[])", (*params, values)


def any_of(column: str, values: Iterable[Any]) -> Q:
    """As `Q(column__in=values)`, at a fifth of its time for a hundred values (measured). No queryset, no None."""
    return Q(**{f"{column}__any": list(values)})


def number_array(values: Iterable[int | None]) -> str:
    """Numbers as PostgreSQL writes an array: the driver takes some microseconds for each value of a list."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def _base_type(column: Any, connection: Any) -> str:
    return str(column.rel_db_type(connection)).partition("(")[0]
