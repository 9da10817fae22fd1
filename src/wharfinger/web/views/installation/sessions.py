"""Where the reader is signed in, and the end of it elsewhere."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from wharfinger.db.queries.installation.sessions import sessions_of
from wharfinger.operations.installation import sessions
from wharfinger.web.request_context import person, trade_now
from wharfinger.web.rights import signed_in


@signed_in
@require_safe
def show_sessions(request: HttpRequest) -> HttpResponse:
    this = request.session.session_key or ""
    rows = sessions_of(person(request).pk, this=this, now=settings.CLOCK.machine_now())
    return render(request, "wharfinger/users/sessions.html", {"sessions": rows})


@signed_in
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """One by its id, or all others."""
    ended = sessions.end_sessions(
        person(request),
        wanted=request.POST.get("session", ""),
        this=request.session.session_key or "",
        now=trade_now(),
        machine_now=settings.CLOCK.machine_now(),
    )
    if ended:
        said = ngettext("%(count)s session has ended.", "%(count)s sessions have ended.", ended)
        messages.success(request, said % {"count": ended})
    else:
        messages.info(request, gettext("There was no such session any more."))
    return redirect("sessions")


routes = [
    path("account/sessions/", show_sessions, name="sessions"),
    path("account/sessions/end/", end, name="sessions-end"),
]
