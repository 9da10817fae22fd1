"""Imported Orders: what Amazon sent and what became of it, over all channels or of one."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from wharfinger.db.queries.channels.channel_products import ChannelFacts, channel_choices, channel_facts
from wharfinger.db.queries.orders.imported_orders import (
    ImportedOrderFilter,
    add_up_imported_orders,
    every_imported_order,
    imported_order_page,
    list_imported_orders,
)
from wharfinger.domain.access.authorisation import order_address
from wharfinger.domain.installation.access_log import Access, Subject
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.bulk_actions import AT_ONCE, OrderAction
from wharfinger.domain.orders.order import ImportState
from wharfinger.domain.sentences import N_
from wharfinger.operations.orders import imported_orders
from wharfinger.operations.orders.bulk_actions import start_for
from wharfinger.operations.refusals import Refused
from wharfinger.web.access_log import note_list, note_reading
from wharfinger.web.forms.imported_orders import ImportedOrderFilterForm
from wharfinger.web.list_views.exports import export, export_routes
from wharfinger.web.list_views.imported_orders import IMPORTED_ORDERS
from wharfinger.web.list_views.state import address_of_view, read_list
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import allowed, day_after, message_of, midnight, numbers, person, trade_now
from wharfinger.web.rights import needs, signed_in
from wharfinger.web.views.channels.channel_pages import head_or_404, tab_frame

_UNFINISHED = (ImportState.RETRYING, ImportState.NOT_ATTEMPTED)


@signed_in
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    return _render_list(request, None)


@signed_in
@require_safe
def show_list_of_channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """The channel's Imported Orders tab: the same list with the channel fixed."""
    channel = channel_facts(channel_id)
    if channel is None:
        raise Http404
    return _render_list(request, channel)


def _render_list(request: HttpRequest, channel: ChannelFacts | None) -> HttpResponse:
    if (address := address_of_view(request, IMPORTED_ORDERS)) is not None:
        return redirect(address)
    form = ImportedOrderFilterForm(request.GET, channels=channel_choices())
    sees_people = allowed(request, Right.SEE_PERSONAL_DATA)
    wanted = _filter(form, channel, sees_people=sees_people)
    shown = read_list(request, IMPORTED_ORDERS)
    page = list_imported_orders(
        wanted,
        cursor=shown.cursor,
        with_customers=sees_people,
        sorting=shown.sorting,
        size=shown.size,
    )
    may_act = allowed(request, Right.FIX_PROBLEMS)
    context = {"page": page, "list": shown, "filtered": shown.filtered, "may_act": may_act}
    rows = live_part(request, "rows", "wharfinger/imported_orders/rows.html", context)
    note_list(request, shown, rows=len(page.rows), renewal=asks_for(request, "rows"))
    if asks_for(request, "rows"):
        return answer_live(request, rows)
    frame = tab_frame(request, head_or_404(channel.id), "orders") if channel else {}
    totals = add_up_imported_orders(wanted, everything=shown.all_totals)
    page_context = {
        **frame,
        **context,
        "form": form,
        "live": rows,
        "channel": channel,
        "totals": totals,
        "actions": tuple(OrderAction),
        "fixed_channel": channel.id if channel else request.GET.get("channel") or None,
    }
    return render(request, "wharfinger/imported_orders/list.html", page_context)


@signed_in
@require_safe
def export_list(request: HttpRequest, kind: str, channel_id: int | None = None) -> HttpResponseBase:
    channel = channel_facts(channel_id) if channel_id is not None else None
    if channel_id is not None and channel is None:
        raise Http404
    shown, sees_people = read_list(request, IMPORTED_ORDERS), allowed(request, Right.SEE_PERSONAL_DATA)
    form = ImportedOrderFilterForm(request.GET, channels=channel_choices())
    wanted = _filter(form, channel, sees_people=sees_people)
    rows = every_imported_order(wanted, with_customers=sees_people, sorting=shown.sorting)
    return export(request, shown, rows, kind)


def _filter(form: ImportedOrderFilterForm, channel: ChannelFacts | None, *, sees_people: bool) -> ImportedOrderFilter:
    """What can be read of the filter; a wrong date is shown by its field and filters nothing."""
    form.is_valid()
    cleaned = form.cleaned_data
    date_from, date_to = cleaned.get("date_from"), cleaned.get("date_to")
    return ImportedOrderFilter(
        placed_from=midnight(date_from) if date_from else None,
        placed_to=day_after(date_to) if date_to else None,
        channel_id=channel.id if channel else cleaned.get("channel"),
        state=cleaned.get("state", ""),
        search=cleaned.get("q", ""),
        search_people=sees_people,
        cause=cleaned.get("cause", ""),
    )


def filter_of(request: HttpRequest) -> ImportedOrderFilter:
    """What the list shows at this address."""
    form = ImportedOrderFilterForm(request.GET, channels=channel_choices())
    return _filter(form, None, sees_people=allowed(request, Right.SEE_PERSONAL_DATA))


@signed_in
@require_safe
def show_order(request: HttpRequest, order_id: int) -> HttpResponse:
    page = imported_order_page(order_id, with_customers=allowed(request, Right.SEE_PERSONAL_DATA))
    if page is None:
        raise Http404
    at_amazon = order_address(page.seller_central, page.row.amazon_order_id, settings.WHARFINGER.simulator_url)
    context = {"order": page, "at_amazon": at_amazon, "may_act": allowed(request, Right.FIX_PROBLEMS)}
    settled = page.row.state not in _UNFINISHED
    facts = live_part(request, "facts", "wharfinger/imported_orders/facts.html", context, every="1s", settled=settled)
    note_reading(
        request, Access.IMPORTED_ORDER, Subject.IMPORTED_ORDER, order_id, once_an_hour=asks_for(request, "facts")
    )
    if asks_for(request, "facts"):
        return answer_live(request, facts)
    return render(request, "wharfinger/imported_orders/page.html", {**context, "live": facts})


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said after an action, by the number of orders."""

    one: str
    many: str
    left: str


_ACTIONS = {
    "ignore": (
        imported_orders.ignore,
        _Said(
            N_("1 order is ignored."),
            N_("%(orders)s orders are ignored."),
            N_("Left unchanged, because they are already sales orders: %(orders)s."),
        ),
    ),
    "download": (
        imported_orders.retry_download,
        _Said(
            N_("1 order is downloaded again from Amazon."),
            N_("%(orders)s orders are downloaded again from Amazon."),
            N_("Not downloaded, because they no longer exist: %(orders)s."),
        ),
    ),
    "import": (
        imported_orders.retry_import,
        _Said(
            N_("1 order is imported again from its saved data."),
            N_("%(orders)s orders are imported again from their saved data."),
            N_("Not imported, because their saved data was erased: %(orders)s. Use Retry Download."),
        ),
    ),
}


@needs(Right.FIX_PROBLEMS)
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Ignore / Don't import, Retry Download, Retry Import for the picked rows."""
    ids = numbers(request.POST.getlist("ids"))
    chosen = _ACTIONS.get(request.POST.get("action", ""))
    if chosen is None:
        raise Http404
    if not ids:
        messages.warning(request, gettext("No order was selected. Tick the orders first, then press the button."))
        return _back(request)
    act_on, said = chosen
    if len(ids) > AT_ONCE:
        action = OrderAction(request.POST["action"])
        return redirect("bulk-action", bulk_id=start_for(action, ids, user=person(request), now=trade_now()))
    try:
        done = act_on(ids, user=person(request), now=trade_now())
    except Refused as refused:
        messages.error(request, message_of(refused))
        return _back(request)
    if done:
        messages.success(request, gettext(said.one if done == 1 else said.many) % {"orders": done})
    if done < len(ids):
        messages.warning(request, gettext(said.left) % {"orders": len(ids) - done})
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the one order, or to the list with its filter as it was."""
    of_order = numbers([request.POST.get("order", "")])
    if of_order:
        return redirect("imported-order", order_id=of_order[0])
    of_channel = numbers([request.POST.get("of_channel", "")])
    page = reverse("channel-orders", args=of_channel) if of_channel else reverse("imported-order-list")
    kept = {key: value for key, value in request.GET.items() if key != "seen"}
    return redirect(f"{page}?{urlencode(kept)}")


routes = [
    path("imported-orders/", show_list, name="imported-order-list"),
    *export_routes("imported-orders/", export_list, "imported-order-export"),
    *export_routes("channels/<int:channel_id>/orders/", export_list, "channel-orders-export"),
    path("channels/<int:channel_id>/orders/", show_list_of_channel, name="channel-orders"),
    path("imported-orders/act/", act, name="imported-order-act"),
    path("imported-orders/<int:order_id>/", show_order, name="imported-order"),
]
