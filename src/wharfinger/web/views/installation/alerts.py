"""Alerts: what people must know in time, on a page of its own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from wharfinger.db.queries.installation.alerts import list_alerts
from wharfinger.db.queries.installation.mail import recipients
from wharfinger.domain.installation.alerts import MailWay
from wharfinger.domain.installation.people import Right
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import allowed
from wharfinger.web.rights import signed_in
from wharfinger.web.views.installation.mail import way_of_mail


@signed_in
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    closed = request.GET.get("show") == "closed"
    way = way_of_mail()
    context = {
        "page": list_alerts(closed=closed, cursor=request.GET.get("at", "")),
        "closed": closed,
        "way": way,
        "nowhere": way is MailWay.NONE,
        "nobody": way is not MailWay.NONE and not recipients(),
        "may_fix": allowed(request, Right.EDIT_CHANNELS),
        "may_administer": allowed(request, Right.ADMINISTER),
    }
    rows = live_part(request, "rows", "wharfinger/alerts/rows.html", context, every="3s", settled=closed)
    if asks_for(request, "rows"):
        return answer_live(request, rows)
    return render(request, "wharfinger/alerts/list.html", {**context, "live": rows})


routes = [path("alerts/", show_list, name="alert-list")]
