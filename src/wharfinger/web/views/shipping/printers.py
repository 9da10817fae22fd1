"""Settings, Printers; and labels sent to the printer that a packer has chosen."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.models import CourierLabel
from wharfinger.db.queries.shipping.printers import PrinterRow, jobs_of_printer, list_printers, printer_row
from wharfinger.domain.installation.access_log import Access, Subject
from wharfinger.domain.installation.people import Right
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import printers
from wharfinger.web.access_log import note_reading
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.packing.printing import PrinterForm, choose_printer, chosen_printer
from wharfinger.web.request_context import message_of, numbers, person, show_refusal, trade_now
from wharfinger.web.rights import needs
from wharfinger.web.second_factor import needs_password, needs_password_to_save


@needs(Right.ADMINISTER)
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    return render(request, "wharfinger/printers/list.html", {"printers": list_printers()})


@needs(Right.ADMINISTER)
@needs_password_to_save
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = PrinterForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = printers.create_printer(form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved. Print a test page to see whether it arrives."))
            return redirect("printer", printer_id=made.pk)
    return render(request, "wharfinger/printers/new.html", {"form": form}, status=422 if form.errors else 200)


def _row_or_404(printer_id: int) -> PrinterRow:
    row = printer_row(printer_id)
    if row is None:
        raise Http404
    return row


@needs(Right.ADMINISTER)
@needs_password_to_save
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, printer_id: int) -> HttpResponse:
    row, jobs = _row_or_404(printer_id), jobs_of_printer(printer_id)
    settled = not any(job.state.moves for job in jobs)
    part: dict[str, Any] = {"jobs": jobs}
    live = live_part(request, "print-jobs", "wharfinger/printers/jobs.html", part, every="1s", settled=settled)
    if asks_for(request, "print-jobs"):
        return answer_live(request, live)
    form = PrinterForm(request.POST if request.method == "POST" else None, known=row)
    if request.method == "POST" and form.is_valid():
        try:
            printers.edit_printer(printer_id, form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("printer", printer_id=printer_id)
    context = {"form": form, "printer": row, "live": live}
    return render(request, "wharfinger/printers/edit.html", context, status=422 if form.errors else 200)


@needs(Right.ADMINISTER)
@require_POST
def print_test_page(request: HttpRequest, printer_id: int) -> HttpResponse:
    """The worker sends it; the page shows what became of it."""
    _row_or_404(printer_id)
    printers.request_test_page(printer_id, now=trade_now(), user=person(request))
    return redirect("printer", printer_id=printer_id)


@needs(Right.ADMINISTER)
@needs_password
@require_POST
def remove(request: HttpRequest, printer_id: int) -> HttpResponse:
    _row_or_404(printer_id)
    name = printers.remove_printer(printer_id, now=trade_now(), user=person(request))
    messages.success(request, gettext("%(name)s is removed.") % {"name": name})
    return redirect("printer-list")


@needs(Right.SHIP)
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """For this browser, until its user signs out: where its labels are printed."""
    wanted = numbers([request.POST.get("printer", "")])
    chosen = choose_printer(request, wanted[0] if wanted else None)
    if wanted and chosen is None:
        messages.warning(request, gettext("This printer is not in use any more."))
    elif chosen is None:
        messages.success(request, gettext("Labels are printed by this browser."))
    else:
        messages.success(request, gettext("Labels are printed on %(printer)s.") % {"printer": chosen[1]})
    return redirect("bench")


@needs(Right.SHIP)
@require_POST
def send_label(request: HttpRequest, order_id: int, label_id: int) -> HttpResponse:
    """To the chosen printer. The bench sends it from a frame (`?bench=1`), which stays as it is."""
    if not CourierLabel.objects.filter(pk=label_id, order=order_id).exists():
        raise Http404
    chosen = chosen_printer(request)
    try:
        if chosen is None:
            raise Refused("No printer is chosen: choose it on the packing bench, under “Labels print on”.")
        printers.request_print(label_id, chosen[0], now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        note_reading(request, Access.LABEL, Subject.SALES_ORDER, order_id)
        if "bench" not in request.GET:
            messages.success(request, gettext("The label is sent to %(printer)s.") % {"printer": chosen[1]})
    if "bench" in request.GET:
        return HttpResponse(status=204)
    return redirect(f"{reverse('sales-order', args=[order_id])}#labels")


_LABEL = "sales-orders/<int:order_id>/labels/<int:label_id>/"
routes = [
    path("settings/printers/", show_list, name="printer-list"),
    path("settings/printers/new/", add, name="printer-new"),
    path("settings/printers/<int:printer_id>/", edit, name="printer"),
    path("settings/printers/<int:printer_id>/test/", print_test_page, name="printer-test"),
    path("settings/printers/<int:printer_id>/remove/", remove, name="printer-remove"),
    path("shipping/printer/", choose, name="printer-choose"),
    path(f"{_LABEL}send/", send_label, name="label-send"),
]
