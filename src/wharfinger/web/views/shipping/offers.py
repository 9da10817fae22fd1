"""The offers for a label: compared, one chosen with its extras, and what it wants to know entered."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from wharfinger.db.queries.shipping.offers import OffersPage, offers_page
from wharfinger.domain.installation.people import Right
from wharfinger.domain.shipping.input_schemas import NotUnderstood, read_schema
from wharfinger.domain.shipping.labels import LabelState
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import labels, offering
from wharfinger.web.forms.shipping.offers import InputsForm, OfferForm
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import message_of, person, show_refusal, trade_now
from wharfinger.web.rights import needs
from wharfinger.web.views.orders.sales_orders import page_or_404


@needs(Right.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def show_offers(request: HttpRequest, order_id: int, label_id: int) -> HttpResponse:
    """Looked at until they are there; then one of them is bought, or what it wants to know is entered."""
    page = offers_page(order_id, label_id)
    if page is None:
        raise Http404
    if asks_for(request, "offers-wait"):
        answer = answer_live(request, _waiting(request, page))
        if not _is_fetched(page):
            answer["HX-Refresh"] = "true"
        return answer
    if page.state is not LabelState.CHOOSING and not _is_fetched(page):
        return _back(request, order_id)
    if page.choice is not None and page.schema is not None and page.state is LabelState.CHOOSING:
        return _inputs(request, page)
    if request.method == "POST":
        return _choose(request, page)
    return _show(request, page)


def _is_fetched(page: OffersPage) -> bool:
    """The worker fetches the offers, or what one of them wants to know."""
    return page.state is LabelState.WAITING


def _choose(request: HttpRequest, page: OffersPage) -> HttpResponse:
    shown = next((one for one in page.shown if one.offer.rate_id == request.POST.get("rate")), None)
    if shown is None:
        messages.error(
            request, gettext("The offers were fetched again in the meantime. Look at them and choose again.")
        )
        return _again(request, page)
    form = OfferForm(shown, request.POST)
    if not form.is_valid():
        return _show(request, page, form)
    try:
        offering.choose_offer(
            page.label_id,
            request.POST.get("token", ""),
            shown.offer.rate_id,
            form.extras(),
            now=trade_now(),
            user=person(request),
        )
    except Refused as refused:
        messages.error(request, message_of(refused))
        return _again(request, page)
    return _again(request, page) if shown.offer.needs_inputs else _back(request, page.order_id)


def _inputs(request: HttpRequest, page: OffersPage) -> HttpResponse:
    fields = read_schema(page.schema or {})
    if isinstance(fields, NotUnderstood):
        text = gettext(
            "This offer wants “%(what)s”, which cannot be entered here. Choose another, or buy it in Seller Central."
        )
        messages.error(request, text % {"what": fields.what})
        return _show(request, page)
    form = InputsForm(fields, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            offering.enter_inputs(page.label_id, form.inputs(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            return _back(request, page.order_id)
    context = _context(request, page) | {"form": form}
    return render(request, "wharfinger/offers/inputs.html", context, status=422 if form.errors else 200)


def _show(request: HttpRequest, page: OffersPage, wrong: OfferForm | None = None) -> HttpResponse:
    forms = [wrong if wrong is not None and wrong.shown is one else OfferForm(one) for one in page.shown]
    context = _context(request, page) | {"forms": forms, "live": _waiting(request, page)}
    return render(request, "wharfinger/offers/page.html", context, status=422 if wrong is not None else 200)


def _context(request: HttpRequest, page: OffersPage) -> dict[str, Any]:
    order = page_or_404(request, page.order_id)
    return {
        "order": order,
        "page": page,
        "choosing": page.state is LabelState.CHOOSING,
        "bench": "bench" in request.GET,
    }


def _waiting(request: HttpRequest, page: OffersPage) -> dict[str, object]:
    """What the worker does; the whole page comes again once it is done."""
    waits = _is_fetched(page)
    context = {"page": page, "waits": waits}
    return live_part(request, "offers-wait", "wharfinger/offers/waiting.html", context, every="1s", settled=not waits)


@needs(Right.SHIP)
@require_POST
def fetch_again(request: HttpRequest, order_id: int, label_id: int) -> HttpResponse:
    """Prices as they are now."""
    page = offers_page(order_id, label_id)
    if page is None:
        raise Http404
    labels.fetch_again(label_id, now=trade_now())
    return _again(request, page)


@needs(Right.SHIP)
@require_POST
def note_not_bought(request: HttpRequest, order_id: int, label_id: int) -> HttpResponse:
    """A person looked at Amazon: the purchase in doubt was not made, or is used without this label."""
    if offers_page(order_id, label_id) is None:
        raise Http404
    try:
        labels.note_not_bought(label_id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    return redirect(f"{reverse('sales-order', args=[order_id])}#labels")


def _again(request: HttpRequest, page: OffersPage) -> HttpResponse:
    bench = "?bench=1" if "bench" in request.GET else ""
    return redirect(f"{reverse('label-offers', args=[page.order_id, page.label_id])}{bench}")


def _back(request: HttpRequest, order_id: int) -> HttpResponse:
    """To where the person came from."""
    if "bench" in request.GET:
        return redirect("bench")
    return redirect(f"{reverse('sales-order', args=[order_id])}#labels")


_LABEL = "sales-orders/<int:order_id>/labels/<int:label_id>/"
routes = [
    path(f"{_LABEL}offers/", show_offers, name="label-offers"),
    path(f"{_LABEL}offers/again/", fetch_again, name="label-offers-again"),
    path(f"{_LABEL}not-bought/", note_not_bought, name="label-not-bought"),
]
