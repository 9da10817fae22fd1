"""Connection to Amazon: whether each account's orders are seen, since when not, whose fault it is, what to do."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from wharfinger.db.queries.orders.blindness import Connection, connections
from wharfinger.db.queries.orders.completeness.days import catching_up
from wharfinger.db.queries.orders.completeness.order_reports import accounts_behind
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.blindness import REMEDIES
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import allowed, trade_now
from wharfinger.web.rights import signed_in


@signed_in
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    now, machine_now, behind = trade_now(), settings.CLOCK.machine_now(), accounts_behind()
    context = {
        "accounts": [_row(one, behind) for one in connections(now=now, machine_now=machine_now)],
        "may_sync": allowed(request, Right.EDIT_CHANNELS),
    }
    live = live_part(request, "connection", "wharfinger/connection/accounts.html", context, every="3s")
    if asks_for(request, "connection"):
        return answer_live(request, live)
    return render(request, "wharfinger/connection/page.html", {**context, "live": live})


def _row(one: Connection, behind: frozenset[int]) -> dict[str, Any]:
    return {
        "facts": one,
        "remedy": gettext(REMEDIES[one.blind.whose]) if one.blind else "",
        "behind": catching_up(one.account_id, trade_now()) if one.account_id in behind else None,
    }


routes = [path("connection/", show, name="connection")]
