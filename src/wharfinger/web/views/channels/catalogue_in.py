"""Amazon SKUs without a stock item, all on one page: each gets a new item or one that there is, or is ignored."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from wharfinger.db.queries.channels.unlinked_skus import UnlinkedSku, count_unlinked, ignored_skus, unlinked_skus
from wharfinger.db.queries.paging import PAGE_SIZES, ROWS_A_PAGE
from wharfinger.db.queries.stock.stock_items import find_items, items_by_codes
from wharfinger.domain.channels.sku_choices import Choice, Create, Ignore, LinkTo, SkuChoice
from wharfinger.domain.installation.people import Right
from wharfinger.operations.channels import catalogue_in
from wharfinger.operations.channels.catalogue_in import AT_ONCE, Faults, Sorted
from wharfinger.operations.refusals import Refused
from wharfinger.web.request_context import allowed, message_of, numbers, person, trade_now
from wharfinger.web.rights import needs

NEW, IGNORE = "new", "ignore"


@dataclass(frozen=True, slots=True)
class _Row:
    """A ticked row of the form as it was sent. `fault`: why nothing can be done with it as it stands."""

    choice: SkuChoice
    entered: str = ""
    code: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A row of the page: what is proposed, or what was entered and could not be done. `entered`: the option."""

    sku: UnlinkedSku
    ticked: bool
    code: str
    fault: str
    entered: str


@needs(Right.FIX_PROBLEMS)
@require_http_methods(["GET", "HEAD", "POST"])
def link_many(request: HttpRequest) -> HttpResponse:
    """Every unlinked SKU with its proposals; what was chosen for the ticked ones is done, or nothing where one has a
    fault."""
    rows = _entered(request) if request.method == "POST" else []
    if request.method == "POST" and not any(row.fault for row in rows):
        rows, answer = _sorted(request, rows)
        if answer is not None:
            return answer
    found = unlinked_skus(request.GET.get("at", ""), _size(request))
    if not found.rows and request.GET.get("at"):
        return redirect("unlinked-skus")
    entered = {(row.choice.account_id, row.choice.sku): row for row in rows}
    may_make = allowed(request, Right.EDIT_STOCK)
    shown = [
        _shown(sku, entered.get((sku.account_id, sku.sku)), sent=bool(rows), may_make=may_make) for sku in found.rows
    ]
    faults = sum(bool(row.fault) for row in rows)
    context: dict[str, Any] = {
        "rows": shown,
        "page": found,
        "counts": count_unlinked(),
        "faults": faults,
        "may_make": may_make,
        "size": _size(request),
        "sizes": PAGE_SIZES,
    }
    return render(request, "wharfinger/linking/many.html", context, status=422 if rows else 200)


def _size(request: HttpRequest) -> int:
    chosen = numbers([request.GET.get("size", "")])
    return chosen[0] if chosen and chosen[0] in PAGE_SIZES else ROWS_A_PAGE


def _shown(sku: UnlinkedSku, row: _Row | None, *, sent: bool, may_make: bool) -> _Shown:
    if row is not None:
        return _Shown(sku, True, row.code, row.fault, row.entered)
    best = sku.best
    proposed = str(best.id) if best else NEW if may_make else ""
    return _Shown(sku, sku.sure and not sent, "", "", proposed)


def _sorted(request: HttpRequest, rows: list[_Row]) -> tuple[list[_Row], HttpResponse | None]:
    """The answer; or the rows with their faults, to be shown again."""
    if not rows:
        messages.warning(request, gettext("No SKU was ticked. Tick the right ones first, then press the button."))
        return [], redirect(request.get_full_path())
    try:
        done = catalogue_in.sort_skus([row.choice for row in rows], user=person(request), now=trade_now())
    except Refused as refused:
        messages.error(request, message_of(refused))
        return [], redirect(request.get_full_path())
    match done:
        case Faults():
            found = {place: message_of(refused) for place, refused in done.rows.items()}
            return [
                _Row(row.choice, row.entered, row.code, found.get(place, "")) for place, row in enumerate(rows)
            ], None
        case Sorted():
            messages.success(request, _said(done))
            return [], redirect(request.get_full_path())


def _said(done: Sorted) -> str:
    sentences = []
    if done.items:
        sentences.append(
            ngettext("One stock item is created.", "%(items)s stock items are created.", done.items)
            % {"items": done.items}
        )
    if done.linked:
        sentences.append(
            ngettext("One SKU is linked.", "%(skus)s SKUs are linked.", done.linked) % {"skus": done.linked}
        )
    if done.ignored:
        sentences.append(
            ngettext("One SKU is ignored.", "%(skus)s SKUs are ignored.", done.ignored) % {"skus": done.ignored}
        )
    if done.lines:
        more = ngettext("One held line continues.", "%(lines)s held lines continue.", done.lines)
        sentences.append(more % {"lines": done.lines})
    return " ".join(sentences)


def _entered(request: HttpRequest) -> list[_Row]:
    """The ticked rows. A code that was typed counts, else what was chosen."""
    ticked = numbers(request.POST.getlist("pick"))[:AT_ONCE]
    codes = {number: request.POST.get(f"code-{number}", "").strip() for number in ticked}
    known = items_by_codes(sorted({code for code in codes.values() if code}))
    rows = [_row(request, number, codes[number], known) for number in ticked]
    if any(isinstance(row.choice.choice, Create) for row in rows) and not allowed(request, Right.EDIT_STOCK):
        raise PermissionDenied
    return rows


def _row(request: HttpRequest, number: int, code: str, known: dict[str, int]) -> _Row:
    account = numbers([request.POST.get(f"account-{number}", "")])
    entered = request.POST.get(f"item-{number}", "")
    choice, fault = _choice(entered, code, known)
    sku = SkuChoice(
        account_id=account[0] if account else 0,
        marketplace_id=request.POST.get(f"marketplace-{number}", ""),
        sku=request.POST.get(f"sku-{number}", ""),
        choice=choice,
        asin=request.POST.get(f"asin-{number}", ""),
        title=request.POST.get(f"title-{number}", ""),
    )
    return _Row(sku, entered, code, fault)


def _choice(entered: str, code: str, known: dict[str, int]) -> tuple[Choice, str]:
    """What is to be done, and why it cannot be."""
    if entered == IGNORE:
        return Ignore(), ""
    if entered == NEW:
        return Create(code), ""
    chosen = numbers([entered])
    item = known.get(code, 0) if code else (chosen[0] if chosen else 0)
    if code and not item:
        fault = gettext("There is no stock item with the code %(code)s. Codes are compared exactly.")
        return LinkTo(0), fault % {"code": code[:60]}
    return LinkTo(item), "" if item else gettext("Choose a stock item, or type its code.")


@needs(Right.FIX_PROBLEMS)
@require_safe
def find_codes(request: HttpRequest) -> HttpResponse:
    """Stock codes for what is being typed into a row, as options of its list."""
    typed = next((request.GET[name] for name in request.GET if name.startswith("code-")), "")
    return render(request, "wharfinger/linking/codes_found.html", {"items": find_items(typed)})


@needs(Right.FIX_PROBLEMS)
@require_http_methods(["GET", "HEAD", "POST"])
def show_ignored(request: HttpRequest) -> HttpResponse:
    """The SKUs that are ignored, with the way back."""
    if request.method == "POST":
        ids = numbers(request.POST.getlist("pick"))[:AT_ONCE]
        count = catalogue_in.restore_skus(ids, user=person(request), now=trade_now())
        said = ngettext(
            "One SKU stands among the unlinked ones again.", "%(skus)s SKUs stand among the unlinked ones again.", count
        )
        messages.success(request, said % {"skus": count})
        return redirect("ignored-skus")
    page = ignored_skus(request.GET.get("at", ""), _size(request))
    return render(request, "wharfinger/linking/ignored.html", {"rows": page.rows, "page": page})


routes = [
    path("products/unlinked/", link_many, name="unlinked-skus"),
    path("products/unlinked/codes/", find_codes, name="unlinked-codes"),
    path("products/ignored/", show_ignored, name="ignored-skus"),
]
