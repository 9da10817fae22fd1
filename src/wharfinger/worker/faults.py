"""What a database does to whoever uses it: nobody's mistake, and over after a while."""

from django.db import DatabaseError, InterfaceError, OperationalError
from procrastinate.exceptions import ConnectorException

DATABASE_FAULTS = (DatabaseError, InterfaceError, ConnectorException)
"""A job that cannot be put into the queue is Procrastinate's error, a lost connection Django's."""
PASSING_FAULTS = (OperationalError, InterfaceError, ConnectorException)
"""Those of them that another try may be spared: no error of ours in a statement or in data."""


def first_line(error: BaseException) -> str:
    """What happened, in a line: the database's own words where there are any, without the rows of its detail."""
    cause = error.__cause__ or error
    lines = str(cause).strip().splitlines()
    return f"{type(cause).__name__}: {lines[0]}" if lines else type(cause).__name__
