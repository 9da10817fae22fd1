"""The packing bench: one field into which a scanner types, and the order that is being packed.

Every scan is a form that is sent, so that it works with a keyboard alone; htmx only spares the page's frame.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, assert_never

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from wharfinger.db.queries.orders.sales_order_page import sales_order_page
from wharfinger.db.queries.shipping.bench import (
    benches,
    is_item,
    is_open_list,
    orders_by_number,
    orders_on_list,
    orders_wanting,
)
from wharfinger.db.queries.shipping.dispatch_services import Service, services_for
from wharfinger.db.queries.shipping.labels import LabelRow, label_for
from wharfinger.db.queries.shipping.pick_lists import ShelfItem, shelf_items
from wharfinger.db.queries.shipping.printers import JobRow, last_prints, printers_in_use
from wharfinger.db.queries.shipping.undo import Undoable, undoable
from wharfinger.domain.installation.access_log import Access, Subject
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.addresses import in_form
from wharfinger.domain.search_codes import squeeze
from wharfinger.domain.shipping.labels import LabelState
from wharfinger.domain.shipping.packing import ScanResult
from wharfinger.domain.shipping.pick_lists import code_of, number_in
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import bench, labels, undo
from wharfinger.operations.shipping.bench import OnBench, Scan
from wharfinger.operations.shipping.labels import LabelEntry
from wharfinger.web.access_log import note_reading
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.packing.printing import chosen_printer
from wharfinger.web.request_context import allowed, message_of, numbers, person, today, trade_now
from wharfinger.web.rights import needs

_LIST = "bench_list"
"""The pick list that this person packs, in the session."""
_LAST = "bench_parcel"
"""The parcel that left this person's bench last, in the session."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the last scan brought. `tone`: good, warn or bad; `sound`: which one is played."""

    text: str = ""
    tone: str = ""
    sound: str = ""
    take_over: int | None = None
    doubted: str = ""
    """A number that leaves if it is scanned once more."""


NOTHING = Said()


def _good(text: str, sound: str = "good") -> Said:
    return Said(text, "good", sound)


def _wrong(text: str) -> Said:
    return Said(text, "bad", "wrong")


@needs(Right.SHIP)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    if asks_for(request, "bench-label"):
        on_bench = bench.look_at_bench(person(request))
        return answer_live(request, _label_part(request, on_bench))
    if asks_for(request, "bench-watch"):
        return answer_live(request, _watch(request, bench.look_at_bench(person(request))))
    return _show(request, NOTHING)


def _watch(request: HttpRequest, on_bench: OnBench | None) -> dict[str, Any]:
    """Whether the order may still leave: looked at again and again while it is packed."""
    reason = message_of(on_bench.stop) if on_bench and on_bench.stop else ""
    shown = numbers([request.GET.get("order", "")])  # by the page: it may be on another bench by now
    lost = bool(shown) and (on_bench is None or on_bench.order_id != shown[0])
    context = {"on_bench": on_bench, "reason": reason, "lost": lost}
    idle = on_bench is None and not shown
    part = live_part(request, "bench-watch", "wharfinger/bench/watch.html", context, every="3s", settled=idle)
    order_id = shown[0] if shown else (on_bench.order_id if on_bench else "")
    return {**part, "url": f"{reverse('bench')}?{urlencode({'order': order_id})}"}


def _label_part(request: HttpRequest, on_bench: OnBench | None) -> dict[str, Any]:
    """The label of what is on the bench: looked at until it is there or refused."""
    label = _label_of(on_bench)
    sent = last_prints([label.id]).get(label.id) if label is not None else None
    printer = chosen_printer(request)
    if printer is not None and label is not None and printer[2].value != label.label_format.value:
        printer = None  # it takes another form: the browser prints
    context = {
        "label": label,
        "order_id": on_bench.order_id if on_bench else None,
        "printer": printer,
        "print": sent,
    }
    moves = label is not None and (label.state.moves or _is_printing(label, printer is not None, sent))
    part = live_part(request, "bench-label", "wharfinger/bench/label.html", context, every="1s", settled=not moves)
    return {**part, "url": reverse("bench")}


def _is_printing(label: LabelRow, has_printer: bool, sent: JobRow | None) -> bool:
    """The page sends a ready label to the chosen printer once, and follows it there."""
    if sent is not None:
        return sent.state.moves
    return has_printer and label.may_print and label.printed_at is None


def _label_of(on_bench: OnBench | None) -> LabelRow | None:
    """Of the whole parcel, once everything is in it."""
    if on_bench is None or not on_bench.complete:
        return None
    return label_for(on_bench.order_id, on_bench.lines)


def _show(request: HttpRequest, said: Said) -> HttpResponse:
    on_bench = bench.look_at_bench(person(request))
    context: dict[str, Any] = {
        "said": said,
        "on_bench": on_bench,
        "list": _list_code(request),
        "last_parcel": _last_parcel(request),
    }
    if on_bench is not None:
        context |= _order(request, on_bench)
        label = _label_of(on_bench)
        context["labelled"] = label is not None and label.takes_units
        context["label"] = _label_part(request, on_bench)
    else:
        context["benches"] = benches(settings.CLOCK.machine_now())
        context |= {"printers": printers_in_use(), "printer": chosen_printer(request)}
    context["watch"] = _watch(request, on_bench)
    template = "wharfinger/bench/part.html" if asks_for(request, "bench") else "wharfinger/bench/page.html"
    return render(request, template, context)


def _list_code(request: HttpRequest) -> str:
    kept = request.session.get(_LIST)
    return code_of(kept) if kept else ""


def _last_parcel(request: HttpRequest) -> Undoable | None:
    """What left this bench last, while it can be undone."""
    kept = request.session.get(_LAST)
    return next(iter(undoable([kept], trade_now())), None) if kept else None


@dataclass(frozen=True, slots=True)
class ItemRow:
    item: ShelfItem
    wanted: int
    scanned: int

    @property
    def done(self) -> bool:
        return self.scanned >= self.wanted


def _order(request: HttpRequest, on_bench: OnBench) -> dict[str, Any]:
    sees_people = allowed(request, Right.SEE_PERSONAL_DATA)
    order = sales_order_page(on_bench.order_id, with_personal_data=sees_people, with_contact=False)
    if order is None:
        raise Http404
    note_reading(request, Access.BENCH, Subject.SALES_ORDER, order.id, once_an_hour=True)
    items = shelf_items(on_bench.wanted)
    rows = [ItemRow(items[pk], units, on_bench.scanned.get(pk, 0)) for pk, units in on_bench.wanted.items()]
    services, service = _services(request, order.id)
    address = order.delivery.address if order.delivery else None
    return {
        "order": order,
        "rows": sorted(rows, key=lambda row: (row.done, row.item.code)),
        "units": sum(on_bench.wanted.values()),
        "units_scanned": sum(on_bench.scanned.values()),
        "services": services,
        "service": service,
        "urgency": today().urgency(order.ship_by, order.state, order.fulfilment, order.zone),
        "gifts": [line for line in order.lines if line.open and (line.gift_wrap_level or line.has_gift_message)],
        "address": in_form(address) if address else (),
        "instructions": address.instructions if address else "",
        "sees_people": sees_people,
    }


def _services(request: HttpRequest, order_id: int) -> tuple[tuple[Service, ...], Service | None]:
    """Those that may be chosen, and the one that is: by the packer, else by the courier rules."""
    chosen = numbers([request.POST.get("service", "")])
    services = services_for(order_id)
    first = services[0] if services else None
    return services, next((each for each in services if chosen and each.id == chosen[0]), first)


# --- a scan


@needs(Right.SHIP)
@require_POST
def scan(request: HttpRequest) -> HttpResponse:
    """Whatever was scanned or typed: what it means depends on what is on the bench."""
    code = request.POST.get("code", "").strip()[:200]
    on_bench = bench.look_at_bench(person(request))
    try:
        said = _begin(request, code) if on_bench is None else _go_on(request, on_bench, code)
    except Refused as refused:
        said = _wrong(message_of(refused))
    return _show(request, said)


def _go_on(request: HttpRequest, on_bench: OnBench, code: str) -> Said:
    if on_bench.stopped:
        return _wrong(gettext("Packing is stopped: read why below."))
    if on_bench.complete and not _names_something(code):
        return _dispatch_whole(request, on_bench, code)
    if not code:
        return _wrong(gettext("Scan the items of this order first."))
    named = orders_by_number(code)
    if any(order_id == on_bench.order_id for order_id, _ in named):
        return NOTHING
    if named or number_in(code) is not None:
        return _begin(request, code)
    return _after_item(request, bench.scan_item(on_bench.order_id, code=code, **_who(request)))


def _after_item(request: HttpRequest, scanned: Scan) -> Said:
    """The last item of a parcel has its label bought, where its service has a connection."""
    said = _said_of(scanned)
    on_bench = bench.look_at_bench(person(request)) if scanned.result is ScanResult.COMPLETE else None
    if on_bench is None or _label_of(on_bench) is not None:
        return said
    _, service = _services(request, on_bench.order_id)
    if service is None or not service.buys_labels:
        return said
    return _buy_label(request, on_bench, service, said.text)


def _buy_label(request: HttpRequest, on_bench: OnBench, service: Service, before: str) -> Said:
    try:
        entry = LabelEntry(service.id, on_bench.lines)
        labels.request_label(on_bench.order_id, entry, now=trade_now(), user=person(request))
    except Refused as refused:
        why = gettext(
            "%(before)s No label was bought: %(why)s Type the number of another label, or choose another service and "
            "press Buy label."
        )
        return Said((why % {"before": before, "why": message_of(refused)}).strip(), "warn", "wrong")
    return _good(gettext("%(before)s Its label is being bought.") % {"before": before}, "complete")


@needs(Right.SHIP)
@require_POST
def buy_label(request: HttpRequest) -> HttpResponse:
    """With the service that is chosen: after a refusal, or where the order came to the bench with its items scanned."""
    on_bench = bench.look_at_bench(person(request))
    if on_bench is None:
        return _show(request, _wrong(gettext("No order is on your bench.")))
    if not on_bench.complete or on_bench.stopped:
        return _show(request, _wrong(gettext("Scan the items of this order first.")))
    _, service = _services(request, on_bench.order_id)
    if service is None:
        return _show(request, _wrong(gettext("No courier service is in use. Ask a manager to add one.")))
    return _show(request, _buy_label(request, on_bench, service, ""))


def _names_something(code: str) -> bool:
    """An item, an order or a pick list: no tracking number, whatever it looks like."""
    return bool(code) and (is_item(code) or bool(orders_by_number(code)) or number_in(code) is not None)


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"machine_now": settings.CLOCK.machine_now(), "user": person(request)}


def _said_of(scanned: Scan) -> Said:
    match scanned.result:
        case ScanResult.COUNTED:
            return _good(gettext("%(item)s is in the parcel.") % {"item": scanned.name})
        case ScanResult.COMPLETE:
            return _good(gettext("Everything is in the parcel."), "complete")
        case ScanResult.TOO_MANY:
            return _wrong(gettext("One too many: the order wants no more of %(item)s.") % {"item": scanned.name})
        case ScanResult.WRONG if scanned.name:
            said = gettext("Wrong item: this is %(item)s, which the order does not want.")
            return _wrong(said % {"item": scanned.name})
        case ScanResult.WRONG:
            return _wrong(gettext("No item of this order has this code. Scan the barcode of the item."))
        case _:
            assert_never(scanned.result)


@needs(Right.SHIP)
@require_POST
def count_one(request: HttpRequest, item_id: int) -> HttpResponse:
    """One unit of an item that has no barcode that can be scanned."""
    on_bench = bench.look_at_bench(person(request))
    if on_bench is None:
        return _show(request, _wrong(gettext("No order is on your bench.")))
    try:
        said = _after_item(request, bench.scan_item(on_bench.order_id, item_id=item_id, **_who(request)))
    except Refused as refused:
        said = _wrong(message_of(refused))
    return _show(request, said)


# --- which order


def _begin(request: HttpRequest, code: str) -> Said:
    if not code:
        return _wrong(gettext("Scan an order number, a pick list or an item."))
    list_id = number_in(code)
    if list_id is not None:
        return _begin_list(request, list_id)
    named = orders_by_number(code)
    if len(named) > 1:
        codes = ", ".join(each for _, each in named[:5])
        return _wrong(gettext("This number names several sales orders: scan one of %(codes)s.") % {"codes": codes})
    if named:
        return _claim(request, named[0][0], named[0][1])
    return _begin_by_item(request, code)


def _begin_list(request: HttpRequest, list_id: int) -> Said:
    if not is_open_list(list_id):
        return _wrong(gettext("%(list)s is not an open pick list.") % {"list": code_of(list_id)})
    request.session[_LIST] = list_id
    return _next(request) or _good(
        gettext("Nothing of %(list)s is left to pack. Close it on its page.") % {"list": code_of(list_id)}
    )


def _next(request: HttpRequest) -> Said | None:
    """The next order of the pick list that may leave; those that may not stay on the list, struck out."""
    list_id = request.session.get(_LIST)
    if not list_id or not is_open_list(list_id):
        request.session.pop(_LIST, None)
        return None
    for order_id in orders_on_list(list_id, user_id=person(request).pk, machine_now=settings.CLOCK.machine_now()):
        try:
            order = bench.claim_order(order_id, pick_list_id=list_id, now=trade_now(), **_who(request))
        except Refused:
            continue
        return _good(gettext("%(order)s is next.") % {"order": order.code}, "next")
    return None


def _claim(request: HttpRequest, order_id: int, code: str, *, take_over: bool = False) -> Said:
    try:
        bench.claim_order(
            order_id,
            pick_list_id=request.session.get(_LIST),
            take_over=take_over,
            now=trade_now(),
            **_who(request),
        )
    except Refused as refused:
        taken = order_id if refused.field == "take_over" else None
        return Said(message_of(refused), "bad", "wrong", take_over=taken)
    return _good(gettext("%(order)s is on your bench.") % {"order": code}, "next")


def _begin_by_item(request: HttpRequest, code: str) -> Said:
    items = bench.items_meant(code)
    if not items:
        return _wrong(gettext("Nothing here has the number “%(code)s”: no order, pick list or item.") % {"code": code})
    machine_now = settings.CLOCK.machine_now()
    list_id = request.session.get(_LIST)
    wanting = orders_wanting(items, list_id=list_id, user_id=person(request).pk, machine_now=machine_now)
    for order_id in wanting:
        said = _claim(request, order_id, "")
        if said.tone == "good":
            return _after_item(request, bench.scan_item(order_id, code=code, **_who(request)))
    return _wrong(gettext("No order that may leave wants this item."))


@needs(Right.SHIP)
@require_POST
def take_over(request: HttpRequest, order_id: int) -> HttpResponse:
    return _show(request, _claim(request, order_id, gettext("The order"), take_over=True))


@needs(Right.SHIP)
@require_POST
def put_back(request: HttpRequest) -> HttpResponse:
    """The order leaves the bench as it came; with a pick list it is left for later."""
    on_bench = bench.look_at_bench(person(request))
    if on_bench is not None:
        bench.put_back(on_bench.order_id, user=person(request))
    return _show(request, _good(gettext("Put back: nothing was dispatched."), ""))


@needs(Right.SHIP)
@require_POST
def leave_list(request: HttpRequest) -> HttpResponse:
    """No order comes of its own any more."""
    request.session.pop(_LIST, None)
    return redirect("bench")


@needs(Right.SHIP)
@require_POST
def go_on(request: HttpRequest) -> HttpResponse:
    """The packer has seen the new address."""
    on_bench = bench.look_at_bench(person(request))
    try:
        if on_bench is not None:
            bench.accept_address(on_bench.order_id, **_who(request))
    except Refused as refused:
        return _show(request, _wrong(message_of(refused)))
    return _show(request, NOTHING)


# --- off it goes


def _dispatch_whole(request: HttpRequest, on_bench: OnBench, code: str) -> Said:
    """With the label that was bought for it: by Enter alone, or by the number on it. Another number leaves only when it
    is scanned twice, and the label is voided then. A label that came without a number has the one that is scanned."""
    label = _label_of(on_bench)
    if label is None or not label.takes_units or _lacks_number(request, label):
        return _dispatch(request, on_bench, code, only_scanned=False)
    if code and squeeze(code) != squeeze(label.tracking_number):
        if request.POST.get("doubted") != code:
            another = gettext(
                "A label was bought for this parcel: %(label)s. To dispatch with another number, scan it once more: "
                "the label is voided then."
            )
            known = label.tracking_number or label.reference
            return Said(another % {"label": known}, "warn", "wrong", doubted=code)
        said = _dispatch(request, on_bench, code, only_scanned=False)
        if said.tone == "good":
            with suppress(Refused):  # it is void already: its units are gone
                labels.void_label(label.id, now=trade_now(), user=person(request))
        return said
    if not label.may_dispatch and not code:
        if label.state.moves:
            return Said(gettext("The label is not there yet: wait for it, or type another number."), "warn", "wrong")
        if label.may_choose:
            return Said(gettext("Choose an offer for its label, or type another number."), "warn", "wrong")
        return _dispatch(request, on_bench, code, only_scanned=False)
    return _dispatch(request, on_bench, label.tracking_number, only_scanned=False, service_id=label.service_id)


def _lacks_number(request: HttpRequest, label: LabelRow) -> bool:
    """It is there, for the service that is chosen, and has no number here: what is typed is the number on it."""
    _, service = _services(request, label.order_id)
    ready = label.state is LabelState.READY and not label.tracking_number
    return ready and service is not None and service.id == label.service_id


def _dispatch(
    request: HttpRequest, on_bench: OnBench, number: str, *, only_scanned: bool, service_id: int | None = None
) -> Said:
    if service_id is None:
        _, service = _services(request, on_bench.order_id)
        service_id = service.id if service else 0
    try:
        sent = bench.dispatch_packed(
            on_bench.order_id,
            service_id=service_id,
            tracking_number=number,
            number_confirmed=bool(number) and request.POST.get("doubted") == number,
            only_scanned=only_scanned,
            now=trade_now(),
            **_who(request),
        )
    except Refused as refused:
        if refused.field == "number_confirmed":
            doubt = str(refused.values.get("doubt", ""))
            said = gettext("%(doubt)s If it is right, scan it once more.") % {"doubt": doubt}
            return Said(said, "warn", "wrong", doubted=number)
        return _wrong(message_of(refused))
    request.session[_LAST] = sent.pk
    gone = gettext("%(order)s is dispatched.") % {"order": sent.order.code}
    if bench.look_at_bench(person(request)) is not None:
        rest = gettext("Parcel %(parcel)s is dispatched. Scan the rest of the order.")
        return _good(rest % {"parcel": sent.package_reference})
    following = _next(request)
    if following is not None:
        return Said(f"{gone} {following.text}", "good", "next")
    done = request.session.get(_LIST)
    if done:
        gone = gettext("%(gone)s Nothing of %(list)s is left to pack. Close it on its page.") % {
            "gone": gone,
            "list": code_of(done),
        }
    return _good(gone, "complete")


@needs(Right.SHIP)
@require_POST
def dispatch_part(request: HttpRequest) -> HttpResponse:
    """What is scanned leaves in a parcel of its own; the rest follows in another."""
    on_bench = bench.look_at_bench(person(request))
    if on_bench is None:
        return _show(request, _wrong(gettext("No order is on your bench.")))
    number = request.POST.get("code", "").strip()[:200]
    if _names_something(number):
        return _show(request, _wrong(gettext("This is no tracking number: it names an item or an order.")))
    return _show(request, _dispatch(request, on_bench, number, only_scanned=True))


@needs(Right.SHIP)
@require_POST
def undo_last(request: HttpRequest) -> HttpResponse:
    """The parcel that left this bench last is taken back. Its order comes to the bench again, if that is free."""
    last = _last_parcel(request)
    if last is None:
        return _show(request, _wrong(gettext("There is nothing to undo: the last parcel is with Amazon already.")))
    try:
        undo.undo_dispatch(last.shipment_id, now=trade_now(), user=person(request))
    except Refused as refused:
        return _show(request, _wrong(message_of(refused)))
    request.session.pop(_LAST, None)
    undone = gettext("The dispatch of %(order)s is undone.") % {"order": last.order}
    on_bench = bench.look_at_bench(person(request))
    if on_bench is None or not (on_bench.scanned or on_bench.order_id == last.order_id):
        again = _claim(request, last.order_id, last.order)
        if again.tone == "good":
            return _show(request, _good(f"{undone} {again.text}", "next"))
    return _show(request, _good(gettext("%(undone)s Scan its number to pack it again.") % {"undone": undone}, "good"))


routes = [
    path("shipping/bench/", show, name="bench"),
    path("shipping/bench/scan/", scan, name="bench-scan"),
    path("shipping/bench/count/<int:item_id>/", count_one, name="bench-count"),
    path("shipping/bench/take-over/<int:order_id>/", take_over, name="bench-take-over"),
    path("shipping/bench/put-back/", put_back, name="bench-put-back"),
    path("shipping/bench/leave-list/", leave_list, name="bench-leave-list"),
    path("shipping/bench/go-on/", go_on, name="bench-go-on"),
    path("shipping/bench/part/", dispatch_part, name="bench-part"),
    path("shipping/bench/label/", buy_label, name="bench-label"),
    path("shipping/bench/undo/", undo_last, name="bench-undo"),
]
