"""Demo systems: the running shop, made with one click; the page shows how far it is."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from wharfinger.db.queries.installation.running_shop import shop_progress
from wharfinger.domain.installation.people import Right
from wharfinger.domain.installation.running_shop import DAYS, ShopState
from wharfinger.operations.installation.running_shop import ask_for_running_shop
from wharfinger.operations.refusals import Refused
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import allowed, message_of, person, trade_now
from wharfinger.web.rights import needs, signed_in


def may_show_shop(request: HttpRequest) -> bool:
    """Only a demo with a simulator has one to show, and only an administrator may have it made."""
    installation = settings.WHARFINGER
    return installation.system == "demo" and bool(installation.simulator_url) and allowed(request, Right.ADMINISTER)


@needs(Right.ADMINISTER)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    try:
        ask_for_running_shop(user=person(request), now=trade_now(), machine_now=settings.CLOCK.machine_now())
    except Refused as refused:
        messages.error(request, message_of(refused))
        return redirect("dashboard")
    return redirect("running-shop")


@signed_in
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    progress = shop_progress()
    if progress is None:
        return redirect("dashboard")
    context = {"shop": progress, "days": DAYS, "failed": progress.state is ShopState.FAILED}
    context["done"] = progress.state is ShopState.DONE
    settled = progress.state is not ShopState.RUNNING
    live = live_part(request, "shop", "wharfinger/shop/progress.html", context, every="1s", settled=settled)
    if asks_for(request, "shop"):
        return answer_live(request, live)
    context |= {"live": live, "may_begin": may_show_shop(request)}
    return render(request, "wharfinger/shop/page.html", context)


routes = [
    path("running-shop/", show, name="running-shop"),
    path("running-shop/begin/", begin, name="running-shop-begin"),
]
