"""What people do to sales orders besides sending them: on one order's page, or on many rows of the list.

Every action is an `Action`: its form, its operation, its sentences. One of many orders that is refused holds no other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from wharfinger.db.models import SalesOrder
from wharfinger.db.queries.orders.order_marks import known_tags
from wharfinger.db.queries.orders.sales_orders import OrderName, order_names
from wharfinger.domain.installation.people import Right
from wharfinger.domain.sentences import N_
from wharfinger.operations.orders import verifications
from wharfinger.operations.orders.actions import cancellations, holds, notes, sites
from wharfinger.operations.orders.privacy import erasure
from wharfinger.operations.refusals import Refused
from wharfinger.web.forms.order_actions import (
    ActionForm,
    AssignForm,
    CancelForm,
    HoldForm,
    LegalHoldForm,
    RejectionForm,
    TagForm,
    VerdictForm,
)
from wharfinger.web.request_context import message_of, numbers, person, show_refusal, trade_now
from wharfinger.web.rights import View, needs
from wharfinger.web.views.orders.order_lists import back_to_list, tell_reasons


@dataclass(frozen=True, slots=True)
class Action:
    """`title`, `button`, `done_one` (with %(order)s) are sentences; `note` says what will happen."""

    name: str
    right: Right
    form: type[ActionForm]
    act: Callable[..., SalesOrder]
    title: str
    note: str
    button: str
    done_one: str
    done_many: Callable[[int], str]


def _held(n: int) -> str:
    return ngettext("%(orders)s order is on hold.", "%(orders)s orders are on hold.", n) % {"orders": n}


def _released(n: int) -> str:
    return ngettext("%(orders)s order is released.", "%(orders)s orders are released.", n) % {"orders": n}


def _tagged(n: int) -> str:
    return ngettext("%(orders)s order is tagged.", "%(orders)s orders are tagged.", n) % {"orders": n}


def _untagged(n: int) -> str:
    return ngettext("The tag is removed from %(orders)s order.", "The tag is removed from %(orders)s orders.", n) % {
        "orders": n
    }


def _cancelling(n: int) -> str:
    one = "The cancellation of %(orders)s order is on its way to Amazon."
    return ngettext(one, "The cancellations of %(orders)s orders are on their way to Amazon.", n) % {"orders": n}


def _taken_back(n: int) -> str:
    one = "The cancellation of %(orders)s order is taken back."
    return ngettext(one, "The cancellations of %(orders)s orders are taken back.", n) % {"orders": n}


def _legally_held(n: int) -> str:
    one = "%(orders)s order is under legal hold."
    return ngettext(one, "%(orders)s orders are under legal hold.", n) % {"orders": n}


def _lifted(n: int) -> str:
    one = "The legal hold of %(orders)s order is lifted."
    return ngettext(one, "The legal holds of %(orders)s orders are lifted.", n) % {"orders": n}


def _answered(n: int) -> str:
    one = "The answer for %(orders)s order is on its way to Amazon."
    return ngettext(one, "The answers for %(orders)s orders are on their way to Amazon.", n) % {"orders": n}


def _assigned(n: int) -> str:
    return ngettext("The site of %(orders)s order is saved.", "The sites of %(orders)s orders are saved.", n) % {
        "orders": n
    }


ACTIONS = {
    action.name: action
    for action in (
        Action(
            "hold",
            Right.SHIP,
            HoldForm,
            holds.hold_order,
            N_("Hold"),
            N_(
                "A held order keeps its stock, and nobody can pick, confirm or dispatch it until somebody releases it. "
                "Amazon's ship-by stays as it is."
            ),
            N_("Put on hold"),
            N_("%(order)s is on hold."),
            _held,
        ),
        Action(
            "release",
            Right.SHIP,
            ActionForm,
            holds.release_order,
            N_("Release"),
            "",
            N_("Release"),
            N_("%(order)s is released."),
            _released,
        ),
        Action(
            "cancel",
            Right.EDIT_ORDERS,
            CancelForm,
            cancellations.cancel_order,
            N_("Cancel at Amazon"),
            N_(
                "The whole order is cancelled at Amazon, and the buyer is not charged. Amazon cancels no part of an "
                "order: to leave a line out, dispatch the others and refund it in Seller Central. The stock becomes "
                "available when Amazon shows the order as cancelled; until then nobody can dispatch it."
            ),
            N_("Cancel at Amazon"),
            N_("The cancellation of %(order)s is on its way to Amazon."),
            _cancelling,
        ),
        Action(
            "take-back",
            Right.EDIT_ORDERS,
            ActionForm,
            cancellations.take_back,
            N_("Take back"),
            "",
            N_("Take back"),
            N_("The cancellation of %(order)s is taken back."),
            _taken_back,
        ),
        Action(
            "legal-hold",
            Right.ADMINISTER,
            LegalHoldForm,
            erasure.place_legal_hold,
            N_("Legal hold"),
            N_(
                "The personal data of the order is kept beyond its time, until an administrator lifts the hold. Use it "
                "only while a law or a dispute demands it."
            ),
            N_("Place under legal hold"),
            N_("%(order)s is under legal hold."),
            _legally_held,
        ),
        Action(
            "lift-legal-hold",
            Right.ADMINISTER,
            ActionForm,
            erasure.lift_legal_hold,
            N_("Lift the legal hold"),
            "",
            N_("Lift the legal hold"),
            N_("The legal hold of %(order)s is lifted."),
            _lifted,
        ),
        Action(
            "approve-goods",
            Right.SHIP,
            VerdictForm,
            verifications.approve_goods,
            N_("Approve the goods"),
            N_(
                "Amazon receives your word that what the buyer stated was checked and is right. The order may be "
                "dispatched as soon as Amazon shows the approval."
            ),
            N_("Approve the goods"),
            N_("The approval of %(order)s is on its way to Amazon."),
            _answered,
        ),
        Action(
            "reject-goods",
            Right.EDIT_ORDERS,
            RejectionForm,
            verifications.reject_goods,
            N_("Reject the goods"),
            N_("Amazon cancels the whole order and tells the buyer the reason. This cannot be taken back."),
            N_("Reject the goods"),
            N_("The rejection of %(order)s is on its way to Amazon."),
            _answered,
        ),
        Action(
            "assign",
            Right.EDIT_STOCK,
            AssignForm,
            sites.assign_site,
            N_("Choose site"),
            N_("All lines that are still to be dispatched leave from this site; their units are reserved there."),
            N_("Choose site"),
            N_("The site of %(order)s is saved."),
            _assigned,
        ),
        Action(
            "tag",
            Right.ANNOTATE_ORDERS,
            TagForm,
            notes.tag_order,
            N_("Add a tag"),
            N_("Orders are found by their tags in the list. A tag that is not there yet is created."),
            N_("Add tag"),
            N_("%(order)s is tagged."),
            _tagged,
        ),
        Action(
            "untag",
            Right.ANNOTATE_ORDERS,
            TagForm,
            notes.untag_order,
            N_("Remove a tag"),
            "",
            N_("Remove tag"),
            N_("The tag is removed from %(order)s."),
            _untagged,
        ),
    )
}


def _view_of_one(action: Action) -> View:
    @needs(action.right)
    @require_http_methods(["GET", "HEAD", "POST"])
    def act_on_one(request: HttpRequest, order_id: int) -> HttpResponse:
        orders = order_names([order_id])
        form = action.form(request.POST if request.method == "POST" else None)
        if not orders:
            messages.error(request, gettext("This sales order does not exist. Open the list again."))
            return redirect("sales-order-list")
        if not form.is_valid():
            return _show(request, action, orders, form, reverse("sales-order", args=[order_id]))
        try:
            order = action.act(order_id, **form.values(), now=trade_now(), user=person(request))
        except Refused as refused:
            if not form.fields:
                messages.error(request, message_of(refused))
                return redirect("sales-order", order_id=order_id)
            show_refusal(form, refused)
            return _show(request, action, orders, form, reverse("sales-order", args=[order_id]))
        messages.success(request, gettext(action.done_one) % {"order": order.code})
        return redirect("sales-order", order_id=order_id)

    return act_on_one


def _show(
    request: HttpRequest,
    action: Action,
    orders: tuple[OrderName, ...],
    form: ActionForm,
    back: str,
    *,
    many: bool = False,
) -> HttpResponse:
    context = {
        "action": action,
        "title": gettext(action.title),
        "note": gettext(action.note) if action.note else "",
        "button": gettext(action.button),
        "orders": orders,
        "form": form,
        "back": back,
        "many": many,
        "tags": known_tags() if isinstance(form, TagForm) else (),
    }
    return render(request, "wharfinger/sales_orders/action.html", context, status=422 if form.is_bound else 200)


def _view_of_many(action: Action) -> View:
    @needs(action.right)
    @require_POST
    def act_on_many(request: HttpRequest) -> HttpResponse:
        ids = list(dict.fromkeys(numbers(request.POST.getlist("ids"))))
        if not ids:
            messages.warning(request, gettext("No order was selected. Tick the orders first."))
            return back_to_list(request)
        ready = not action.form.base_fields or "acting" in request.POST
        form = action.form(request.POST if ready else None)
        if not form.is_valid():
            return _show(request, action, order_names(ids), form, _list_address(request), many=True)
        _act_on_each(request, action, ids, form.values())
        return back_to_list(request)

    return act_on_many


def _list_address(request: HttpRequest) -> str:
    return f"{reverse('sales-order-list')}?{request.GET.urlencode()}"


def _act_on_each(request: HttpRequest, action: Action, ids: list[int], values: dict[str, Any]) -> None:
    done, reasons = 0, []
    for order_id in ids:
        try:
            action.act(order_id, **values, now=trade_now(), user=person(request))
        except Refused as refused:
            reasons.append(message_of(refused))
        else:
            done += 1
    if done:
        messages.success(request, action.done_many(done))
    tell_reasons(request, reasons)


@needs(Right.ANNOTATE_ORDERS)
@require_POST
def add_note(request: HttpRequest, order_id: int) -> HttpResponse:
    try:
        notes.add_note(order_id, text=request.POST.get("text", ""), now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(request, gettext("The note is added."))
    return redirect(f"{reverse('sales-order', args=[order_id])}#notes")


@needs(Right.ANNOTATE_ORDERS)
@require_POST
def remove_note(request: HttpRequest, order_id: int, note_id: int) -> HttpResponse:
    try:
        notes.remove_note(order_id, note_id=note_id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(request, gettext("The note is removed."))
    return redirect(f"{reverse('sales-order', args=[order_id])}#notes")


routes = [
    *(
        path(f"sales-orders/<int:order_id>/{name}/", _view_of_one(action), name=f"sales-order-{name}")
        for name, action in ACTIONS.items()
    ),
    *(
        path(f"sales-orders/selected/{name}/", _view_of_many(action), name=f"sales-orders-{name}")
        for name, action in ACTIONS.items()
    ),
    path("sales-orders/<int:order_id>/notes/", add_note, name="sales-order-note"),
    path("sales-orders/<int:order_id>/notes/<int:note_id>/remove/", remove_note, name="sales-order-note-remove"),
]
