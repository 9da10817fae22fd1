"""Many Amazon SKUs linked in one go, by their best proposals; and by which other codes a channel goes."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from wharfinger.db.queries.channels.channel_products import channel_facts
from wharfinger.db.queries.channels.match_codes import match_codes
from wharfinger.db.queries.channels.unlinked_skus import UnlinkedSku, count_unlinked, unlinked_skus
from wharfinger.db.queries.stock.stock_items import items_by_codes
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.matching import COMPARED, MatchCode, own_code
from wharfinger.operations.channels import links, matching
from wharfinger.operations.channels.links import SkuLink
from wharfinger.operations.refusals import Refused
from wharfinger.web.request_context import allowed, message_of, numbers, person, trade_now
from wharfinger.web.rights import needs, signed_in
from wharfinger.web.views.channels.channel_pages import head_or_404, tab_frame

LINKED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the form as it was sent. `fault`: why it cannot be linked as it stands."""

    link: SkuLink
    code: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A row of the page: what is proposed, or what was entered and could not be linked."""

    sku: UnlinkedSku
    ticked: bool
    code: str
    fault: str
    item_id: int | None


@needs(Right.FIX_PROBLEMS)
@require_http_methods(["GET", "HEAD", "POST"])
def link_many(request: HttpRequest) -> HttpResponse:
    """Every unlinked SKU with its proposals; the ticked ones are linked together, or none where one has a fault."""
    rows = _entered(request) if request.method == "POST" else []
    if request.method == "POST" and not any(row.fault for row in rows):
        return _linked(request, rows)
    found = unlinked_skus(request.GET.get("at", ""))
    entered = {(row.link.account_id, row.link.sku): row for row in rows}
    shown = [_shown(sku, entered.get((sku.account_id, sku.sku)), sent=bool(rows)) for sku in found.rows]
    context: dict[str, Any] = {
        "rows": shown,
        "page": found,
        "unlinked": count_unlinked(),
        "faults": sum(bool(row.fault) for row in rows),
        "may_make": allowed(request, Right.EDIT_STOCK),
    }
    return render(request, "wharfinger/linking/many.html", context, status=422 if rows else 200)


def _shown(sku: UnlinkedSku, row: _Row | None, *, sent: bool) -> _Shown:
    if row is not None:
        return _Shown(sku, True, row.code, row.fault, row.link.item_id or None)
    best = sku.best
    return _Shown(sku, sku.sure and not sent, "", "", best.id if best else None)


def _linked(request: HttpRequest, rows: list[_Row]) -> HttpResponse:
    if not rows:
        messages.warning(request, gettext("No SKU was ticked. Tick the right ones first, then press the button."))
        return redirect(request.get_full_path())
    try:
        done = links.link_many([row.link for row in rows], user=person(request), now=trade_now())
    except Refused as refused:
        messages.error(request, message_of(refused))
        return redirect(request.get_full_path())
    said = ngettext("One SKU is linked.", "%(skus)s SKUs are linked.", done.skus) % {"skus": done.skus}
    if done.lines:
        more = ngettext("One held line continues.", "%(lines)s held lines continue.", done.lines)
        said = f"{said} {more % {'lines': done.lines}}"
    messages.success(request, said)
    return redirect("unlinked-skus")


def _entered(request: HttpRequest) -> list[_Row]:
    """The ticked rows. A code that was typed counts, else what was chosen."""
    ticked = numbers(request.POST.getlist("pick"))[:LINKED_AT_ONCE]
    codes = {number: request.POST.get(f"code-{number}", "").strip() for number in ticked}
    known = items_by_codes(sorted({code for code in codes.values() if code}))
    return [_row(request, number, codes[number], known) for number in ticked]


def _row(request: HttpRequest, number: int, code: str, known: dict[str, int]) -> _Row:
    account = numbers([request.POST.get(f"account-{number}", "")])
    chosen = numbers([request.POST.get(f"item-{number}", "")])
    item = known.get(code, 0) if code else (chosen[0] if chosen else 0)
    fault = ""
    if code and not item:
        fault = gettext("There is no stock item with the code %(code)s. Codes are compared exactly.")
        fault = fault % {"code": code[:60]}
    elif not item:
        fault = gettext("Choose a stock item, or type its code.")
    link = SkuLink(
        account_id=account[0] if account else 0,
        marketplace_id=request.POST.get(f"marketplace-{number}", ""),
        sku=request.POST.get(f"sku-{number}", ""),
        item_id=item,
        asin=request.POST.get(f"asin-{number}", ""),
    )
    return _Row(link, code, fault)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit_codes(request: HttpRequest, channel_id: int) -> HttpResponseBase:
    """The ordered list: add, move up, move down, take out; each press is saved, and held lines are tried again."""
    channel, head = channel_facts(channel_id), head_or_404(channel_id)
    if channel is None:
        raise Http404
    facts = match_codes(channel_id)
    if request.method == "POST":
        return _save_codes(request, channel_id, [code.value for code in facts.codes])
    own = own_code(by_sku=facts.by_sku)
    context = {
        **tab_frame(request, head, "products"),
        "channel": channel,
        "own": own,
        "codes": [(code, gettext(COMPARED[code])) for code in facts.codes],
        "offered": [
            (code, gettext(COMPARED[code])) for code in MatchCode if code is not own and code not in facts.codes
        ],
        "may_edit": allowed(request, Right.EDIT_CHANNELS),
    }
    return render(request, "wharfinger/linking/codes.html", context)


@needs(Right.EDIT_CHANNELS)
def _save_codes(request: HttpRequest, channel_id: int, codes: list[str]) -> HttpResponseBase:
    code, action = request.POST.get("code", ""), request.POST.get("action", "")
    try:
        fixed = matching.save_match_codes(
            channel_id, _after(codes, code, action), user=person(request), now=trade_now()
        )
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        said = gettext("Saved.")
        if fixed:
            more = ngettext("One held line continues.", "%(lines)s held lines continue.", fixed)
            said = f"{said} {more % {'lines': fixed}}"
        messages.success(request, said)
    return redirect("channel-matching", channel_id=channel_id)


def _after(codes: list[str], code: str, action: str) -> list[str]:
    """The list after the press; one that came too late changes nothing."""
    if action == "add":
        return [*codes, code]
    if code not in codes:
        return codes
    place = codes.index(code)
    others = codes[:place] + codes[place + 1 :]
    match action:
        case "up":
            return [*others[: max(0, place - 1)], code, *others[max(0, place - 1) :]]
        case "down":
            return [*others[: place + 1], code, *others[place + 1 :]]
        case "remove":
            return others
        case _:
            return codes


routes = [
    path("products/unlinked/", link_many, name="unlinked-skus"),
    path("channels/<int:channel_id>/matching/", edit_codes, name="channel-matching"),
]
