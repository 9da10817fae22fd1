"""Log lines as JSON on standard error, with everything that looks like a secret taken out."""

import json
import logging
import re
import time
from typing import Any

_SECRETS = (
    re.compile(r"Atz[a-z]\|[^\s\"'&,;]+"),  # Amazon's access and refresh tokens
    re.compile(r"amzn1\.oa2-cs\.[\w.]+"),  # an application's client secret
    re.compile(
        r"(?i)(?<=[\"'&?\s{,])"
        r"((?:refresh_token|access_token|client_secret|spapi_oauth_code|code|state|password|token"
        r"|x-amz-access-token|authorization|cookie|csrfmiddlewaretoken|secret_key|amazon_state"
        r"|newClientSecret|aws_secret_access_key)"
        r"[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;}]+"
    ),
    re.compile(r"(?<=://)([^\s:/@]*:)[^\s@/]+(?=@)"),  # the password in an address
    re.compile(r"(?i)(\bbearer\s+)\S+"),
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
        line.update({key: value for key, value in vars(record).items() if _may_be_told(key)})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        told = {key: without_secrets(value) if isinstance(value, str) else value for key, value in line.items()}
        return without_secrets(json.dumps(told, default=_short, ensure_ascii=False))


def _may_be_told(key: str) -> bool:
    # Django hangs the whole request on its records; procrastinate hangs jobs, which are ids only.
    return key not in _OWN and key not in ("request", "server_time", "status_code_text")


def _short(value: object) -> str:
    return without_secrets(repr(value))[:500]


def logging_settings(level: str) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "wharfinger.config.logs.JsonLines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # These two tell every request and every job at INFO; that is for looking into something.
            "httpx2": {"level": "DEBUG" if level == "DEBUG" else "WARNING"},
            "httpcore2": {"level": "WARNING"},
            "procrastinate": {"level": "DEBUG" if level == "DEBUG" else "WARNING"},
            "django.db.backends": {"level": "WARNING"},  # statements hold values, and values are secret
        },
    }
