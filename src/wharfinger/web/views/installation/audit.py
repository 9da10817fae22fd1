"""Settings, Audit log: who changed what, when, before and after. Nothing here can be changed."""

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from wharfinger.db.queries.installation.audit import AuditFilter, audit_page, audited_nouns, every_entry
from wharfinger.db.queries.installation.people import people_choices
from wharfinger.domain.installation.access_log import Access
from wharfinger.domain.installation.people import Right
from wharfinger.web.access_log import note_reading
from wharfinger.web.csv_files import csv_file
from wharfinger.web.forms.audit import AuditFilterForm
from wharfinger.web.request_context import day_after, midnight, numbers
from wharfinger.web.rights import needs


@needs(Right.SEE_AUDIT)
@require_safe
def show_log(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    wanted = _filter(form, request.GET.get("id", ""))
    context = {
        "form": form,
        "page": audit_page(wanted, cursor=request.GET.get("at", "")),
        "filtered": any(request.GET.get(key) for key in [*form.fields, "id"]),
        "of_one": wanted.noun_id,
    }
    note_reading(request, Access.AUDIT)
    return render(request, "wharfinger/audit/log.html", context)


def _form(request: HttpRequest) -> AuditFilterForm:
    return AuditFilterForm(request.GET, people=people_choices(), nouns=audited_nouns())


def _filter(form: forms.Form, noun_id: str) -> AuditFilter:
    """What can be read of it; a wrong date is shown by its field and filters nothing."""
    form.is_valid()
    cleaned = form.cleaned_data
    since, to = cleaned.get("date_from"), cleaned.get("date_to")
    return AuditFilter(
        person=cleaned.get("person"),
        noun=cleaned.get("noun", ""),
        noun_id=str(numbers([noun_id])[0]) if numbers([noun_id]) else "",
        since=midnight(since) if since else None,
        to=day_after(to) if to else None,
    )


@needs(Right.SEE_AUDIT)
@require_safe
def export_log(request: HttpRequest) -> HttpResponseBase:
    """One line a field, so that a spreadsheet can sort by it."""
    wanted = _filter(_form(request), request.GET.get("id", ""))
    rows = (
        (row.at, row.who, row.verb, row.noun, row.noun_id, row.name, change.field, change.before, change.after)
        for row in every_entry(wanted)
        for change in row.changes
    )
    note_reading(request, Access.AUDIT, details="audit.csv")
    headings = ["when", "who", "did", "to", "number", "name", "field", "before", "after"]
    return csv_file("audit-log", headings, rows)


routes = [
    path("settings/audit/", show_log, name="audit-log"),
    path("settings/audit/export.csv", export_log, name="audit-log-export"),
]
