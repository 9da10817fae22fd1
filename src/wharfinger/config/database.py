from typing import Any

from psycopg import ProgrammingError, conninfo

from wharfinger.config.errors import ConfigurationError

# Waitress keeps its threads and the worker keeps its own, so a connection is kept too; a kept one is
# looked at before use because the database may have been started again in between.
_KEEP_CONNECTION_SECONDS = 300

_KEEPALIVES = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""A silent connection over a network is sent a keep-alive after half a minute, and given up after one minute
without an answer: a firewall forgets it sooner or later, and the system's own time-out is two hours. Seconds; the
last one milliseconds, for what was sent and never acknowledged. The job engine takes its parameters from Django's:
both have them."""


def django_database(url: str | None) -> dict[str, Any]:
    """Django's view of a PostgreSQL address. Without one there is no name, and any use says so."""
    parameters = _parse(url) if url else {}
    over_tcp = _is_over_tcp(str(parameters.get("host", "")), str(parameters.get("hostaddr", "")))
    keepalives = _KEEPALIVES if over_tcp else {}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parameters.pop("dbname", ""),
        "USER": parameters.pop("user", ""),
        "PASSWORD": parameters.pop("password", ""),
        "HOST": parameters.pop("host", ""),
        "PORT": parameters.pop("port", ""),
        "CONN_MAX_AGE": _KEEP_CONNECTION_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {"connect_timeout": 10, "application_name": "wharfinger", **keepalives, **parameters},
    }


def _is_over_tcp(host: str, address: str) -> bool:
    """Without a host, or with a path (`@…`: an abstract socket), PostgreSQL is reached by a socket of this machine."""
    return bool(address) or any(not one.startswith(("/", "@")) for one in host.split(",") if one)


def _parse(url: str) -> dict[str, Any]:
    try:
        parameters = dict(conninfo.conninfo_to_dict(url))
    except ProgrammingError as error:
        raise ConfigurationError(
            "DATABASE_URL cannot be read: write postgresql://user:password@host:5432/name "
            "(percent-encode special characters of the password)."
        ) from error
    if not parameters.get("dbname"):
        raise ConfigurationError(
            "DATABASE_URL names no database: write its name after the last slash, "
            "postgresql://user:password@host:5432/name."
        )
    return parameters
