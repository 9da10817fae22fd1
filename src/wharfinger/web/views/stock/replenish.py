"""Replenish an FBA site: what will soon be sold out there, with quantities, into a draft transfer."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from wharfinger.db.queries.stock.sites import site_row
from wharfinger.db.queries.stock.warehouse.replenish import Replenishment, replenishment
from wharfinger.db.queries.stock.warehouse.transfers import sources_and_targets
from wharfinger.domain.installation.people import Right
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock.warehouse import transfers
from wharfinger.operations.stock.warehouse.transfers import TransferEntry
from wharfinger.web.forms.stock.replenish import ReplenishForm, read_units
from wharfinger.web.request_context import message_of, person, trade_now
from wharfinger.web.rights import needs


@needs(Right.EDIT_STOCK)
@require_http_methods(["GET", "HEAD", "POST"])
def replenish(request: HttpRequest, site_id: int) -> HttpResponse:
    site = site_row(site_id)
    if site is None or not site.is_fba:
        raise Http404
    sources, _ = sources_and_targets()
    form = ReplenishForm(sources, request.GET)
    source, below, up_to = form.wanted()
    status = 200
    if request.method == "POST" and source is not None:
        units, wrong = read_units(request.POST)
        if wrong:
            messages.error(request, gettext("Units: give whole numbers. Nothing was drafted."))
            status = 422
        else:
            entry = TransferEntry(source, site_id, gettext("Replenishment"))
            try:
                made = transfers.draft_with_units(entry, units, now=trade_now(), user=person(request))
            except Refused as refused:
                messages.error(request, message_of(refused))
                status = 422
            else:
                return redirect("transfer", transfer_id=made.pk)
    found = Replenishment((), 0)
    if source is not None:
        found = replenishment(site_id, source, below=below, up_to=up_to, now=trade_now())
    entered = {item: request.POST.get(f"item-{item}", "") for item in request.POST.getlist("items")}
    rows = [(one, entered.get(str(one.item_id), one.proposal.units)) for one in found.items]
    context = {
        "site": site,
        "form": form,
        "rows": rows,
        "more": found.more,
        "sources": sources,
        "below": below,
        "up_to": up_to,
    }
    return render(request, "wharfinger/transfers/replenish.html", context, status=status)


routes = [path("sites/<int:site_id>/replenish/", replenish, name="site-replenish")]
