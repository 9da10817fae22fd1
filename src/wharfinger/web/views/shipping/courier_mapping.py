"""The tab Courier mapping of a channel: Amazon's service levels in, our services out."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from wharfinger.db.queries.shipping.courier_mapping import MappingPage, mapping_page
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import courier_mappings
from wharfinger.web.channel_tabs import channel_tabs
from wharfinger.web.forms.courier_mapping import MappingForm
from wharfinger.web.request_context import allowed, person, show_refusal, trade_now
from wharfinger.web.rights import needs, signed_in


def _page_or_404(channel_id: int) -> MappingPage:
    page = mapping_page(channel_id)
    if page is None:
        raise Http404
    return page


def _frame(request: HttpRequest, page: MappingPage) -> dict[str, Any]:
    return {
        "channel": page,
        "fbm": page.kind is Fulfilment.FBM,
        "tabs": channel_tabs(page.id, "couriers"),
        "may_edit": allowed(request, Right.EDIT_CHANNELS),
    }


@signed_in
@require_safe
def show_mapping(request: HttpRequest, channel_id: int) -> HttpResponse:
    page = _page_or_404(channel_id)
    return render(request, "wharfinger/channels/couriers.html", _frame(request, page))


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_mapping(request: HttpRequest, channel_id: int) -> HttpResponse:
    page = _page_or_404(channel_id)
    if page.kind is not Fulfilment.FBM:
        return redirect("channel-couriers", channel_id=channel_id)
    form = MappingForm(page, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _saved(request, page, form):
        messages.success(
            request,
            gettext("The courier mapping is saved. It applies to orders imported and confirmations sent from now on."),
        )
        return redirect("channel-couriers", channel_id=channel_id)
    context = {**_frame(request, page), "form": form}
    return render(request, "wharfinger/channels/couriers_edit.html", context, status=422 if form.is_bound else 200)


def _saved(request: HttpRequest, page: MappingPage, form: MappingForm) -> bool:
    try:
        courier_mappings.save_mapping(
            page.id,
            form.level_entries(),
            form.carrier_entries(),
            version=form.cleaned_data["version"],
            now=trade_now(),
            user=person(request),
        )
    except Refused as refused:
        show_refusal(form, refused, {refused.field: form.field_of(refused.field)})
        return False
    return True


routes = [
    path("channels/<int:channel_id>/couriers/", show_mapping, name="channel-couriers"),
    path("channels/<int:channel_id>/couriers/edit/", edit_mapping, name="channel-couriers-edit"),
]
