from typing import Any

from psycopg import ProgrammingError, conninfo

from wharfinger.config.errors import ConfigurationError

# Waitress keeps its threads and the worker keeps its own, so a connection is kept too; a kept one is
# looked at before use because the database may have been started again in between.
_KEEP_CONNECTION_SECONDS = 300


def django_database(url: str | None) -> dict[str, Any]:
    """Django's view of a PostgreSQL address. Without one there is no name, and any use says so."""
    told = _parse(url) if url else {}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": told.pop("dbname", ""),
        "USER": told.pop("user", ""),
        "PASSWORD": told.pop("password", ""),
        "HOST": told.pop("host", ""),
        "PORT": told.pop("port", ""),
        "CONN_MAX_AGE": _KEEP_CONNECTION_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {"connect_timeout": 10, "application_name": "wharfinger", **told},
    }


def _parse(url: str) -> dict[str, Any]:
    try:
        told = dict(conninfo.conninfo_to_dict(url))
    except ProgrammingError as error:
        raise ConfigurationError(
            "DATABASE_URL cannot be read: write postgresql://user:password@host:5432/name "
            "(percent-encode special characters of the password)."
        ) from error
    if not told.get("dbname"):
        raise ConfigurationError(
            "DATABASE_URL names no database: write its name after the last slash, "
            "postgresql://user:password@host:5432/name."
        )
    return told
