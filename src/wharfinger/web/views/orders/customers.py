"""Customers: the list, and one customer with their orders."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.queries.orders.customers import (
    CustomerFilter,
    add_up_customers,
    customer_by_code,
    customer_page,
    every_customer,
    list_customers,
    merge_preview,
)
from wharfinger.db.queries.orders.privacy.subject_access import held_about
from wharfinger.domain.installation.access_log import Access, Subject
from wharfinger.domain.installation.people import Right
from wharfinger.operations.orders.actions import customers
from wharfinger.operations.orders.privacy import erasure
from wharfinger.operations.refusals import Refused
from wharfinger.web.access_log import note_list, note_reading
from wharfinger.web.forms.customers import CustomerFilterForm, MergeForm
from wharfinger.web.list_views.customers import CUSTOMERS
from wharfinger.web.list_views.exports import export, export_routes
from wharfinger.web.list_views.state import address_of_view, read_list
from wharfinger.web.request_context import allowed, message_of, person, show_refusal, trade_now
from wharfinger.web.rights import needs, signed_in
from wharfinger.web.second_factor import needs_password

_GENERIC = {"people": False, "generic": True}


@signed_in
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    if (address := address_of_view(request, CUSTOMERS)) is not None:
        return redirect(address)
    form = CustomerFilterForm(request.GET)
    wanted, shown = _filter(request, form), read_list(request, CUSTOMERS)
    page = list_customers(
        wanted, cursor=shown.cursor, with_people=_sees_people(request), sorting=shown.sorting, size=shown.size
    )
    note_list(request, shown, rows=len(page.rows))
    totals = add_up_customers(wanted, everything=shown.all_totals)
    context = {"page": page, "list": shown, "form": form, "totals": totals, "filtered": shown.filtered}
    return render(request, "wharfinger/customers/list.html", context)


@signed_in
@require_safe
def export_list(request: HttpRequest, kind: str) -> HttpResponseBase:
    wanted, shown = _filter(request, CustomerFilterForm(request.GET)), read_list(request, CUSTOMERS)
    rows = every_customer(wanted, with_people=_sees_people(request), sorting=shown.sorting)
    return export(request, shown, rows, kind)


@signed_in
@require_safe
def show_customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    page = customer_page(
        customer_id,
        cursor=request.GET.get("at", ""),
        with_people=_sees_people(request),
        with_contact=allowed(request, Right.SEE_BUYER_CONTACT),
    )
    if page is None:
        raise Http404
    note_reading(request, Access.CUSTOMER, Subject.CUSTOMER, customer_id)
    context = {"customer": page, "page": page.orders, "sees_people": _sees_people(request)}
    context["may_administer"] = allowed(request, Right.ADMINISTER)
    context["may_edit"] = allowed(request, Right.EDIT_ORDERS)
    return render(request, "wharfinger/customers/page.html", context)


@needs(Right.EDIT_ORDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, customer_id: int) -> HttpResponse:
    """First which record it is merged into, then what will happen, then the merge."""
    gone = merge_preview(customer_id)
    if gone is None:
        raise Http404
    form = MergeForm(request.POST or request.GET or None)
    into = customer_by_code(form.cleaned_data["into"]) if form.is_valid() else None
    if form.is_bound and form.is_valid() and into is None:
        form.add_error("into", gettext("No customer has this code. Find it in the list."))
    if request.method == "POST" and into is not None:
        try:
            kept = customers.merge_customers(customer_id, into_id=into, now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            said = gettext("%(gone)s is merged into %(kept)s.") % {"gone": gone.code, "kept": kept.code}
            messages.success(request, said)
            return redirect("customer", customer_id=kept.pk)
    note_reading(request, Access.CUSTOMER, Subject.CUSTOMER, customer_id)
    kept_now = merge_preview(into) if into is not None and into != customer_id and not form.errors else None
    if kept_now is not None:
        note_reading(request, Access.CUSTOMER, Subject.CUSTOMER, into)
    context = {"gone": gone, "kept": kept_now, "sides": (gone, kept_now), "form": form}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "wharfinger/customers/merge.html", context, status=status)


@needs(Right.ADMINISTER)
@needs_password
@require_POST
def export_held(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Everything that is held about a buyer, for the buyer who asks for it: as a file to keep."""
    now = trade_now()
    try:
        code = erasure.note_subject_export(customer_id, now=now, user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
        return redirect("customer-list")
    note_reading(request, Access.HELD, Subject.CUSTOMER, customer_id)
    response = JsonResponse(held_about(customer_id, now=now), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{code}-held.json")
    response["Cache-Control"] = "private, no-store"
    return response


def _sees_people(request: HttpRequest) -> bool:
    return allowed(request, Right.SEE_PERSONAL_DATA)


def _filter(request: HttpRequest, form: CustomerFilterForm) -> CustomerFilter:
    form.is_valid()
    cleaned = form.cleaned_data
    return CustomerFilter(
        search=cleaned.get("q", ""),
        search_people=_sees_people(request),
        generic=_GENERIC.get(cleaned.get("kind", "")),
    )


routes = [
    path("customers/", show_list, name="customer-list"),
    *export_routes("customers/", export_list, "customer-export"),
    path("customers/<int:customer_id>/", show_customer, name="customer"),
    path("customers/<int:customer_id>/held/", export_held, name="customer-held"),
    path("customers/<int:customer_id>/merge/", merge, name="customer-merge"),
]
