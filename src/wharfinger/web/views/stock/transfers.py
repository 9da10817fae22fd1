"""Transfers: the list, a new one, its items by scan or by a list, sending, receiving, closing, cancelling."""

from collections.abc import Callable, Sequence

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.models import User
from wharfinger.db.queries.stock.scanned import scanned_items
from wharfinger.db.queries.stock.warehouse.transfers import (
    TransferItem,
    TransferLineRow,
    TransferRow,
    list_transfers,
    sources_and_targets,
    transfer_item,
    transfer_lines,
    transfer_row,
)
from wharfinger.domain.installation.people import Right
from wharfinger.domain.stock.transfers import Remainder, TransferState
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock.warehouse import transfers
from wharfinger.web.formats import written_number
from wharfinger.web.forms.stock.transfers import ArrivalForm, CloseForm, NewTransferForm, TransferListForm, UnitsForm
from wharfinger.web.request_context import allowed, message_of, numbers, person, show_refusal, trade_now
from wharfinger.web.rights import needs, signed_in


@signed_in
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    state = TransferState.named(request.GET.get("state", ""))
    context = {
        "page": list_transfers(state=state, cursor=request.GET.get("at", "")),
        "states": tuple(TransferState),
        "state": state,
        "may_edit": allowed(request, Right.EDIT_STOCK),
    }
    return render(request, "wharfinger/transfers/list.html", context)


def _transfer_or_404(transfer_id: int) -> TransferRow:
    transfer = transfer_row(transfer_id)
    if transfer is None:
        raise Http404
    return transfer


@needs(Right.EDIT_STOCK)
@require_http_methods(["GET", "HEAD", "POST"])
def new_transfer(request: HttpRequest) -> HttpResponse:
    sources, targets = sources_and_targets()
    form = NewTransferForm(sources, targets, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = transfers.draft_transfer(form.entry(), user=person(request), now=trade_now())
        except Refused as refused:
            show_refusal(form, refused)
        else:
            return redirect("transfer", transfer_id=made.pk)
    context = {"form": form, "sources": sources}
    return render(request, "wharfinger/transfers/new.html", context, status=422 if form.errors else 200)


@signed_in
@require_safe
def show_transfer(request: HttpRequest, transfer_id: int) -> HttpResponse:
    transfer = _transfer_or_404(transfer_id)
    code = request.GET.get("code", "").strip()
    found = scanned_items(code) if code and transfer.is_draft else ()
    picked = numbers([request.GET.get("item", "")]) if transfer.is_draft else []
    item = transfer_item(transfer, picked[0] if picked else found[0].id if len(found) == 1 else 0)
    return _render(request, transfer, item=item, code=code, choices=found if len(found) > 1 else ())


def _render(
    request: HttpRequest,
    transfer: TransferRow,
    *,
    item: TransferItem | None = None,
    code: str = "",
    choices: Sequence[object] = (),
    units: forms.Form | None = None,
    listed: TransferListForm | None = None,
    arrival: ArrivalForm | None = None,
    close: CloseForm | None = None,
) -> HttpResponse:
    lines = transfer_lines(transfer)
    refused = any(form is not None and form.errors for form in (units, listed, arrival, close))
    if item is not None and units is None:
        units = UnitsForm(initial={"item": item.id, "quantity": item.quantity or None})
    may_edit = allowed(request, Right.EDIT_STOCK)
    arriving = (arrival or ArrivalForm(lines)) if transfer.is_sent and may_edit else None
    context = {
        "transfer": transfer,
        "lines": [(line, _field_of(arriving, line)) for line in lines],
        "short": any(line.short for line in lines),
        "item": item,
        "code": code,
        "choices": choices,
        "units": units,
        "listed": listed or TransferListForm(),
        "arrival": arriving,
        "close": close or CloseForm(),
        "closing": close is not None,
        "may_edit": may_edit,
    }
    return render(request, "wharfinger/transfers/transfer.html", context, status=422 if refused else 200)


def _field_of(form: ArrivalForm | None, line: TransferLineRow) -> forms.BoundField | None:
    return form[f"item-{line.item_id}"] if form is not None else None


@needs(Right.EDIT_STOCK)
@require_POST
def set_units(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Of one scanned item."""
    transfer = _transfer_or_404(transfer_id)
    form = UnitsForm(request.POST)
    picked = numbers([request.POST.get("item", "")])
    item = transfer_item(transfer, picked[0]) if picked else None
    if item is None:
        messages.error(request, gettext("This item no longer exists. Scan another."))
        return redirect("transfer", transfer_id=transfer_id)
    if form.is_valid():
        quantity = form.cleaned_data["quantity"]
        try:
            transfers.set_units(transfer_id, {item.id: quantity}, user=person(request), now=trade_now())
        except Refused as refused:
            show_refusal(form, refused, {f"item-{item.id}": "quantity"})
        else:
            said = {"item": item.code, "units": written_number(quantity)}
            messages.success(request, gettext("%(item)s: %(units)s in this transfer.") % said)
            return redirect("transfer", transfer_id=transfer_id)
    return _render(request, transfer, item=item, units=form)


@needs(Right.EDIT_STOCK)
@require_POST
def load_list(request: HttpRequest, transfer_id: int) -> HttpResponse:
    transfer = _transfer_or_404(transfer_id)
    form = TransferListForm(request.POST, request.FILES)
    if form.is_valid() and form.ask is None:
        try:
            changed = transfers.set_units(transfer_id, form.units, user=person(request), now=trade_now())
        except Refused as refused:
            form.add_error(None, message_of(refused))
        else:
            said = ngettext("%(items)s item is set.", "%(items)s items are set.", changed)
            messages.success(request, said % {"items": written_number(changed)})
            return redirect("transfer", transfer_id=transfer_id)
    return _render(request, transfer, listed=form)


@needs(Right.EDIT_STOCK)
@require_POST
def receive(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """What was entered, or everything that was sent."""
    transfer = _transfer_or_404(transfer_id)
    lines = transfer_lines(transfer)
    form = ArrivalForm(lines, request.POST)
    every = request.POST.get("everything") == "1"
    if every or form.is_valid():
        arrived = {line.item_id: line.quantity for line in lines} if every else form.arrived()
        try:
            done = transfers.receive_transfer(transfer_id, arrived, user=person(request), now=trade_now())
        except Refused as refused:
            if not transfer.is_sent or every:
                messages.error(request, message_of(refused))
                return redirect("transfer", transfer_id=transfer_id)
            show_refusal(form, refused)
        else:
            if done.state is TransferState.RECEIVED:
                messages.success(request, gettext("%(transfer)s is received.") % {"transfer": done.code})
            else:
                messages.success(request, gettext("Received. What is missing stays in transit until it is closed."))
            return redirect("transfer", transfer_id=transfer_id)
    return _render(request, transfer, arrival=form)


@needs(Right.EDIT_STOCK)
@require_POST
def close(request: HttpRequest, transfer_id: int) -> HttpResponse:
    transfer = _transfer_or_404(transfer_id)
    form = CloseForm(request.POST)
    if form.is_valid():
        cleaned = form.cleaned_data
        try:
            transfers.close_transfer(
                transfer_id, Remainder(cleaned["became"]), cleaned["reason"], user=person(request), now=trade_now()
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("%(transfer)s is closed.") % {"transfer": transfer.code})
            return redirect("transfer", transfer_id=transfer_id)
    return _render(request, transfer, close=form)


def _send(transfer: TransferRow, user: User) -> str:
    transfers.send_transfer(transfer.id, user=user, now=trade_now())
    return gettext("%(transfer)s is sent: its units are in transit.") % {"transfer": transfer.code}


def _cancel(transfer: TransferRow, user: User) -> str:
    transfers.cancel_transfer(transfer.id, user=user, now=trade_now())
    return gettext("%(transfer)s is cancelled: nothing has moved.") % {"transfer": transfer.code}


_VERBS: dict[str, Callable[[TransferRow, User], str]] = {"send": _send, "cancel": _cancel}


@needs(Right.EDIT_STOCK)
@require_POST
def act(request: HttpRequest, transfer_id: int, verb: str) -> HttpResponse:
    transfer = _transfer_or_404(transfer_id)
    if verb not in _VERBS:
        raise Http404
    try:
        messages.success(request, _VERBS[verb](transfer, person(request)))
    except Refused as refused:
        messages.error(request, message_of(refused))
    return redirect("transfer", transfer_id=transfer_id)


routes = [
    path("transfers/", show_list, name="transfer-list"),
    path("transfers/new/", new_transfer, name="transfer-new"),
    path("transfers/<int:transfer_id>/", show_transfer, name="transfer"),
    path("transfers/<int:transfer_id>/units/", set_units, name="transfer-units"),
    path("transfers/<int:transfer_id>/list/", load_list, name="transfer-list-load"),
    path("transfers/<int:transfer_id>/receive/", receive, name="transfer-receive"),
    path("transfers/<int:transfer_id>/close/", close, name="transfer-close"),
    path("transfers/<int:transfer_id>/<str:verb>/", act, name="transfer-act"),
]
