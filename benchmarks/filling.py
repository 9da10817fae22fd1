"""Tables filled by PostgreSQL itself: one INSERT ... SELECT over generate_series for each."""

import sys
import time
from collections.abc import Mapping
from typing import Any

from django.db import connection, models

LONG = 1.0
"""Seconds of a statement that are shown while tables are filled."""


def taken_away() -> list[str]:
    """Drop every index that no constraint needs; returns how they are made again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'wharfinger\\_%' AND NOT EXISTS "
            "(SELECT 1 FROM pg_constraint WHERE conindid = format('%I.%I', schemaname, indexname)::regclass)"
        )
        found = cursor.fetchall()
        for name, _ in found:
            cursor.execute(f'DROP INDEX "{name}"')
    return [definition.replace("%", "%%") for _, definition in found]


def insert(model: type[models.Model], count: int, joined: str = "", **columns: str) -> None:
    """`columns`: SQL by column, of `n` (from 0; `series.n` where something is joined). Others get their defaults."""
    key = model._meta.pk
    names, values, params = [], [], []
    for field in model._meta.concrete_fields:
        given = columns.get(field.attname)
        if given is None and field is key:
            given = "series.n + 1"
        names.append(f'"{field.column}"')
        values.append("%s" if given is None else given)
        if given is None:
            params.append(_default(field))
    run(
        f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) SELECT {', '.join(values)} "
        f"FROM generate_series(0, {count - 1}) AS series(n) {joined}",
        *params,
    )


def _default(field: Any) -> Any:
    if field.has_default():
        return field.get_db_prep_save(field.get_default(), connection)
    return None if field.null else ("" if field.blank else 0)


def sealed(model: type[models.Model], column: str, value: Mapping[str, Any]) -> Any:
    """As the column keeps it."""
    return model._meta.get_field(column).get_db_prep_save(value, connection)


def run(sql: str, *params: Any) -> None:
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(sql if params else sql.replace("%%", "%"), params or None)
    if (took := time.perf_counter() - began) > LONG:
        print(f"{took:5.1f} s  {sql[:70]}", file=sys.stderr)
