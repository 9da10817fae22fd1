"""Log lines on standard error, as JSON or as text, with everything that looks like a secret taken out."""

import json
import logging
import re
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

_SECRETS = (
    re.compile(r"Atz[a-z]\|[^\s\"'&,;]+"),  # Amazon's access and refresh tokens
    re.compile(r"amzn1\.oa2-cs\.[\w.]+"),  # an application's client secret
    re.compile(r"(?i)(\bbearer\s+)\S+"),  # before what follows, which takes the word “Bearer” for the secret
    re.compile(
        r"(?i)(?<=[\"'&?\s{,])"
        r"((?:refresh_token|access_token|client_secret|spapi_oauth_code|code|state|password|token"
        r"|x-amz-access-token|authorization|cookie|csrfmiddlewaretoken|secret_key|amazon_state"
        r"|newClientSecret|aws_secret_access_key)"
        r"[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;}]+"
    ),
    re.compile(r"(?<=://)([^\s:/@]*:)[^\s@/]+(?=@)"),  # the password in an address
    re.compile(r"(/(?:setup|password)/#?)[^\s\"'<>]{12,}"),  # the code of a one-time link
)
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def without_secrets(text: str) -> str:
    for pattern in _SECRETS:
        text = pattern.sub(lambda match: f"{match[1] if match.re.groups else ''}[secret]", text)
    return text


class JsonLines(logging.Formatter):
    """One JSON object a line: at (machine time, UTC), level, logger, message, and the extras given."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({key: value for key, value in vars(record).items() if _is_loggable(key)})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        redacted = {key: without_secrets(value) if isinstance(value, str) else value for key, value in line.items()}
        return without_secrets(json.dumps(redacted, default=_short, ensure_ascii=False))


class TextLines(logging.Formatter):
    """One line for a person: time (machine time, UTC), level, logger, message, extras; a traceback follows it."""

    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(record.created))
        extras = [f"{key}={_short(value)}" for key, value in vars(record).items() if _is_loggable(key)]
        message = " ".join([record.getMessage().replace("\n", "\\n"), *extras])
        line = f"{at}.{int(record.msecs):03d} {record.levelname.lower()} {record.name}: {message}"
        return without_secrets(f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line)


FORMATTERS: dict[str, type[logging.Formatter]] = {"json": JsonLines, "text": TextLines}


def _is_loggable(key: str) -> bool:
    # Django hangs the whole request on its records; procrastinate hangs jobs, which are ids only.
    return key not in _OWN and key not in ("request", "server_time", "status_code_text")


def _short(value: object) -> str:
    return without_secrets(repr(value))[:500]


REPEAT_AFTER = 60.0
"""Seconds of machine time: the same fault is written once in so many, with how often it was met since."""
_KNOWN_AT_MOST = 1000
_RUNNING_NUMBERS = re.compile(r"\[\d+\]|\d+\.\d+|0x[0-9a-f]+|\b\d{4,}\b")


class WithoutRepeats(logging.Filter):
    """Keeps a fault that lasts from filling the disk: what is logged as a warning or worse, once a minute each.

    A refusal (400 to 499, or whatever Django's security checks turn away) is no fault of ours: it has no traceback.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        self._met: dict[tuple[object, ...], list[float]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if _is_refusal(record):
            record.exc_info = record.exc_text = None
        if record.levelno < logging.WARNING:
            return True
        with self._lock:
            return self._is_due(record)

    def _is_due(self, record: logging.LogRecord) -> bool:
        now, key = self._clock(), _fault_of(record)
        written = self._met.get(key)
        if written is not None and now - written[0] < REPEAT_AFTER:
            written[1] += 1
            return False
        if written is not None and written[1]:
            record.repeated = int(written[1])
        if len(self._met) >= _KNOWN_AT_MOST:
            self._met = {known: when for known, when in self._met.items() if now - when[0] < REPEAT_AFTER}
        if len(self._met) < _KNOWN_AT_MOST:
            self._met[key] = [now, 0]
        return True


def _fault_of(record: logging.LogRecord) -> tuple[object, ...]:
    """What makes two records the same fault: where an error was raised, else the words without running numbers."""
    if record.exc_info and record.exc_info[2] is not None:
        frames = traceback.extract_tb(record.exc_info[2])
        return (record.name, record.exc_info[0], tuple((frame.filename, frame.lineno) for frame in frames))
    return (record.name, record.levelno, _RUNNING_NUMBERS.sub("", record.getMessage()))


def _is_refusal(record: logging.LogRecord) -> bool:
    status = getattr(record, "status_code", None)
    return record.name.startswith("django.security") or (isinstance(status, int) and 400 <= status < 500)


def logging_settings(level: str, lines: str = "json") -> dict[str, Any]:
    """`lines`: in which of the formats of `FORMATTERS`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": FORMATTERS[lines]}},
        "filters": {"repeats": {"()": "wharfinger.config.logs.WithoutRepeats"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["repeats"]}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # These two tell every request and every job at INFO; that is for looking into something.
            "httpx2": {"level": "DEBUG" if level == "DEBUG" else "WARNING"},
            "httpcore2": {"level": "WARNING"},
            "procrastinate": {"level": "DEBUG" if level == "DEBUG" else "WARNING"},
            "django.db.backends": {"level": "WARNING"},  # statements hold values, and values are secret
        },
    }
