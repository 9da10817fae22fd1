"""Everything that is encrypted, encrypted anew under the first key: some rows of one column at a time.

The key's id stands in each value, so that what is left is found by looking: whatever is killed, nothing is done twice
and nothing is forgotten. Only who holds the keys can do it; the database never sees one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db import connection

from wharfinger.db.encryption import EncryptedBytes, EncryptedJson, EncryptedText, decrypt, encrypt
from wharfinger.operations.transaction import operation

AT_ONCE = 500
_OF_SECOND_FACTORS = ("secret", "seed")
"""Kept by allauth, in our encryption."""


@dataclass(frozen=True, slots=True)
class Column:
    """An encrypted column and the primary key of its table, by their names in the database.

    `member`: where the value stands in a column of JSON; empty = it is the column.
    """

    table: str
    key: str
    name: str
    member: str = ""

    @property
    def value(self) -> str:
        """In SQL."""
        return f"""("{self.name}"->>'{self.member}')""" if self.member else f'"{self.name}"'

    @property
    def anew(self) -> str:
        """What the column becomes with the value `anew.value`, in SQL."""
        if not self.member:
            return "anew.value"
        return f"""jsonb_set("{self.table}"."{self.name}", '{{{self.member}}}', to_jsonb(anew.value))"""


@dataclass(frozen=True, slots=True)
class Step:
    """`after`: the last row that was looked at; None = the column's end. `changed`: rows encrypted anew."""

    after: int | None
    changed: int


def encrypted_columns() -> tuple[Column, ...]:
    kinds = (EncryptedText, EncryptedJson, EncryptedBytes)
    own = tuple(
        Column(model._meta.db_table, str(model._meta.pk.column), str(field.column))
        for model in apps.get_app_config("wharfinger").get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, kinds)
    )
    return (*own, *(Column("mfa_authenticator", "id", "data", member) for member in _OF_SECOND_FACTORS))


def values_by_key() -> Mapping[str, int]:
    """How many values are encrypted under which key: reads every encrypted column whole."""
    counts: dict[str, int] = {}
    for column in encrypted_columns():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT split_part({column.value}, ':', 1), count(*) FROM \"{column.table}\" "
                f"WHERE {column.value} <> '' GROUP BY 1"
            )
            for key_id, number in cursor.fetchall():
                counts[key_id] = counts.get(key_id, 0) + number
    return counts


@operation
def encrypt_some_anew(column: Column, after: int) -> Step:
    """The next rows of the column after this one whose values are under another key than the first.

    Raises NotReadable where a key is missing. A row that somebody holds is waited for, two seconds at most.
    """
    first, _ = settings.WHARFINGER.encryption_keys[0]
    table, key, name, value = f'"{column.table}"', f'"{column.key}"', f'"{column.name}"', column.value
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'; SET LOCAL wharfinger.encrypts_anew = 'yes'")
        cursor.execute(
            f"SELECT {key}, {value} FROM {table} WHERE {key} > %s AND {value} <> '' AND NOT starts_with({value}, %s) "
            f"ORDER BY {key} LIMIT %s FOR NO KEY UPDATE",
            [after, f"{first}:", AT_ONCE],
        )
        rows: Sequence[tuple[int, str]] = cursor.fetchall()
        if not rows:
            return Step(None, 0)
        cursor.execute(
            f"UPDATE {table} SET {name} = {column.anew} FROM unnest(%s::bigint[], %s::text[]) AS anew (id, value) "
            f"WHERE {table}.{key} = anew.id",
            [[row for row, _ in rows], [encrypt(decrypt(stored)) for _, stored in rows]],
        )
    return Step(rows[-1][0] if len(rows) == AT_ONCE else None, len(rows))
