"""The ledger and the audit log are only written on: the database itself refuses every other change."""

import pytest
from django.db import DatabaseError, connection, transaction

pytestmark = pytest.mark.django_db

STATEMENTS = (
    "TRUNCATE wharfinger_movement CASCADE",
    "TRUNCATE wharfinger_auditentry",
    # A foreign key carries a TRUNCATE on to the ledger.
    "TRUNCATE wharfinger_site CASCADE",
    "TRUNCATE wharfinger_user CASCADE",
)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_neither_is_emptied(statement):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
