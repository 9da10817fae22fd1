"""One action for many imported orders: all that the filter shows, with a bar that moves and what failed, and why."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.queries.orders.bulk_actions import BulkPage, bulk_page, list_bulk_actions, not_settled
from wharfinger.db.queries.orders.causes import cause_groups, held_skus
from wharfinger.db.queries.orders.imported_orders import count_chosen
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.bulk_actions import OrderAction
from wharfinger.operations.orders import bulk_actions
from wharfinger.operations.refusals import Refused
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.problem_pages import page_of_cause
from wharfinger.web.request_context import allowed, message_of, person, trade_now
from wharfinger.web.rights import needs, signed_in
from wharfinger.web.views.orders.imported_orders import filter_of

FILTERS = ("date_from", "date_to", "channel", "state", "q", "cause")


@signed_in
@require_safe
def show_causes(request: HttpRequest) -> HttpResponse:
    """Every cause for which orders are not imported, with the way to fix it and one button to try all again."""
    groups = [{"group": group, "fix": page_of_cause(group.waits_for, group.channel_id)} for group in cause_groups()]
    context: dict[str, Any] = {
        "groups": groups,
        "held": held_skus(),
        "may_act": allowed(request, Right.FIX_PROBLEMS),
    }
    live = live_part(request, "causes", "wharfinger/bulk_actions/cause_table.html", context, every="5s")
    if asks_for(request, "causes"):
        return answer_live(request, live)
    return render(request, "wharfinger/bulk_actions/causes.html", {**context, "live": live})


@signed_in
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    page = list_bulk_actions(request.GET.get("at", ""))
    return render(request, "wharfinger/bulk_actions/list.html", {"page": page})


@needs(Right.FIX_PROBLEMS)
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, action: str) -> HttpResponse:
    """What is about to happen, to how many; on the button, it begins."""
    chosen = OrderAction.named(action)
    if chosen is None:
        raise Http404
    kept = {name: text for name in FILTERS if (text := request.GET.get(name, ""))}
    wanted = filter_of(request)
    if request.method == "POST":
        try:
            bulk_id = bulk_actions.start(
                chosen, wanted, description=_described(kept), user=person(request), now=trade_now()
            )
        except Refused as refused:
            messages.warning(request, message_of(refused))
            return redirect(f"{reverse('imported-order-list')}?{urlencode(kept)}")
        return redirect("bulk-action", bulk_id=bulk_id)
    context = {
        "action": chosen,
        "orders": count_chosen(wanted),
        "described": _described(kept),
        "list_url": f"{reverse('imported-order-list')}?{urlencode(kept)}",
        "query": urlencode(kept),
    }
    return render(request, "wharfinger/bulk_actions/confirm.html", context)


def _described(kept: dict[str, str]) -> str:
    """What was chosen, as it stands in the address; what was searched may be a buyer's name and is left out."""
    shown = {name: text for name, text in kept.items() if name not in ("q", "cause")}
    parts = [f"{name.replace('_', ' ')} {text}" for name, text in shown.items()]
    return ", ".join([*parts, *(["one cause"] if "cause" in kept else []), *(["a search"] if "q" in kept else [])])


def _page_or_404(bulk_id: int) -> BulkPage:
    page = bulk_page(bulk_id)
    if page is None:
        raise Http404
    return page


@signed_in
@require_safe
def show_one(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """The bar, and below it what was not imported all the same, each with its reason."""
    bulk = _page_or_404(bulk_id)
    failed = not_settled(bulk_id, request.GET.get("at", ""))
    context = {"bulk": bulk, "page": failed}
    live = live_part(
        request, "progress", "wharfinger/bulk_actions/progress.html", context, every="1s", settled=bulk.over
    )
    if asks_for(request, "progress"):
        return answer_live(request, live)
    may_stop = bulk.row.state.open and allowed(request, Right.FIX_PROBLEMS)
    return render(request, "wharfinger/bulk_actions/page.html", {**context, "live": live, "may_stop": may_stop})


@needs(Right.FIX_PROBLEMS)
@require_POST
def stop(request: HttpRequest, bulk_id: int) -> HttpResponse:
    bulk = _page_or_404(bulk_id)
    try:
        bulk_actions.stop(bulk_id, user=person(request), now=trade_now())
    except Refused as refused:
        messages.warning(request, message_of(refused))
    else:
        said = ngettext("Stopped. %(done)s order was done.", "Stopped. %(done)s orders were done.", bulk.row.done)
        messages.success(request, said % {"done": bulk.row.done})
    return redirect("bulk-action", bulk_id=bulk_id)


routes = [
    path("imported-orders/causes/", show_causes, name="import-causes"),
    path("imported-orders/bulk/", show_list, name="bulk-action-list"),
    path("imported-orders/bulk/start/<str:action>/", start, name="bulk-action-start"),
    path("imported-orders/bulk/<int:bulk_id>/", show_one, name="bulk-action"),
    path("imported-orders/bulk/<int:bulk_id>/stop/", stop, name="bulk-action-stop"),
]
