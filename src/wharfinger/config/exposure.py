"""What a live system would send readable over a network: pages without https, a database connection without TLS."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from psycopg import ProgrammingError, conninfo

from wharfinger.config.environment import Configuration
from wharfinger.config.errors import ConfigurationError

_ENCRYPTED = ("require", "verify-ca", "verify-full")


@dataclass(frozen=True, slots=True)
class Exposure:
    """`allowed`: the owner set the variable that says so (another tunnel, a private network)."""

    what: str
    remedy: str
    variable: str
    allowed: bool


def exposures(configuration: Configuration) -> tuple[Exposure, ...]:
    """A demo system holds no real person's data and is left alone."""
    if configuration.system != "live":
        return ()
    found = []
    if not configuration.is_https and not _only_here(configuration):
        found.append(
            Exposure(
                f"pages, passwords and buyers' addresses go over plain http ({configuration.public_url}, listening on "
                f"{configuration.listen_host})",
                "put a reverse proxy with a certificate in front and set WHARFINGER_URL to its https address",
                "WHARFINGER_ALLOW_PLAIN_HTTP",
                configuration.allow_plain_http,
            )
        )
    for far in _databases_elsewhere(configuration):
        found.append(
            Exposure(
                f"the database is on another machine ({far}) and the connection may be without TLS",
                "add ?sslmode=require (or verify-full) to DATABASE_URL",
                "WHARFINGER_ALLOW_PLAIN_DATABASE",
                configuration.allow_plain_database,
            )
        )
    return tuple(found)


def _databases_elsewhere(configuration: Configuration) -> list[str]:
    urls = (configuration.database_url, configuration.database_owner_url)
    return list(dict.fromkeys(far for far in map(_database_elsewhere, urls) if far))


def refuse_exposures(configuration: Configuration) -> None:
    """Before pages or workers start: ConfigurationError for what is exposed and not allowed."""
    for exposure in exposures(configuration):
        if not exposure.allowed:
            sentence = exposure.what[0].upper() + exposure.what[1:]
            raise ConfigurationError(
                f"{sentence}: {exposure.remedy}. If the way there is protected otherwise, set {exposure.variable}=yes."
            )


def _only_here(configuration: Configuration) -> bool:
    public = urlsplit(configuration.public_url).hostname or ""
    return _is_here(public) and _is_here(configuration.listen_host)


def _is_here(host: str) -> bool:
    """This machine alone hears it: a loopback address, a socket's folder, or nothing named."""
    if not host or host.startswith(("/", "@")) or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _database_elsewhere(url: str | None) -> str:
    """Hosts on other machines that may be spoken to without TLS; empty = none."""
    if url is None:
        return ""
    try:
        parameters = conninfo.conninfo_to_dict(url)
    except ProgrammingError:
        return ""  # said where the settings read it
    hosts = str(parameters.get("hostaddr") or parameters.get("host") or "").split(",")
    far = [host for host in hosts if not _is_here(host)]
    return ", ".join(far) if far and parameters.get("sslmode") not in _ENCRYPTED else ""
