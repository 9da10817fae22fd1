"""Handling times for some days: their list with what Amazon shows, a new one, one that is edited or deleted."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.queries.stock.handling import PeriodRow, at_amazon, list_periods, period_row, without_effect
from wharfinger.domain.installation.people import Right
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock import handling
from wharfinger.web.forms.stock.handling import HandlingPeriodForm, scope_value
from wharfinger.web.request_context import allowed, person, show_refusal, trade_now
from wharfinger.web.rights import needs, signed_in


@signed_in
@require_safe
def show_periods(request: HttpRequest) -> HttpResponse:
    context = {
        "periods": list_periods(),
        "accounts": at_amazon(),
        "odd": without_effect(),
        "may_edit": allowed(request, Right.EDIT_CHANNELS),
    }
    return render(request, "wharfinger/handling/list.html", context)


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_period(request: HttpRequest) -> HttpResponse:
    form = HandlingPeriodForm(request.POST if request.method == "POST" else None, initial={})
    if request.method == "POST" and form.is_valid():
        try:
            handling.add_period(form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Handling time “%(name)s” is kept.") % {"name": form.entry().name})
            return redirect("handling-list")
    return _render(request, form, None)


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_period(request: HttpRequest, period_id: int) -> HttpResponse:
    row = _or_404(period_id)
    scope = scope_value(row.channel_id, row.profile_id)
    first: dict[str, Any] = {
        "name": row.name,
        "first_day": row.first_day,
        "last_day": row.last_day,
        "days": row.days,
        "holds_for": scope,
        "version": row.version,
    }
    kept = (scope, row.channel or row.profile) if scope else None
    form = HandlingPeriodForm(request.POST if request.method == "POST" else None, initial=first, kept=kept)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            changed = handling.edit_period(
                period_id, form.entry(), version=version, now=trade_now(), user=person(request)
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            text = ngettext(
                "Saved. %(count)s listing is worked out anew.",
                "Saved. %(count)s listings are worked out anew.",
                changed,
            )
            messages.success(request, text % {"count": changed})
            return redirect("handling-list")
    return _render(request, form, row)


def _or_404(period_id: int) -> PeriodRow:
    row = period_row(period_id)
    if row is None:
        raise Http404
    return row


def _render(request: HttpRequest, form: HandlingPeriodForm, row: PeriodRow | None) -> HttpResponse:
    context = {"form": form, "period": row}
    return render(request, "wharfinger/handling/form.html", context, status=422 if form.errors else 200)


@needs(Right.EDIT_CHANNELS)
@require_POST
def delete_period(request: HttpRequest, period_id: int) -> HttpResponse:
    _or_404(period_id)
    name = handling.delete_period(period_id, now=trade_now(), user=person(request))
    messages.success(request, gettext("Handling time “%(name)s” is deleted.") % {"name": name})
    return redirect("handling-list")


@needs(Right.EDIT_CHANNELS)
@require_POST
def send_again(request: HttpRequest) -> HttpResponse:
    count = handling.send_again(now=trade_now(), user=person(request))
    text = ngettext(
        "The handling time of %(count)s SKU is sent again.",
        "The handling times of %(count)s SKUs are sent again.",
        count,
    )
    messages.success(request, text % {"count": count})
    return redirect("handling-list")


routes = [
    path("handling-times/", show_periods, name="handling-list"),
    path("handling-times/new/", new_period, name="handling-new"),
    path("handling-times/send-again/", send_again, name="handling-send-again"),
    path("handling-times/<int:period_id>/", edit_period, name="handling-edit"),
    path("handling-times/<int:period_id>/delete/", delete_period, name="handling-delete"),
]
