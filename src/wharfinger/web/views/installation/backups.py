"""Settings, Backups: what is kept, one made now, and a restored copy that becomes the live installation."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from wharfinger.db.queries.installation.backups import backup_standing, list_backups
from wharfinger.db.queries.installation.live import live_facts
from wharfinger.domain.installation.backups import BackupState
from wharfinger.domain.installation.people import Right
from wharfinger.operations.installation import backups, live
from wharfinger.operations.refusals import Refused
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import person, trade_now
from wharfinger.web.rights import needs
from wharfinger.web.second_factor import needs_password

LIST = "backup-list"


@needs(Right.ADMINISTER)
@require_safe
def show_backups(request: HttpRequest) -> HttpResponse:
    rows = list_backups()
    under_way = any(row.state in (BackupState.WANTED, BackupState.RUNNING) for row in rows)
    part = live_part(
        request, LIST, "wharfinger/settings/backup_list.html", {"backups": rows}, every="1s", settled=not under_way
    )
    if asks_for(request, LIST):
        return answer_live(request, part)
    kept = settings.WHARFINGER.backups
    context = {
        "live": part,
        "standing": backup_standing(),
        "kept": kept,
        "facts": live_facts(),
        "made_passphrase": not kept.key,
    }
    return render(request, "wharfinger/settings/backups.html", context)


@needs(Right.ADMINISTER)
@require_POST
def make_now(request: HttpRequest) -> HttpResponse:
    """The worker makes it; the page shows how far it is."""
    backups.want_backup(user=person(request), now=trade_now(), machine_now=settings.CLOCK.machine_now())
    return redirect("backups")


@needs(Right.ADMINISTER)
@needs_password
@require_POST
def go_live(request: HttpRequest) -> HttpResponse:
    if request.POST.get("former_is_stopped") != "on":
        messages.error(request, gettext("Nothing was changed: tick that the former installation is stopped."))
        return redirect("backups")
    try:
        live.go_live(user=person(request), now=trade_now(), machine_now=settings.CLOCK.machine_now())
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(
            request, gettext("This is the live installation now. Amazon is read first: nothing is confirmed twice.")
        )
    return redirect("backups")


routes = [
    path("settings/backups/", show_backups, name="backups"),
    path("settings/backups/now/", make_now, name="backup-now"),
    path("settings/backups/live/", go_live, name="go-live"),
]
