"""The environment, read once into one frozen value that fails loudly.

Nothing else in the installation reads `os.environ`. `read` is pure (a mapping in, a value out); `current`
is the value of this process, made at its first use; `adopt` replaces it when a parent that has just
started the embedded database knows more.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

import platformdirs

from wharfinger.config import secrets
from wharfinger.config.backups import BackupSettings
from wharfinger.config.errors import ConfigurationError

System = Literal["live", "demo"]
_SYSTEMS = ("live", "demo")
LOG_FORMATS = ("json", "text")
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_SMTP_SECURITIES = ("none", "starttls", "tls")
_FEWEST_SECRET_CHARACTERS = 32
START_HEADER = "X-Wharfinger-Start"
"""In the health answer: which start of a parent this process belongs to."""


@dataclass(frozen=True, slots=True)
class Smtp:
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    security: str
    sender: str


@dataclass(frozen=True, slots=True)
class Configuration:
    home: Path
    database_url: str | None = field(repr=False)  # None: the embedded server; the URL may hold a password
    working_url: str | None = field(repr=False)  # the same as the environment says it, whoever connects
    database_owner_url: str | None = field(repr=False)  # who owns the tables, where that is another role
    system: System
    clock: str  # "real" or "file:PATH"
    simulator_url: str | None
    click_and_drop_url: str | None  # demo systems: who answers in place of Royal Mail
    sandbox_url: str | None  # demo systems: who answers in place of Amazon's own sandbox
    public_url: str
    listen_host: str
    listen_port: int
    allowed_hosts: tuple[str, ...]
    trusted_proxy: str  # address of the reverse proxy whose X-Forwarded-For counts; empty = nobody's does
    secret_key: str = field(repr=False)
    encryption_keys: tuple[tuple[str, bytes], ...] = field(repr=False)
    smtp: Smtp | None
    backups: BackupSettings
    metrics_token: str = field(repr=False)  # empty: nobody has one
    allow_plain_http: bool
    allow_plain_database: bool
    alerts_to_private_network: bool  # webhooks may lead into the own network
    log_level: str
    log_format: str  # "json" or "text"
    log_megabytes: int  # of one file of a home's logs
    log_files: int  # how many older ones are kept beside each
    web_threads: int
    start: str = ""  # a parent's own word for this start, see START_HEADER

    @property
    def clock_file(self) -> Path | None:
        return Path(self.clock.removeprefix("file:")) if self.clock.startswith("file:") else None

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")


def read(environ: Mapping[str, str]) -> Configuration:
    """Secrets that have not been made yet read as empty; see `secrets.make_missing_secrets`."""
    home = _home(environ)
    system = _one_of(environ, "WHARFINGER_SYSTEM", _SYSTEMS, "live")
    host, port = _listen(environ)
    public_url = _web_address(environ, "WHARFINGER_URL") or "http://127.0.0.1:8000"
    return Configuration(
        home=home,
        database_url=_database_url(environ),
        working_url=_database_url(environ),
        database_owner_url=_database_owner_url(environ),
        system=cast(System, system),
        clock=_clock(environ, system),
        simulator_url=_stand_in_url(environ, system, "WHARFINGER_SIMULATOR_URL"),
        click_and_drop_url=_stand_in_url(environ, system, "WHARFINGER_CLICK_AND_DROP_URL"),
        sandbox_url=_stand_in_url(environ, system, "WHARFINGER_SANDBOX_URL"),
        public_url=public_url,
        listen_host=host,
        listen_port=port,
        allowed_hosts=_allowed_hosts(environ, public_url, host),
        trusted_proxy=_trusted_proxy(environ),
        secret_key=_secret_key(environ, home),
        encryption_keys=_encryption_keys(environ, home),
        smtp=_smtp(environ),
        backups=_backups(environ, home),
        metrics_token=_metrics_token(environ),
        allow_plain_http=_yes(environ, "WHARFINGER_ALLOW_PLAIN_HTTP"),
        allow_plain_database=_yes(environ, "WHARFINGER_ALLOW_PLAIN_DATABASE"),
        alerts_to_private_network=_yes(environ, "WHARFINGER_ALERTS_TO_PRIVATE_NETWORK"),
        log_level=_one_of(environ, "WHARFINGER_LOG_LEVEL", _LOG_LEVELS, "INFO"),
        log_format=_one_of(environ, "WHARFINGER_LOG_FORMAT", LOG_FORMATS, "json"),
        log_megabytes=_whole_number(environ, "WHARFINGER_LOG_MEGABYTES", 20, 1, 10_000),
        log_files=_whole_number(environ, "WHARFINGER_LOG_FILES", 1, 0, 100),
        web_threads=_whole_number(environ, "WHARFINGER_WEB_THREADS", 8, 1, 256),
        start=environ.get("WHARFINGER_START", ""),
    )


_current: Configuration | None = None


def current() -> Configuration:
    global _current
    if _current is None:
        _current = read(os.environ)  # noqa: TID251 -- this is the one place
    return _current


def adopt(configuration: Configuration) -> Configuration:
    """From now on this is the configuration of this process; call it before Django is set up."""
    global _current
    _current = configuration
    return configuration


def with_database(configuration: Configuration, database_url: str) -> Configuration:
    return replace(configuration, database_url=database_url)


def as_owner(configuration: Configuration) -> Configuration:
    """The same, connected as the role that owns the tables, where that is another one."""
    return with_database(configuration, configuration.database_owner_url or configuration.database_url or "")


def with_encryption_keys(configuration: Configuration, keys: tuple[tuple[str, bytes], ...]) -> Configuration:
    return replace(configuration, encryption_keys=keys)


def keys_of_home(configuration: Configuration) -> tuple[tuple[str, bytes], ...]:
    """Those of the home's file as it is now: another process may have put a new one in front. The owner's stay."""
    text = secrets.read_own_file(secrets.encryption_key_file(configuration.home))
    if text is None or _given_secret(os.environ, "WHARFINGER_ENCRYPTION_KEY") is not None:  # noqa: TID251 -- as `current`
        return configuration.encryption_keys
    return secrets.parse_encryption_keys(text, "The encryption key file")


def with_secrets_of_home(configuration: Configuration) -> Configuration:
    """The same with the secrets that were made since it was read; those given by the owner stay."""
    made: Mapping[str, str] = {}
    return replace(
        configuration,
        secret_key=configuration.secret_key or _secret_key(made, configuration.home),
        encryption_keys=configuration.encryption_keys or _encryption_keys(made, configuration.home),
    )


def child_environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    """This process's environment for a child, with changes (None takes a variable away)."""
    environ = dict(os.environ)  # noqa: TID251 -- children inherit the environment from here only
    for name, value in changes.items():
        if value is None:
            environ.pop(name, None)
        else:
            environ[name] = value
    return environ


def read_home() -> Path:
    """The home alone, before anything else of the environment is read."""
    return _home(os.environ)  # noqa: TID251 -- see `current`


def set_for_this_process(changes: Mapping[str, str | None]) -> None:
    """For tests and commands that must be configured before anything is read (None takes a variable away)."""
    for name, value in changes.items():
        if value is None:
            os.environ.pop(name, None)  # noqa: TID251 -- the only place that changes the environment
        else:
            os.environ[name] = value  # noqa: TID251 -- the only place that changes the environment


def short_folder() -> Path:
    """Where a socket may lie when the path of the home is too long for one (about 100 characters)."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")  # noqa: TID251 -- read here for the same reason
    return Path(runtime) if runtime and Path(runtime).is_dir() else Path("/tmp")


def _home(environ: Mapping[str, str]) -> Path:
    given = environ.get("WHARFINGER_HOME", "").strip()
    if not given:
        return Path(platformdirs.user_data_dir("wharfinger"))
    home = Path(given).expanduser()
    if not home.is_absolute():
        home = Path.cwd() / home
    if home.exists() and not home.is_dir():
        raise ConfigurationError(f"WHARFINGER_HOME is {home}, which is a file: name a folder.")
    return home


def _database_url(environ: Mapping[str, str], name: str = "DATABASE_URL") -> str | None:
    url = environ.get(name, "").strip()
    if not url:
        return None
    if not url.startswith(("postgresql://", "postgres://")):
        kind = url.split(":", 1)[0][:20]
        raise ConfigurationError(
            f"{name} begins with “{kind}:”, but Wharfinger runs on PostgreSQL only: "
            "write postgresql://user:password@host:5432/name, or leave it out for the embedded server."
        )
    return url


def _database_owner_url(environ: Mapping[str, str]) -> str | None:
    url = _database_url(environ, "DATABASE_OWNER_URL")
    if url is not None and _database_url(environ) is None:
        raise ConfigurationError(
            "DATABASE_OWNER_URL is set without DATABASE_URL: name there the role that pages and workers run as, "
            "or leave both out for the embedded server."
        )
    return url


def _one_of(environ: Mapping[str, str], name: str, lawful: tuple[str, ...], otherwise: str) -> str:
    value = environ.get(name, "").strip() or otherwise
    for candidate in lawful:
        if value.lower() == candidate.lower():
            return candidate
    raise ConfigurationError(f"{name} is “{value}”: write one of {', '.join(lawful)}.")


def _yes(environ: Mapping[str, str], name: str) -> bool:
    return _one_of(environ, name, ("yes", "no"), "no") == "yes"


def _whole_number(environ: Mapping[str, str], name: str, otherwise: int, least: int, most: int) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise ConfigurationError(f"{name} is “{text}”: write a whole number from {least} to {most}.")
    return int(text)


def _clock(environ: Mapping[str, str], system: str) -> str:
    clock = environ.get("WHARFINGER_CLOCK", "").strip() or "real"
    if clock == "real":
        return clock
    if not clock.startswith("file:") or clock == "file:":
        raise ConfigurationError(f"WHARFINGER_CLOCK is “{clock}”: write real, or file:PATH in a demo system.")
    if system != "demo":
        raise ConfigurationError(
            "WHARFINGER_CLOCK is a file, but a live system keeps real time: "
            "leave WHARFINGER_CLOCK out, or set WHARFINGER_SYSTEM=demo."
        )
    return clock


def _web_address(environ: Mapping[str, str], name: str) -> str | None:
    url = environ.get(name, "").strip().rstrip("/")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ConfigurationError(f"{name} is “{url}”: write an address such as http://127.0.0.1:8000.")
    try:
        parts.port  # noqa: B018 -- urlsplit checks the port only when it is read
    except ValueError as error:
        raise ConfigurationError(f"{name} is “{url}”: its port is not a number up to 65535.") from error
    return url


def _stand_in_url(environ: Mapping[str, str], system: str, name: str) -> str | None:
    url = _web_address(environ, name)
    if url is not None and system != "demo":
        raise ConfigurationError(
            f"{name} is set, but a live system speaks to no stand-in: leave it out, or set WHARFINGER_SYSTEM=demo."
        )
    return url


def _listen(environ: Mapping[str, str]) -> tuple[str, int]:
    text = environ.get("WHARFINGER_LISTEN", "").strip() or "127.0.0.1:8000"
    host, colon, port = text.rpartition(":")
    lawful = colon and port.isascii() and port.isdigit() and int(port) <= 65535
    if not lawful or not host:
        raise ConfigurationError(f"WHARFINGER_LISTEN is “{text}”: write host:port, such as 127.0.0.1:8000.")
    return host.strip("[]"), int(port)


def _allowed_hosts(environ: Mapping[str, str], public_url: str, listen_host: str) -> tuple[str, ...]:
    given = environ.get("WHARFINGER_ALLOWED_HOSTS", "")
    more = [host.strip() for host in given.split(",") if host.strip()]
    if any("/" in host or " " in host or host == "*" for host in more):
        raise ConfigurationError(
            f"WHARFINGER_ALLOWED_HOSTS is “{given}”: write host names with commas between, "
            "without http:// and without *."
        )
    hosts = [urlsplit(public_url).hostname or "", *more, "127.0.0.1", "localhost"]
    if listen_host not in ("0.0.0.0", "::"):
        hosts.append(listen_host)
    return tuple(dict.fromkeys(f"[{host}]" if ":" in host else host for host in hosts if host))


def _trusted_proxy(environ: Mapping[str, str]) -> str:
    text = environ.get("WHARFINGER_TRUSTED_PROXY", "").strip()
    try:
        return str(ip_address(text)) if text else ""
    except ValueError as error:
        raise ConfigurationError(
            f"WHARFINGER_TRUSTED_PROXY is “{text}”: write the IP address that your reverse proxy calls from, "
            "such as 127.0.0.1."
        ) from error


def _given_secret(environ: Mapping[str, str], name: str) -> tuple[str, str] | None:
    """The secret and the variable it came from."""
    text, file = environ.get(name, "").strip(), environ.get(f"{name}_FILE", "").strip()
    if text and file:
        raise ConfigurationError(f"{name} and {name}_FILE are both set: keep one of them.")
    if file:
        return secrets.read_named_file(f"{name}_FILE", Path(file)), f"{name}_FILE"
    return (text, name) if text else None


def _secret_key(environ: Mapping[str, str], home: Path) -> str:
    given = _given_secret(environ, "WHARFINGER_SECRET_KEY")
    return _long_enough(*given) if given else secrets.read_own_file(secrets.session_key_file(home)) or ""


def _metrics_token(environ: Mapping[str, str]) -> str:
    given = _given_secret(environ, "WHARFINGER_METRICS_TOKEN")
    return _long_enough(*given) if given else ""


def _long_enough(text: str, variable: str) -> str:
    if len(text) < _FEWEST_SECRET_CHARACTERS:
        raise ConfigurationError(
            f"{variable} has {len(text)} characters: give {_FEWEST_SECRET_CHARACTERS} or more random ones."
        )
    return text


def _encryption_keys(environ: Mapping[str, str], home: Path) -> tuple[tuple[str, bytes], ...]:
    given = _given_secret(environ, "WHARFINGER_ENCRYPTION_KEY")
    if given is not None:
        return secrets.parse_encryption_keys(*given)
    file = secrets.encryption_key_file(home)
    text = secrets.read_own_file(file)
    return () if text is None else secrets.parse_encryption_keys(text, str(file))


def _smtp(environ: Mapping[str, str]) -> Smtp | None:
    host = environ.get("WHARFINGER_SMTP_HOST", "").strip()
    if not host:
        return None
    security = _one_of(environ, "WHARFINGER_SMTP_SECURITY", _SMTP_SECURITIES, "starttls")
    sender = environ.get("WHARFINGER_SMTP_FROM", "").strip()
    if "@" not in sender:
        raise ConfigurationError(
            "WHARFINGER_SMTP_FROM is missing: give the address that messages come from, as shop@example.com."
        )
    password = _given_secret(environ, "WHARFINGER_SMTP_PASSWORD")
    return Smtp(
        host=host,
        port=_whole_number(environ, "WHARFINGER_SMTP_PORT", 465 if security == "tls" else 587, 1, 65535),
        user=environ.get("WHARFINGER_SMTP_USER", "").strip(),
        password=password[0] if password else "",
        security=security,
        sender=sender,
    )


def _backups(environ: Mapping[str, str], home: Path) -> BackupSettings:
    to = environ.get("WHARFINGER_BACKUP_TO", "").strip()
    if to.startswith("s3://") and not to.removeprefix("s3://").partition("/")[0]:
        raise ConfigurationError(f"WHARFINGER_BACKUP_TO is “{to}”: write s3://bucket/folder, or a folder's path.")
    if to and "://" in to and not to.startswith("s3://"):
        raise ConfigurationError(f"WHARFINGER_BACKUP_TO is “{to}”: write s3://bucket/folder, or a folder's path.")
    key, secret = _given_secret(environ, "WHARFINGER_BACKUP_KEY"), _given_secret(environ, "WHARFINGER_BACKUP_S3_SECRET")
    return BackupSettings(
        to=to if to.startswith("s3://") else str(Path(to).expanduser().absolute() if to else home / "backups"),
        is_own_folder=not to,
        key=key[0] if key else "",
        passphrase_file=secrets.secret_folder(home) / "backup.passphrase",
        keep_days=_whole_number(environ, "WHARFINGER_BACKUP_KEEP_DAYS", 30, 1, 3650),
        nightly=_one_of(environ, "WHARFINGER_BACKUP_NIGHTLY", ("yes", "no"), "yes") == "yes",
        s3_endpoint=_web_address(environ, "WHARFINGER_BACKUP_S3_ENDPOINT") or "",
        s3_region=environ.get("WHARFINGER_BACKUP_S3_REGION", "").strip(),
        s3_key_id=environ.get("WHARFINGER_BACKUP_S3_KEY_ID", "").strip(),
        s3_secret=secret[0] if secret else "",
        spool=home / "backups",
    )
