"""Pick lists: made of ticked orders or of a filter, on the screen or as a PDF, closed when everything is fetched."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from wharfinger.db.queries.shipping.label_batches import batches_of_list
from wharfinger.db.queries.shipping.pick_lists import list_pick_lists, wave
from wharfinger.domain.installation.people import Right
from wharfinger.domain.shipping.pick_lists import PickListState
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import pick_lists
from wharfinger.operations.shipping.pick_lists import Made
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.packing.pick_list_pdf import pick_list_pdf
from wharfinger.web.packing.pick_lists import ShownList, WaveForm, shown_list
from wharfinger.web.request_context import allowed, message_of, numbers, person, today, trade_now
from wharfinger.web.rights import View, needs, signed_in
from wharfinger.web.views.orders.order_lists import back_to_list, reason_of, tell_reasons

BY_TOTAL, BY_ORDER = "total", "order"


@signed_in
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    """All pick lists, the newest first, and the way to a new one."""
    return _show(request, WaveForm(initial=dict(request.GET.items())))


def _show(request: HttpRequest, form: WaveForm) -> HttpResponse:
    context = {
        "page": list_pick_lists(request.GET.get("at", ""), open_only="open" in request.GET),
        "open_only": "open" in request.GET,
        "form": form,
        "may_ship": allowed(request, Right.SHIP),
    }
    return render(request, "wharfinger/pick_lists/list.html", context, status=422 if form.errors else 200)


@needs(Right.SHIP)
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """The most urgent orders that fit the filter."""
    form = WaveForm(request.POST)
    if not form.is_valid():
        return _show(request, form)
    ids = wave(form.wanted(), today(), form.cleaned_data["size"])
    if not ids:
        messages.warning(
            request,
            gettext(
                "No order fits: none is ready to leave, or each is on an open pick list already. Choose less of a "
                "filter, or look at the open lists below."
            ),
        )
        return _show(request, form)
    made = _made(request, list(ids), form.described())
    if made is None or made.list_id is None:
        return redirect("pick-list-list")
    return redirect("pick-list", list_id=made.list_id)


@needs(Right.SHIP)
@require_POST
def make_of_ticked(request: HttpRequest) -> HttpResponse:
    """Of the orders that were ticked in Sales Orders."""
    made = _made(request, numbers(request.POST.getlist("ids")), gettext("ticked in Sales Orders"))
    if made is None or made.list_id is None:
        return back_to_list(request)
    return redirect("pick-list", list_id=made.list_id)


def _made(request: HttpRequest, ids: list[int], chosen: str) -> Made | None:
    try:
        made = pick_lists.make_pick_list(ids, chosen=chosen, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
        return None
    if made.list_id is not None:
        said = ngettext("The pick list has %(orders)s order.", "The pick list has %(orders)s orders.", made.orders)
        messages.success(request, said % {"orders": made.orders})
    tell_reasons(request, [reason_of(*each) for each in made.left_out])
    return made


def _list_or_404(list_id: int) -> ShownList:
    shown = shown_list(list_id, today())
    if shown is None:
        raise Http404
    return shown


def _way(request: HttpRequest) -> str:
    return BY_ORDER if request.GET.get("by") == BY_ORDER else BY_TOTAL


@signed_in
@require_safe
def show_one(request: HttpRequest, list_id: int) -> HttpResponse:
    shown, by = _list_or_404(list_id), _way(request)
    may_act = shown.row.state is PickListState.OPEN and allowed(request, Right.SHIP)
    context: dict[str, Any] = {"list": shown, "by": by, "may_act": may_act}
    part = "wharfinger/pick_lists/by_order.html" if by == BY_ORDER else "wharfinger/pick_lists/by_total.html"
    settled = shown.row.state is not PickListState.OPEN
    live = live_part(request, "pick-list", part, context, every="5s", settled=settled)
    if asks_for(request, "pick-list"):
        return answer_live(request, live)
    tabs = [
        {"title": gettext("By total"), "url": request.path, "current": by == BY_TOTAL, "count": len(shown.shelves)},
        {
            "title": gettext("By order"),
            "url": f"{request.path}?by={BY_ORDER}",
            "current": by == BY_ORDER,
            "count": len(shown.orders),
        },
    ]
    page = {**context, "live": live, "tabs": tabs, "batches": batches_of_list(list_id)[:3]}
    return render(request, "wharfinger/pick_lists/page.html", page)


@signed_in
@require_safe
def as_pdf(request: HttpRequest, list_id: int) -> HttpResponse:
    shown = _list_or_404(list_id)
    body = pick_list_pdf(shown, by_order=_way(request) == BY_ORDER, now=trade_now())
    headers = {"Content-Disposition": f'inline; filename="{shown.row.code}.pdf"'}
    return HttpResponse(body, content_type="application/pdf", headers=headers)


def _end(act: Callable[..., object], said: Callable[[], str]) -> View:
    @needs(Right.SHIP)
    @require_POST
    def end(request: HttpRequest, list_id: int) -> HttpResponse:
        shown = _list_or_404(list_id)
        try:
            act(list_id, now=trade_now(), user=person(request))
        except Refused as refused:
            messages.error(request, message_of(refused))
        else:
            messages.success(request, said() % {"list": shown.row.code})
        return redirect("pick-list", list_id=list_id)

    return end


close = _end(pick_lists.close_pick_list, lambda: gettext("%(list)s is closed: what may leave of it counts as picked."))
discard = _end(
    pick_lists.discard_pick_list, lambda: gettext("%(list)s is discarded: its orders may be on another list.")
)


@needs(Right.SHIP)
@require_POST
def take_off(request: HttpRequest, list_id: int, order_id: int) -> HttpResponse:
    shown = _list_or_404(list_id)
    try:
        code = pick_lists.take_off(list_id, order_id=order_id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        said = gettext("%(order)s is off %(list)s, and may be on another pick list.")
        messages.success(request, said % {"order": code, "list": shown.row.code})
    return redirect(f"{reverse('pick-list', args=[list_id])}?by={BY_ORDER}")


routes = [
    path("shipping/pick/", show_list, name="pick-list-list"),
    path("shipping/pick/new/", make, name="pick-list-new"),
    path("shipping/pick/ticked/", make_of_ticked, name="pick-list-ticked"),
    path("shipping/pick/<int:list_id>/", show_one, name="pick-list"),
    path("shipping/pick/<int:list_id>/pdf/", as_pdf, name="pick-list-pdf"),
    path("shipping/pick/<int:list_id>/close/", close, name="pick-list-close"),
    path("shipping/pick/<int:list_id>/discard/", discard, name="pick-list-discard"),
    path("shipping/pick/<int:list_id>/<int:order_id>/take-off/", take_off, name="pick-list-take-off"),
]
