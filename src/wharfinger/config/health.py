"""For who watches the installation: does this process live, may it be sent requests, what are its numbers?

These addresses are answered before the host is looked at: load balancers and monitors call by address.
"""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from wharfinger.config.environment import START_HEADER
from wharfinger.config.reach import arrival_headers
from wharfinger.db.queries.installation.migration_state import unknown_migrations, waiting_migrations
from wharfinger.domain.counts import counted
from wharfinger.web.metrics import show_metrics

_found_ready = False
"""The database's form was looked at and is ours: a running process need not look again."""


def answer_health(request: HttpRequest) -> HttpResponse:
    """For the parent process: may this web process answer pages?"""
    try:
        _ask_database()
    except DatabaseError:
        return _not_ready("The database does not answer.")
    start = settings.WHARFINGER.start
    return HttpResponse("ok\n", content_type="text/plain", headers={START_HEADER: start} if start else {})


def answer_live(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is looked at: a database that is down is not cured by another process."""
    return HttpResponse("live\n", content_type="text/plain", headers=arrival_headers(request))


def answer_ready(request: HttpRequest) -> HttpResponse:
    """Requests may be sent here: the database answers and is in this version's form; else 503 with the reason."""
    global _found_ready
    try:
        _ask_database()
        reason = "" if _found_ready else _why_not_ours()
    except DatabaseError:
        return _not_ready("The database does not answer.")
    _found_ready = not reason
    return _not_ready(reason) if reason else HttpResponse("ready\n", content_type="text/plain")


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _why_not_ours() -> str:
    if unknown := unknown_migrations():
        return f"The database is newer than this program: it has had {counted(len(unknown), 'unknown step')}."
    waiting = waiting_migrations()
    return f"The database waits for {counted(len(waiting), 'migration')}." if waiting else ""


def _not_ready(reason: str) -> HttpResponse:
    return HttpResponse(f"{reason}\n", content_type="text/plain", status=503)


WATCHED: Mapping[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz": answer_health,
    "/health/live": answer_live,
    "/health/ready": answer_ready,
    "/metrics": show_metrics,
}
