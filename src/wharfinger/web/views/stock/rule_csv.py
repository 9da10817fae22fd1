"""Items' stock rules by CSV: a dry run that shows every change and every row with errors, then all of it or nothing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from wharfinger.db.queries.stock.rule_csv import COLUMNS, plan_rules, rule_lines
from wharfinger.domain.installation.people import Right
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock import stock_rules
from wharfinger.web.csv_files import csv_file
from wharfinger.web.forms.stock.items import CsvForm
from wharfinger.web.request_context import person, show_refusal, trade_now
from wharfinger.web.rights import needs, signed_in
from wharfinger.web.views.stock.stock_csv import shown_plan


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def import_rules(request: HttpRequest) -> HttpResponse:
    """First press: the plan. Second press, with the very same rows: applied."""
    form = CsvForm(request.POST, request.FILES) if request.method == "POST" else CsvForm()
    plan = None
    if form.is_bound and form.is_valid() and form.ask is None:
        text = form.cleaned_data["text"]
        if request.POST.get("step") == "apply" and _applied(request, form, text):
            return redirect("stock-list")
        plan = plan_rules(text).csv
    refused = bool(form.errors) or (plan is not None and bool(plan.errors))
    context = {"form": form, "columns": COLUMNS, **shown_plan(plan)}
    context["text"] = form.cleaned_data["text"] if plan else ""
    return render(request, "wharfinger/stock_rules/import.html", context, status=422 if refused else 200)


def _applied(request: HttpRequest, form: CsvForm, text: str) -> bool:
    try:
        changed = stock_rules.apply_rule_csv(text, now=trade_now(), user=person(request))
    except Refused as refused:
        show_refusal(form, refused)
        return False
    said = ngettext(
        "The stock rule of %(items)s item is changed. Its listings are worked out anew.",
        "The stock rules of %(items)s items are changed. Their listings are worked out anew.",
        changed,
    )
    messages.success(request, said % {"items": changed})
    return True


@signed_in
@require_safe
def export_rules(request: HttpRequest) -> StreamingHttpResponse:
    return csv_file("stock-rules", COLUMNS, rule_lines())


routes = [
    path("stock/rules/import/", import_rules, name="stock-rules-import"),
    path("stock/rules/export.csv", export_rules, name="stock-rules-export"),
]
