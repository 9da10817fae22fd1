"""Channel products: the Products and Stock tabs of a channel, and linking an Amazon SKU to a stock item."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.queries.channels.channel_products import (
    ChannelFacts,
    ProductFilter,
    channel_facts,
    count_products,
    every_product,
    every_sent_level,
    list_products,
    list_sent_levels,
    upload_progress,
)
from wharfinger.db.queries.channels.links import Unlinked, likely_items
from wharfinger.db.queries.stock.rule_preview import examples, numbers_of, parts_of
from wharfinger.db.queries.stock.stock_items import item_by_code
from wharfinger.db.queries.stock.stock_out import PlanRow, stock_upload_plan
from wharfinger.db.queries.stock.stock_profiles import channel_rule, profile_choices
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.operations.channels import channel_life, links
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock import listings
from wharfinger.web.csv_files import csv_file
from wharfinger.web.forms.products import LevelFilterForm, LinkForm, ProductFilterForm
from wharfinger.web.linking import link_to_item, linking_context, read_unlinked
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import allowed, message_of, next_page, person, show_refusal, trade_now
from wharfinger.web.rights import needs, signed_in
from wharfinger.web.views.channels.channel_pages import head_or_404, tab_frame
from wharfinger.web.views.channels.guard import guard_context

_PLAN_SHOWN = 100
_EVERYTHING = "all"
"""`?count=all`: a person wants all listings counted, however long it takes."""


def _channel_or_404(channel_id: int) -> ChannelFacts:
    channel = channel_facts(channel_id)
    if channel is None:
        raise Http404
    return channel


@signed_in
@require_safe
def show_products(request: HttpRequest, channel_id: int) -> HttpResponse:
    channel = _channel_or_404(channel_id)
    form = ProductFilterForm(request.GET)
    form.is_valid()
    cleaned = form.cleaned_data
    wanted = ProductFilter(link=cleaned.get("link", ""), sold=cleaned.get("sold", ""), search=cleaned.get("q", ""))
    context = {
        "channel": channel,
        "page": list_products(channel, wanted, cursor=request.GET.get("at", "")),
        "counts": count_products(channel, everything=request.GET.get("count") == _EVERYTHING),
        "filtered": any(request.GET.get(key) for key in form.fields),
        "may_link": allowed(request, Right.FIX_PROBLEMS),
        "may_specify": channel.kind is Fulfilment.FBM and allowed(request, Right.EDIT_CHANNELS),
        "only_specified": channel_rule(channel_id).only_specified,
    }
    rows = live_part(request, "rows", "wharfinger/products/rows.html", context, every="3s")
    if asks_for(request, "rows"):
        return answer_live(request, rows)
    page = {**tab_frame(request, head_or_404(channel_id), "products"), **context, "form": form, "live": rows}
    page["profiles"] = profile_choices()
    return render(request, "wharfinger/products/list.html", page)


@signed_in
@require_safe
def export_products(request: HttpRequest, channel_id: int) -> HttpResponseBase:
    channel = _channel_or_404(channel_id)
    form = ProductFilterForm(request.GET)
    form.is_valid()
    cleaned = form.cleaned_data
    wanted = ProductFilter(link=cleaned.get("link", ""), sold=cleaned.get("sold", ""), search=cleaned.get("q", ""))
    rows = (
        (row.sku, row.asin, row.title, row.fulfilment, row.both, row.gone, row.item_code, row.item_name, row.linked_by)
        for row in every_product(channel, wanted)
    )
    headings = ["Amazon SKU", "ASIN", "title", "fulfilled by", "sold both ways", "gone from Amazon", "stock code",
                "stock item", "linked by"]  # fmt: skip
    return csv_file(f"products-{channel_id}", headings, rows)


@signed_in
@require_safe
def export_levels(request: HttpRequest, channel_id: int) -> HttpResponseBase:
    """What was sent to Amazon and what it showed; the plan of a first upload is a page of its own."""
    channel = _channel_or_404(channel_id)
    form = LevelFilterForm(request.GET)
    form.is_valid()
    wanted = ProductFilter(link=form.cleaned_data.get("link", ""), search=form.cleaned_data.get("q", ""))
    rows = (
        (row.sku, row.title, row.item_code, row.sent_quantity, row.sent_at, row.read_back_quantity, row.seen_at,
         row.waiting_since, row.waiting_cause, row.error)
        for row in every_sent_level(channel, wanted)
    )  # fmt: skip
    headings = ["Amazon SKU", "title", "stock code", "sent to Amazon", "sent at", "Amazon shows", "seen at",
                "waiting since", "waiting because", "error"]  # fmt: skip
    return csv_file(f"stock-{channel_id}", headings, rows)


@signed_in
@require_safe
def export_plan(request: HttpRequest, channel_id: int) -> HttpResponseBase:
    """The whole plan of a first upload."""
    _channel_or_404(channel_id)
    rows = (
        (row.sku, row.title, row.item_code, row.now_at_amazon, row.would_be, row.why_not)
        for row in stock_upload_plan(channel_id)
    )
    headings = ["Amazon SKU", "title", "stock code", "now at Amazon", "would be", "why not"]
    return csv_file(f"first-stock-upload-{channel_id}", headings, rows)


@signed_in
@require_safe
def show_stock(request: HttpRequest, channel_id: int) -> HttpResponse:
    """The first upload's plan until it is approved; afterwards what was sent to Amazon and what it showed."""
    channel = _channel_or_404(channel_id)
    form = LevelFilterForm(request.GET)
    form.is_valid()
    cleaned = form.cleaned_data
    wanted = ProductFilter(link=cleaned.get("link", ""), search=cleaned.get("q", ""))
    waits = channel.kind is Fulfilment.FBM and channel.approved_at is None
    together = waits and len(channel.waiting_for_approval) > 1
    everything = request.GET.get("count") == _EVERYTHING
    sends = channel.kind is Fulfilment.FBM and channel.approved_at is not None
    context = {
        "channel": channel,
        "progress": upload_progress(channel, everything=everything) if sends else None,
        "page": list_sent_levels(channel, wanted, cursor=request.GET.get("at", "")),
        "may_fix": allowed(request, Right.FIX_PROBLEMS),
        "may_choose": allowed(request, Right.EDIT_CHANNELS),
        "filtered": any(request.GET.get(key) for key in form.fields),
    }
    rows = live_part(request, "rows", "wharfinger/products/levels.html", context)
    if asks_for(request, "rows"):
        return answer_live(request, rows)
    may_approve = allowed(request, Right.EDIT_CHANNELS)
    page = {**tab_frame(request, head_or_404(channel_id), "stock"), **context}
    if waits:
        page |= _plan(channel_id, together=together, everything=everything)
    if channel.kind is Fulfilment.FBM:
        rule = channel_rule(channel_id)
        page |= guard_context(channel_id)
        page |= {"rule": rule, "rule_parts": parts_of(rule.resolved)}
    page |= {"waits": waits, "together": together, "may_approve": may_approve, "form": form, "live": rows}
    return render(request, "wharfinger/products/stock.html", page)


@signed_in
@require_safe
def show_rule_examples(request: HttpRequest, channel_id: int) -> HttpResponse:
    """What the rules come to for some items of the channel, on all channels side by side: a part of the Stock tab."""
    _channel_or_404(channel_id)
    shown = numbers_of(examples(channel_id=channel_id))
    return render(request, "wharfinger/stock_rules/side_by_side.html", {"shown": shown})


def _plan(channel_id: int, *, together: bool, everything: bool) -> dict[str, Any]:
    at_most = None if everything else _PLAN_SHOWN + 1
    plan: tuple[PlanRow, ...] = stock_upload_plan(channel_id, whole_account=together, at_most=at_most)
    return {
        "plan": plan[:_PLAN_SHOWN],
        "plan_whole": everything or len(plan) <= _PLAN_SHOWN,
        "plan_count": len(plan),
        "plan_changes": sum(row.changes for row in plan),
        "plan_silent": sum(row.would_be is None for row in plan),
    }


@needs(Right.EDIT_CHANNELS)
@require_POST
def approve_stock(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Approve the first stock upload of this channel, or of every one of its seller account that waits."""
    channel = _channel_or_404(channel_id)
    if request.POST.get("all") == "on":
        approved = channel_life.approve_stock_uploads(channel.account_id, user=person(request), now=trade_now())
    else:
        channel_life.approve_stock_upload(channel_id, user=person(request), now=trade_now())
        approved = 1
    said = ngettext(
        "Approved. The quantities are being sent; see the progress below.",
        "Approved for %(channels)s channels. The quantities are being sent; see the progress below.",
        approved,
    )
    messages.success(request, said % {"channels": approved})
    return redirect("channel-stock", channel_id=channel_id)


@needs(Right.FIX_PROBLEMS)
@require_POST
def send_quantity(request: HttpRequest, channel_id: int, listing_id: int) -> HttpResponse:
    """A listing's quantity, worked out now and sent to Amazon once more."""
    _channel_or_404(channel_id)
    sku = listings.send_quantity_again(listing_id, now=trade_now(), user=person(request))
    if sku is None:
        raise Http404
    messages.success(
        request, gettext("The quantity of %(sku)s is being sent to Amazon; see its row below.") % {"sku": sku[:80]}
    )
    query = request.GET.urlencode()
    return redirect(f"{reverse('channel-stock', args=[channel_id])}{f'?{query}' if query else ''}")


def _unlinked_or_404(request: HttpRequest) -> Unlinked:
    found = read_unlinked(request)
    if found is None:
        raise Http404
    return found


def _back(request: HttpRequest) -> str:
    """Where the person came from, when that is a page of ours."""
    return next_page(request, reverse("problem-list"))


def _link_context(request: HttpRequest, unlinked: Unlinked, form: LinkForm | None = None) -> dict[str, Any]:
    search = request.GET.get("find", "")
    likely = likely_items(unlinked, search)
    return {
        "unlinked": unlinked,
        "likely": likely,
        "form": form or LinkForm([(item.id, item.code) for item in likely]),
        "find": search,
        "back": _back(request),
        "link_params": linking_context(request),
        "link_query": urlencode({**linking_context(request), **({"find": search} if search else {})}),
        "may_make": allowed(request, Right.EDIT_STOCK),
    }


@needs(Right.FIX_PROBLEMS)
@require_safe
def pick(request: HttpRequest) -> HttpResponse:
    """The same as the link page, as a part for a page that is open already."""
    context = _link_context(request, _unlinked_or_404(request))
    return render(request, "wharfinger/products/pick.html", context)


@needs(Right.FIX_PROBLEMS)
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """Link an Amazon SKU to a stock item; everything that waited for it is fixed by itself."""
    unlinked = _unlinked_or_404(request)
    if request.method != "POST":
        return render(request, "wharfinger/products/link.html", _link_context(request, unlinked))
    likely = likely_items(unlinked, request.GET.get("find", ""))
    form = LinkForm([(item.id, item.code) for item in likely], request.POST)
    if form.is_valid() and _linked(request, unlinked, form):
        return redirect(_back(request))
    return render(request, "wharfinger/products/link.html", _link_context(request, unlinked, form), status=422)


def _linked(request: HttpRequest, unlinked: Unlinked, form: LinkForm) -> bool:
    item_id = form.cleaned_data["item"]
    code = form.cleaned_data["code"]
    if code:
        found = item_by_code(code)
        if found is None:
            form.add_error(
                "code",
                gettext("There is no stock item with the code %(code)s. Codes are compared exactly.")
                % {"code": code[:60]},
            )
            return False
        item_id = found.id
    try:
        fixed = link_to_item(request, unlinked, item_id)
    except Refused as refused:
        show_refusal(form, refused)
        return False
    linked = gettext("%(sku)s is linked.")
    if fixed:
        linked = ngettext(
            "%(sku)s is linked. One held line continues.", "%(sku)s is linked. %(lines)s held lines continue.", fixed
        )
    messages.success(request, linked % {"sku": unlinked.sku[:80], "lines": fixed})
    return True


@needs(Right.FIX_PROBLEMS)
@require_POST
def unlink(request: HttpRequest, product_id: int) -> HttpResponse:
    try:
        links.unlink_product(product_id, user=person(request), now=trade_now())
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(request, gettext("Unlinked. Amazon keeps the quantity sent last."))
    return redirect(_back(request))


routes = [
    path("channels/<int:channel_id>/products/", show_products, name="channel-products"),
    path("channels/<int:channel_id>/stock/", show_stock, name="channel-stock"),
    path("channels/<int:channel_id>/stock/examples/", show_rule_examples, name="channel-rule-examples"),
    path("channels/<int:channel_id>/products/export.csv", export_products, name="channel-products-export"),
    path("channels/<int:channel_id>/stock/export.csv", export_levels, name="channel-stock-export"),
    path("channels/<int:channel_id>/stock/plan.csv", export_plan, name="channel-plan-export"),
    path("channels/<int:channel_id>/stock/<int:listing_id>/send/", send_quantity, name="listing-send"),
    path("channels/<int:channel_id>/stock/approve/", approve_stock, name="channel-stock-approve"),
    path("products/pick/", pick, name="product-pick"),
    path("products/link/", link, name="product-link"),
    path("products/<int:product_id>/unlink/", unlink, name="product-unlink"),
]
