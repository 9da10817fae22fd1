"""The ship-by board: what is late, must leave today, tomorrow, later, by site and courier service."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_safe

from wharfinger.db.queries.channels.channel_products import channel_choices
from wharfinger.db.queries.orders.late import late_import_rows, late_imports
from wharfinger.db.queries.shipping.board import ship_by_board
from wharfinger.domain.installation.access_log import Access
from wharfinger.domain.installation.people import Right
from wharfinger.web.access_log import note_reading
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import allowed, numbers, today, trade_now
from wharfinger.web.rights import signed_in


@signed_in
@require_safe
def show_board(request: HttpRequest) -> HttpResponse:
    chosen = numbers([request.GET.get("channel", "")])
    channel = chosen[0] if chosen else None
    board = ship_by_board(today(), channel_id=channel, with_customers=allowed(request, Right.SEE_PERSONAL_DATA))
    may_ship = allowed(request, Right.SHIP)
    shown = {
        "board": board,
        "channel": channel,
        "may_ship": may_ship,
        "not_imported": late_import_rows(trade_now()),
        "not_imported_count": late_imports(trade_now()).count(),
    }
    container = live_part(request, "board", "wharfinger/shipping/columns.html", shown, every="5s")
    note_reading(request, Access.LIST, details="board", once_an_hour=asks_for(request, "board"))
    if asks_for(request, "board"):
        return answer_live(request, container)
    context = {"live": container, "channels": channel_choices(), "channel": channel, "may_ship": may_ship}
    return render(request, "wharfinger/shipping/board.html", context)


@signed_in
@require_safe
def to_board(request: HttpRequest) -> HttpResponse:
    """The board's earlier address."""
    query = request.GET.urlencode()
    return redirect(f"/shipping/board/{f'?{query}' if query else ''}")


routes = [
    path("shipping/", to_board, name="shipping"),
    path("shipping/board/", show_board, name="shipping-board"),
]
