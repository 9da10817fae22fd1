"""Stock control sites: the list, a new one, one site with its levels, and loading levels from Amazon."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.queries.stock.fba_ledger import last_ledger_report, ledger_lines, unexplained
from wharfinger.db.queries.stock.sites import (
    SiteLevelRow,
    SiteRow,
    add_up_site_levels,
    every_site_level,
    list_sites,
    loading,
    site_levels,
    site_row,
)
from wharfinger.db.queries.stock.warehouse.site_groups import list_site_groups
from wharfinger.domain.installation.people import Right
from wharfinger.domain.stock.ledger import SENDING_KINDS, SiteKind
from wharfinger.operations import triggers
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock.warehouse import sites
from wharfinger.web.forms.stock.sites import SiteForm
from wharfinger.web.list_views.exports import export, export_routes
from wharfinger.web.list_views.site_levels import SITE_LEVELS
from wharfinger.web.list_views.state import ListState, address_of_view, read_list
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import allowed, next_page, person, show_refusal, trade_now
from wharfinger.web.rights import needs, signed_in


@signed_in
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    sites = list_sites()
    several = sum(site.kind in SENDING_KINDS for site in sites) > 1
    context = {
        "sites": sites,
        "groups": list_site_groups(),
        "may_edit": allowed(request, Right.EDIT_STOCK),
        "may_group": several,
    }
    return render(request, "wharfinger/sites/list.html", context)


def _site_or_404(site_id: int) -> SiteRow:
    site = site_row(site_id)
    if site is None:
        raise Http404
    return site


@signed_in
@require_safe
def show_site(request: HttpRequest, site_id: int) -> HttpResponse:
    if (address := address_of_view(request, SITE_LEVELS)) is not None:
        return redirect(address)
    site, shown = _site_or_404(site_id), read_list(request, SITE_LEVELS)
    levels = _levels(request, site, shown)
    if asks_for(request, "levels"):
        return answer_live(request, levels)
    context = {
        "site": site,
        "live": levels,
        "list": shown,
        "totals": add_up_site_levels(site_id, search=_search(request), everything=shown.all_totals),
        "search": _search(request),
        "ledger": _ledger(site),
        "may_edit": allowed(request, Right.EDIT_STOCK),
    }
    return render(request, "wharfinger/sites/site.html", context)


def _ledger(site: SiteRow) -> dict[str, Any] | None:
    """What Amazon's ledger says of an FBA site that an account uses."""
    if not site.is_fba or not site.account_id:
        return None
    return {
        "report": last_ledger_report(site.account_id),
        "lines": ledger_lines(site.id),
        "unexplained": unexplained(site.id, now=trade_now()),
    }


def _search(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:400]


def _levels(request: HttpRequest, site: SiteRow, shown: ListState[SiteLevelRow]) -> dict[str, Any]:
    found = _search(request)
    context = {
        "site": site,
        "list": shown,
        "page": site_levels(site.id, search=found, cursor=shown.cursor, sorting=shown.sorting, size=shown.size),
        "filtered": bool(found),
        "loading": loading(site.account_id) if site.is_fba and site.account_id else None,
    }
    return live_part(request, "levels", "wharfinger/sites/levels.html", context)


@signed_in
@require_safe
def export_levels(request: HttpRequest, site_id: int, kind: str) -> HttpResponseBase:
    site, shown = _site_or_404(site_id), read_list(request, SITE_LEVELS)
    rows = every_site_level(site.id, search=_search(request), sorting=shown.sorting)
    return export(request, shown, rows, kind)


@needs(Right.EDIT_STOCK)
@require_http_methods(["GET", "HEAD", "POST"])
def new_site(request: HttpRequest) -> HttpResponse:
    first = {"kind": SiteKind.named(request.GET.get("kind", "")), "pool": request.GET.get("pool", ""), "priority": 10}
    form = SiteForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            made = sites.create_site(form.entry(), user=person(request), now=trade_now())
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Site %(site)s is created.") % {"site": made.name})
            return redirect(next_page(request, reverse("site", args=[made.pk])))
    return render(request, "wharfinger/sites/form.html", {"form": form}, status=422 if form.errors else 200)


@needs(Right.EDIT_STOCK)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_site(request: HttpRequest, site_id: int) -> HttpResponse:
    site = _site_or_404(site_id)
    first = {
        "name": site.name,
        "kind": site.kind,
        "pool": site.pool_id,
        "priority": site.priority,
        "address": site.address,
        "time_zone": site.time_zone,
    }
    form = SiteForm(request.POST if request.method == "POST" else None, initial=first, made=True)
    if request.method == "POST" and form.is_valid():
        try:
            sites.edit_site(site_id, form.entry(), user=person(request), now=trade_now())
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("site", site_id=site_id)
    return render(
        request, "wharfinger/sites/form.html", {"form": form, "site": site}, status=422 if form.errors else 200
    )


@needs(Right.EDIT_STOCK)
@require_POST
def load_levels(request: HttpRequest, site_id: int) -> HttpResponse:
    """Ask the worker to read the FBA site's levels from Amazon now; the page shows how it goes."""
    site = _site_or_404(site_id)
    if not site.is_fba:
        messages.error(
            request, gettext("%(site)s is not an FBA site: receive or count its stock instead.") % {"site": site.name}
        )
    elif site.account_id is None:
        messages.error(
            request, gettext("No channel uses this site yet. Choose it as the Site of an FBA channel first.")
        )
    elif triggers.run_flow(site.account_id, "fba_stock_in", soon=True):
        messages.success(request, gettext("The levels are requested from Amazon. They appear here as they arrive."))
    else:
        messages.info(
            request, gettext("The levels are already requested from Amazon. They appear here as they arrive.")
        )
    return redirect(next_page(request, reverse("site", args=[site_id])))


routes = [
    path("sites/", show_list, name="site-list"),
    path("sites/new/", new_site, name="site-new"),
    path("sites/<int:site_id>/", show_site, name="site"),
    *export_routes("sites/<int:site_id>/", export_levels, "site-levels-export"),
    path("sites/<int:site_id>/edit/", edit_site, name="site-edit"),
    path("sites/<int:site_id>/load/", load_levels, name="site-load"),
]
