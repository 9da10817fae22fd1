"""By which codes, besides its own, a channel's order lines find their stock item."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from wharfinger.db.queries.channels.channel_products import channel_facts
from wharfinger.db.queries.channels.match_codes import match_codes
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.matching import COMPARED, MatchCode, own_code
from wharfinger.operations.channels import matching
from wharfinger.operations.refusals import Refused
from wharfinger.web.request_context import allowed, message_of, person, trade_now
from wharfinger.web.rights import needs, signed_in
from wharfinger.web.views.channels.channel_pages import head_or_404, tab_frame


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
    path("channels/<int:channel_id>/matching/", edit_codes, name="channel-matching"),
]
