"""What was known at a moment: an item's levels and what Amazon had been sent for its listings."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from wharfinger.db.queries.stock.then import item_then, listing_then
from wharfinger.web.request_context import trade_now
from wharfinger.web.rights import signed_in


def _moment(request: HttpRequest) -> tuple[datetime, str]:
    """The moment that the page is for, in the reader's zone, and what is wrong with it; without a right one, now."""
    now, given = trade_now(), request.GET.get("at", "").strip()
    if not given:
        return now, ""
    try:
        at = parse_datetime(given[:40])
        at = timezone.make_aware(at) if at is not None and timezone.is_naive(at) else at
    except (ValueError, OverflowError):
        at = None
    if at is None or at.year < _FIRST_YEAR:
        return now, gettext("Moment: give a date and a time, such as 2026-11-29T14:03.")
    if at > now:
        return now, gettext("Moment: it lies ahead. Give one up to now.")
    return at, ""


_FIRST_YEAR = 1990


def _answer(request: HttpRequest, shown: Any, at: datetime, error: str, back: str) -> HttpResponse:
    if shown is None:
        raise Http404
    context = {
        "shown": shown,
        "at": at,
        "at_field": timezone.localtime(at).strftime("%Y-%m-%dT%H:%M"),
        "error": error,
        "back": back,
        "listings": getattr(shown, "listings", (shown,)),
    }
    return render(request, "wharfinger/stock_rules/then.html", context, status=422 if error else 200)


@signed_in
@require_safe
def show_item(request: HttpRequest, item_id: int) -> HttpResponse:
    at, error = _moment(request)
    return _answer(request, item_then(item_id, at), at, error, reverse("stock-item", args=[item_id]))


@signed_in
@require_safe
def show_listing(request: HttpRequest, listing_id: int) -> HttpResponse:
    at, error = _moment(request)
    return _answer(request, listing_then(listing_id, at), at, error, reverse("listing-why", args=[listing_id]))


routes = [
    path("stock/<int:item_id>/then/", show_item, name="stock-item-then"),
    path("listings/<int:listing_id>/then/", show_listing, name="listing-then"),
]
