"""Customers: the list, and one customer with their orders."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_safe

from wharfinger.db.queries.orders.customers import (
    CustomerFilter,
    add_up_customers,
    customer_page,
    every_customer,
    list_customers,
)
from wharfinger.domain.installation.people import Right
from wharfinger.web.forms.customers import CustomerFilterForm
from wharfinger.web.list_views.customers import CUSTOMERS
from wharfinger.web.list_views.exports import export, export_routes
from wharfinger.web.list_views.state import address_of_view, read_list
from wharfinger.web.request_context import allowed
from wharfinger.web.rights import signed_in

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
    context = {"customer": page, "page": page.orders, "sees_people": _sees_people(request)}
    return render(request, "wharfinger/customers/page.html", context)


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
]
