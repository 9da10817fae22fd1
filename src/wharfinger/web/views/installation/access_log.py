"""Settings, Access log: who read what holds buyers' data, and who signed in or failed to, for twelve months."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_safe

from wharfinger.db.queries.installation.access_log import (
    AccessFilter,
    add_up_accesses,
    every_access,
    list_accesses,
)
from wharfinger.db.queries.installation.people import people_choices
from wharfinger.domain.installation.access_log import kinds_of
from wharfinger.domain.installation.people import Right
from wharfinger.web.forms.access_log import AccessFilterForm
from wharfinger.web.list_views.access_log import ACCESS_LOG
from wharfinger.web.list_views.exports import export, export_routes
from wharfinger.web.list_views.state import address_of_view, read_list
from wharfinger.web.request_context import day_after, midnight
from wharfinger.web.rights import needs


@needs(Right.ADMINISTER)
@require_safe
def show_log(request: HttpRequest) -> HttpResponse:
    if (address := address_of_view(request, ACCESS_LOG)) is not None:
        return redirect(address)
    form, shown = _form(request), read_list(request, ACCESS_LOG)
    wanted = _filter(form)
    context = {
        "form": form,
        "list": shown,
        "page": list_accesses(wanted, cursor=shown.cursor, size=shown.size),
        "totals": add_up_accesses(wanted, everything=shown.all_totals),
        "filtered": shown.filtered,
    }
    return render(request, "wharfinger/access_log/list.html", context)


@needs(Right.ADMINISTER)
@require_safe
def export_log(request: HttpRequest, kind: str) -> HttpResponseBase:
    return export(request, read_list(request, ACCESS_LOG), every_access(_filter(_form(request))), kind)


def _form(request: HttpRequest) -> AccessFilterForm:
    return AccessFilterForm(request.GET, people=people_choices())


def _filter(form: AccessFilterForm) -> AccessFilter:
    """What can be read of it; a wrong date is shown by its field and filters nothing."""
    form.is_valid()
    cleaned = form.cleaned_data
    since, to = cleaned.get("date_from"), cleaned.get("date_to")
    return AccessFilter(
        person=cleaned.get("person"),
        kinds=tuple(kinds_of(cleaned.get("what", ""))),
        number=cleaned.get("order", ""),
        since=midnight(since) if since else None,
        to=day_after(to) if to else None,
    )


routes = [
    path("settings/access-log/", show_log, name="access-log"),
    *export_routes("settings/access-log/", export_log, "access-log-export"),
]
