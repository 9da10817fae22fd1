"""Differences at Amazon: listings that do not show what was sent, whose change that is, and sending again."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from wharfinger.db.queries.channels.channel_products import channel_choices
from wharfinger.db.queries.channels.drift import DriftFilter, add_up_drift, every_drift, list_drift
from wharfinger.domain.installation.people import Right
from wharfinger.domain.stock.drift import WHAT_TO_DO
from wharfinger.operations.stock import listings
from wharfinger.web.forms.stock.drift import DriftFilterForm
from wharfinger.web.list_views.drift import DIFFERENCES
from wharfinger.web.list_views.exports import export, export_routes
from wharfinger.web.list_views.state import address_of_view, read_list
from wharfinger.web.request_context import allowed, numbers, person, trade_now
from wharfinger.web.rights import needs, signed_in


@signed_in
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    if (address := address_of_view(request, DIFFERENCES)) is not None:
        return redirect(address)
    form = DriftFilterForm(request.GET, channels=channel_choices())
    wanted, shown, now = _filter(form), read_list(request, DIFFERENCES), trade_now()
    page = list_drift(wanted, now=now, cursor=shown.cursor, sorting=shown.sorting, size=shown.size)
    context: dict[str, Any] = {
        "page": page,
        "lines": [(row, gettext(WHAT_TO_DO[row.cause])) for row in page.rows],
        "list": shown,
        "form": form,
        "totals": add_up_drift(wanted, now=now, everything=shown.all_totals),
        "filtered": shown.filtered,
        "may_fix": allowed(request, Right.FIX_PROBLEMS),
    }
    return render(request, "wharfinger/drift/list.html", context)


@signed_in
@require_safe
def export_list(request: HttpRequest, kind: str) -> HttpResponseBase:
    wanted = _filter(DriftFilterForm(request.GET, channels=channel_choices()))
    shown = read_list(request, DIFFERENCES)
    return export(request, shown, every_drift(wanted, now=trade_now(), sorting=shown.sorting), kind)


def _filter(form: DriftFilterForm) -> DriftFilter:
    form.is_valid()
    cleaned = form.cleaned_data
    return DriftFilter(cleaned.get("channel"), cleaned.get("cause", ""), cleaned.get("q", ""))


@needs(Right.FIX_PROBLEMS)
@require_POST
def send_again(request: HttpRequest) -> HttpResponse:
    """The ticked ones, each worked out now."""
    ids = numbers(request.POST.getlist("ids"))
    if not ids:
        messages.warning(request, gettext("No listing was selected. Tick the listings first, then press Send again."))
    else:
        sent = listings.send_quantities_again(ids, now=trade_now(), user=person(request))
        said = ngettext(
            "The quantity of %(count)s listing is being sent to Amazon.",
            "The quantities of %(count)s listings are being sent to Amazon.",
            sent,
        )
        messages.success(request, said % {"count": sent})
    kept = {key: value for key, value in request.GET.items() if key != "seen"}
    return redirect(f"{reverse('drift-list')}?{urlencode(kept)}" if kept else reverse("drift-list"))


routes = [
    path("stock/differences/", show_list, name="drift-list"),
    *export_routes("stock/differences/", export_list, "drift-export"),
    path("stock/differences/send/", send_again, name="drift-send"),
]
