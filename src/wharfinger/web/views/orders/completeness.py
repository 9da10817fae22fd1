"""Completeness: Amazon's order report beside what we hold, day by day; gaps by name; Check now."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from wharfinger.db.queries.access.other_programs import signs_of_others
from wharfinger.db.queries.orders.completeness.days import (
    AccountCompleteness,
    Side,
    account_completeness,
    all_completeness,
    completeness_days,
    completeness_gaps,
    every_day,
    every_gap,
)
from wharfinger.domain.access.other_programs import likely
from wharfinger.domain.installation.people import Right
from wharfinger.operations.orders.completeness import order_reports, wanted_orders
from wharfinger.operations.refusals import Refused
from wharfinger.web.csv_files import csv_file
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import allowed, message_of, next_page, person, trade_now
from wharfinger.web.rights import needs, signed_in


@signed_in
@require_safe
def show_accounts(request: HttpRequest) -> HttpResponse:
    """Every account; of a shop that has one only, its own page."""
    accounts = all_completeness(now=trade_now())
    if len(accounts) == 1:
        return redirect("completeness-account", account_id=accounts[0].id)
    return render(request, "wharfinger/completeness/accounts.html", {"accounts": accounts})


def _account_or_404(account_id: int) -> AccountCompleteness:
    account = account_completeness(account_id, now=trade_now())
    if account is None:
        raise Http404
    return account


@signed_in
@require_safe
def show_account(request: HttpRequest, account_id: int) -> HttpResponse:
    account = _account_or_404(account_id)
    context = _frame(request, account)
    context["signs"] = signs = signs_of_others(account_id, now=trade_now())
    context["others"] = [sign.label for sign in likely(signs)]
    context["standing"] = completeness_gaps(account_id, standing=True).rows
    context["page"] = completeness_days(account_id, cursor=request.GET.get("at", ""))
    live = live_part(request, "days", "wharfinger/completeness/days.html", context, every="3s")
    if asks_for(request, "days"):
        return answer_live(request, live)
    return render(request, "wharfinger/completeness/account.html", {**context, "live": live})


@signed_in
@require_safe
def show_gaps(request: HttpRequest, account_id: int) -> HttpResponse:
    """Every gap that a report has shown, with its cause."""
    context = _frame(request, _account_or_404(account_id))
    context["page"] = completeness_gaps(account_id, cursor=request.GET.get("at", ""))
    return render(request, "wharfinger/completeness/gaps.html", context)


def _frame(request: HttpRequest, account: AccountCompleteness) -> dict[str, Any]:
    return {"account": account, "may_fix": allowed(request, Right.FIX_PROBLEMS)}


@needs(Right.FIX_PROBLEMS)
@require_POST
def check_now(request: HttpRequest, account_id: int) -> HttpResponse:
    _account_or_404(account_id)
    try:
        order_reports.check_now(account_id, user=person(request), now=trade_now())
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(request, gettext("A report is requested from Amazon, which takes it some minutes."))
    return redirect("completeness-account", account_id=account_id)


@needs(Right.FIX_PROBLEMS)
@require_POST
def download_again(request: HttpRequest, account_id: int, gap_id: int) -> HttpResponse:
    _account_or_404(account_id)
    try:
        number = wanted_orders.download_again(account_id, gap_id, user=person(request), now=trade_now())
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(request, gettext("%(number)s: requested from Amazon again.") % {"number": number})
    account_page = redirect("completeness-account", account_id=account_id)
    return redirect(next_page(request, account_page.url))


@signed_in
@require_safe
def export_days(request: HttpRequest, account_id: int) -> HttpResponseBase:
    """One line for each day, marketplace and currency."""
    account = _account_or_404(account_id)
    headings = ["day", "marketplace", "whole day", "orders at Amazon", "orders here", "units at Amazon", "units here",
                "currency", "money at Amazon", "money here", "gaps", "explained", "checked"]  # fmt: skip
    rows = (
        (row.day, row.marketplace, row.whole, row.amazon.orders, row.ours.orders, row.amazon.units, row.ours.units,
         currency, _in(currency, row.amazon), _in(currency, row.ours), row.gaps, row.explained, row.checked_at)
        for row in every_day(account_id)
        for currency in sorted({*dict(row.amazon.money), *dict(row.ours.money)}) or [""]
    )  # fmt: skip
    return csv_file(f"completeness-{account.id}", headings, rows)


def _in(currency: str, side: Side) -> object:
    return dict(side.money).get(currency)


@signed_in
@require_safe
def export_gaps(request: HttpRequest, account_id: int) -> HttpResponseBase:
    account = _account_or_404(account_id)
    headings = ["Amazon order", "day", "marketplace", "gap", "state", "cause", "note", "at Amazon", "here",
                "first seen", "downloaded", "settled"]  # fmt: skip
    rows = (
        (row.number, row.day, row.marketplace, ", ".join(kind.label for kind in row.kinds), row.state, row.how,
         row.note, row.amazon, row.ours, row.seen_at, row.downloaded_at, row.settled_at)
        for row in every_gap(account_id)
    )  # fmt: skip
    return csv_file(f"completeness-gaps-{account.id}", headings, rows)


routes = [
    path("completeness/", show_accounts, name="completeness"),
    path("completeness/<int:account_id>/", show_account, name="completeness-account"),
    path("completeness/<int:account_id>/export.csv", export_days, name="completeness-export"),
    path("completeness/<int:account_id>/check/", check_now, name="completeness-check"),
    path("completeness/<int:account_id>/gaps/", show_gaps, name="completeness-gaps"),
    path("completeness/<int:account_id>/gaps/export.csv", export_gaps, name="completeness-gaps-export"),
    path("completeness/<int:account_id>/gaps/<int:gap_id>/download/", download_again, name="gap-download"),
]
