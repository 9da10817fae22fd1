"""Site groups, which stand on the page Sites: a new one, one that is edited or deleted."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from wharfinger.db.queries.stock.warehouse.site_groups import SiteGroupRow, site_group_row
from wharfinger.domain.installation.people import Right
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock.warehouse import site_groups
from wharfinger.web.forms.stock.site_groups import SiteGroupForm
from wharfinger.web.request_context import person, show_refusal, trade_now
from wharfinger.web.rights import needs


@needs(Right.EDIT_STOCK)
@require_http_methods(["GET", "HEAD", "POST"])
def new_group(request: HttpRequest) -> HttpResponse:
    form = SiteGroupForm(request.POST if request.method == "POST" else None, initial={})
    if request.method == "POST" and form.is_valid():
        try:
            site_groups.add_site_group(form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            made = {"name": form.entry().name}
            messages.success(
                request, gettext("Site group %(name)s is created. Choose it as the Site of a channel.") % made
            )
            return redirect("site-list")
    return _render(request, form, None)


@needs(Right.EDIT_STOCK)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_group(request: HttpRequest, site_group_id: int) -> HttpResponse:
    row = _or_404(site_group_id)
    first: dict[str, Any] = {
        "name": row.name,
        "sites": [pk for pk, _ in row.sites],
        "may_split": row.may_split,
        "version": row.version,
    }
    form = SiteGroupForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            changed = site_groups.edit_site_group(
                site_group_id, form.entry(), version=version, now=trade_now(), user=person(request)
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            text = ngettext(
                "Saved. %(count)s listing is worked out anew.",
                "Saved. %(count)s listings are worked out anew.",
                changed,
            )
            messages.success(request, text % {"count": changed})
            return redirect("site-list")
    return _render(request, form, row)


def _or_404(site_group_id: int) -> SiteGroupRow:
    row = site_group_row(site_group_id)
    if row is None:
        raise Http404
    return row


def _render(request: HttpRequest, form: SiteGroupForm, row: SiteGroupRow | None) -> HttpResponse:
    context = {"form": form, "group": row}
    return render(request, "wharfinger/sites/group_form.html", context, status=422 if form.errors else 200)


@needs(Right.EDIT_STOCK)
@require_POST
def delete_group(request: HttpRequest, site_group_id: int) -> HttpResponse:
    _or_404(site_group_id)
    try:
        name = site_groups.delete_site_group(site_group_id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("site-group-edit", site_group_id=site_group_id)
    messages.success(request, gettext("Site group %(name)s is deleted.") % {"name": name})
    return redirect("site-list")


routes = [
    path("sites/groups/new/", new_group, name="site-group-new"),
    path("sites/groups/<int:site_group_id>/", edit_group, name="site-group-edit"),
    path("sites/groups/<int:site_group_id>/delete/", delete_group, name="site-group-delete"),
]
