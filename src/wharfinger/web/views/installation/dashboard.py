"""The dashboard, which keeps itself up to date, and Sync now."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from wharfinger.db.queries.dashboard import dashboard
from wharfinger.db.queries.installation.alerts import open_alerts
from wharfinger.db.queries.installation.running_shop import shop_progress
from wharfinger.domain.installation.people import Right
from wharfinger.domain.installation.running_shop import ShopState
from wharfinger.domain.timetable import FLOW_TITLES
from wharfinger.operations.installation import flows
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import allowed, next_page, readers_date, today, trade_now
from wharfinger.web.rights import needs, signed_in
from wharfinger.web.views.installation.running_shop import may_show_shop

ALERTS_SHOWN = 5


@signed_in
@require_safe
def show_dashboard(request: HttpRequest) -> HttpResponse:
    container = dashboard(today(), readers_date())
    may_sync = allowed(request, Right.EDIT_CHANNELS)
    context = {"board": container, "may_sync": may_sync, "board_alerts": open_alerts(ALERTS_SHOWN)}
    live = live_part(request, "board", "wharfinger/dashboard/board.html", context)
    if asks_for(request, "board"):
        return answer_live(request, live)
    may_show = may_show_shop(request)
    shop = shop_progress() if may_show else None
    context |= {
        "live": live,
        "may_edit": may_sync,
        "may_show_shop": may_show,
        "shop_runs": shop is not None and shop.state is ShopState.RUNNING,
    }
    return render(request, "wharfinger/dashboard/dashboard.html", context)


@needs(Right.EDIT_CHANNELS)
@require_POST
def sync_now(request: HttpRequest, account_id: int, flow: str) -> HttpResponse:
    """Sync now: the flow runs before the timetable's work."""
    if flow not in FLOW_TITLES:
        raise Http404
    flows.bring_forward(account_id, flow, now=trade_now())
    messages.success(request, gettext("%(flow)s: running now.") % {"flow": FLOW_TITLES[flow]})
    return redirect(next_page(request, reverse("dashboard")))


routes = [
    path("", show_dashboard, name="dashboard"),
    path("accounts/<int:account_id>/sync/<str:flow>/", sync_now, name="sync-now"),
]
