"""Stock by CSV: a dry run that shows every change and every bad row, then all of it or nothing."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from wharfinger.db.queries.stock.stock_csv import COLUMNS, IGNORED, CsvPlan, plan_csv
from wharfinger.db.queries.stock.stock_items import export_lines, item_reorder_levels
from wharfinger.domain.installation.people import Right
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock import stock_csv
from wharfinger.web.csv_files import csv_file
from wharfinger.web.formats import written_number
from wharfinger.web.forms.stock.items import CsvForm
from wharfinger.web.request_context import person, show_refusal, trade_now
from wharfinger.web.rights import needs, signed_in

_SHOWN = 300
_ANSWER = "answer-"


@needs(Right.EDIT_STOCK)
@require_http_methods(["GET", "HEAD", "POST"])
def import_csv(request: HttpRequest) -> HttpResponse:
    """First press: the plan. Second press, with the very same rows: applied."""
    form = CsvForm(request.POST, request.FILES) if request.method == "POST" else CsvForm()
    plan, answers = None, _answers(request)
    if form.is_bound and form.is_valid() and form.ask is None:
        text = form.cleaned_data["text"]
        if request.POST.get("step") == "apply" and _applied(request, form, text, answers):
            return redirect("stock-list")
        if request.POST.get("step") == "headings":
            _remember(request, form)
        plan = plan_csv(text, answers)
    refused = bool(form.errors) or (plan is not None and bool(plan.errors))
    context = {
        "form": form,
        "columns": COLUMNS,
        **shown_plan(plan),
        "ignored": IGNORED,
    }
    context["text"] = form.cleaned_data["text"] if plan else ""
    return render(request, "wharfinger/stock/import.html", context, status=422 if refused else 200)


def _answers(request: HttpRequest) -> dict[str, str]:
    """By the names of the plan's questions."""
    names = (name for name in request.POST if name.startswith(_ANSWER))
    return {name.removeprefix(_ANSWER): request.POST[name] for name in names}


def _remember(request: HttpRequest, form: CsvForm) -> None:
    """What the person says that the file's headings mean."""
    columns = dict(zip(request.POST.getlist("heading"), request.POST.getlist("column"), strict=False))
    try:
        stock_csv.remember_headings(columns, user=person(request), now=trade_now())
    except Refused as refused:
        show_refusal(form, refused)


def _applied(request: HttpRequest, form: CsvForm, text: str, answers: dict[str, str]) -> bool:
    try:
        rows = stock_csv.apply_csv(text, answers, user=person(request), now=trade_now())
    except Refused as refused:
        show_refusal(form, refused)
        return False
    applied = ngettext(
        "%(rows)s row was applied. Every movement is in the ledger.",
        "%(rows)s rows were applied. Every movement is in the ledger.",
        rows,
    )
    messages.success(request, applied % {"rows": rows})
    return True


def shown_plan(plan: CsvPlan | None) -> dict[str, Any]:
    if plan is None:
        return {"plan": None}
    changed_first = sorted(plan.rows, key=lambda row: not row.changes)
    bad = len(plan.errors)
    return {
        "plan": plan,
        "rows_shown": changed_first[:_SHOWN],
        "errors_shown": plan.errors[:_SHOWN],
        "bad_count": ngettext("%(errors)s row with errors", "%(errors)s errors", bad) % {"errors": written_number(bad)},
        "questions_shown": plan.unanswered[:_SHOWN],
        "answered": [question for question in plan.questions if question.answer],
    }


@signed_in
@require_safe
def export_csv(request: HttpRequest) -> StreamingHttpResponse:
    return csv_file(
        "stock", ["stock code", "name", "site", "on hand", "allocated", "available", "bin", "reorder level"], _report()
    )


def _report() -> Iterator[Sequence[object]]:
    for line in export_lines():
        levels = [line.on_hand, line.allocated, line.available] if line.counted else ["", "", ""]
        yield [line.code, line.name, line.site, *levels, line.bins, _units(line.reorder_level)]


@signed_in
@require_safe
def import_file(request: HttpRequest) -> StreamingHttpResponse:
    """The own sites' levels as a stocktake that would change nothing: to be edited and imported again."""
    return csv_file(
        "stock-to-import", ["stock code", "name", "site", "quantity", "mode", "bin", "reorder level"], _levels()
    )


def _levels() -> Iterator[Sequence[object]]:
    for line in export_lines():
        if not line.fba:
            counted = [line.site, line.on_hand, "count"] if line.counted else ["", "", ""]
            if not line.counted and (line.bins or line.reorder_level is not None):
                counted[0] = line.site
            yield [line.code, line.name, *counted, line.bins, _units(line.reorder_level)]
    for code, name, least in item_reorder_levels():
        yield [code, name, "", "", "", "", least]


def _units(least: int | None) -> object:
    return "" if least is None else least


routes = [
    path("stock/import/", import_csv, name="stock-import"),
    path("stock/import/levels.csv", import_file, name="stock-import-file"),
    path("stock/levels.csv", export_csv, name="stock-export"),
]
