"""New Channel: type, checks, General, Channel Specific, (Global), Save Channel. Nothing is made before the last."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from wharfinger.db.queries.access.applications import application_of_region
from wharfinger.db.queries.channels.channel_facts import channel_page
from wharfinger.db.queries.channels.marketplaces import zone_of
from wharfinger.db.queries.channels.setup_checks import (
    is_linked_seller,
    next_free_marketplace,
    only_seller_for,
    region_of,
    seller_of,
    setup_facts,
    suggested_name,
    touched_by,
)
from wharfinger.domain.channels.channel import ActivatedFor
from wharfinger.domain.channels.setup_checks import (
    SetupFacts,
    checks_for,
    courier_service_for,
    lacks_fba_site,
    site_for,
    stops,
)
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.sentences import N_
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.operations.channels import channel_life, channel_set_up
from wharfinger.operations.channels.channel_set_up import check_general, check_specific, first_start_date
from wharfinger.operations.refusals import Refused
from wharfinger.web.drafts import SECRET, Draft, begin_draft, drafts_of, find_draft, forget_draft, keep_draft, take_down
from wharfinger.web.forms.channels import (
    FIELD_NAMES,
    GENERAL,
    GLOBAL,
    SPECIFIC,
    ChannelForm,
    MarketplaceForm,
    copy_of,
    preset,
    refresh_checks,
)
from wharfinger.web.https import comes_back_from_amazon
from wharfinger.web.live import asks_for
from wharfinger.web.request_context import allowed, message_of, numbers, person, trade_now
from wharfinger.web.rights import needs
from wharfinger.web.setup_steps import BEFORE, TITLES, begin_set_up, place, steps_before
from wharfinger.web.token_first import token_first

KINDS = {kind.lower(): kind for kind in Fulfilment}
FIELDS = {
    "checks": ("marketplace_id", "marketplace_typed"),
    "general": GENERAL,
    "specific": SPECIFIC,
    "options": GLOBAL,
}
FORMS = ("general", "specific", "options")
LEADS = {
    "general": N_("The channel's name, and what it does automatically."),
    "specific": N_("Which seller account sells where, and how order lines are matched to your stock."),
    "options": N_(
        "Options for every order type. Sales Source, customers, invoices and the rest start with the first values in "
        "your settings; rows for single order types are added on the channel's page."
    ),
}


@needs(Right.EDIT_CHANNELS)
@require_safe
def choose_type(request: HttpRequest) -> HttpResponse:
    """The first step, with what was begun and not saved."""
    begun = [(draft, setup_facts(draft.kind, draft.values.get("marketplace_id", ""))) for draft in drafts_of(request)]
    steps = steps_before("type", "", (), ())
    return render(request, "wharfinger/channels/new/type.html", {"steps": steps, "place": place(steps), "begun": begun})


@needs(Right.EDIT_CHANNELS)
@require_safe
def begin(request: HttpRequest, kind: str) -> HttpResponse:
    """The type is chosen; `like` = Duplicate: begin with another channel's settings.

    `marketplace` and `account`: where paid orders have no channel, what New Channel asks of both is filled in.
    """
    if kind not in KINDS:
        raise Http404
    fulfilment = KINDS[kind]
    wanted = request.GET.get("marketplace", "")
    region = region_of(wanted)
    marketplace_id = wanted if region else next_free_marketplace(fulfilment)
    name = suggested_name(fulfilment, marketplace_id)
    zone = zone_of(marketplace_id) or person(request).time_zone
    first = preset(fulfilment, first_start_date(trade_now(), zone), marketplace_id, name)
    if region:
        first |= {"region": region, "seller_id": seller_of(numbers([request.GET.get("account", "")]), region)}
    like = numbers([request.GET.get("like", "")])
    pattern = channel_page(like[0]) if like else None
    if pattern is not None and pattern.kind == fulfilment:
        first |= {**copy_of(pattern), "like": pattern.id}
    draft = begin_draft(request, fulfilment, first)
    return redirect("channel-draft", key=draft.key, step="checks")


def _draft_or_404(request: HttpRequest, key: str) -> Draft:
    draft = find_draft(request, key)
    if draft is None:
        raise Http404("This channel was saved or discarded in the meantime.")
    return draft


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def show_step(request: HttpRequest, key: str, step: str) -> HttpResponse:
    """One step: what is sent is kept whether it is right or wrong, and a remedy leads back to exactly this step."""
    draft = _draft_or_404(request, key)
    if step not in BEFORE[1:]:
        raise Http404
    if request.method == "POST":
        return _take(request, draft, step)
    if step not in draft.reached:
        draft.reached.append(step)
        keep_draft(request, draft)
    if step == "checks":
        return _checks(request, draft)
    if step == "save":
        return _summary(request, draft)
    return _form_page(request, draft, step, None)


def _take(request: HttpRequest, draft: Draft, step: str) -> HttpResponse:
    go = request.POST.get("go", "")
    if go == "cancel":
        forget_draft(request, draft.key)
        messages.info(request, gettext("Nothing was created."))
        return redirect("channel-list")
    before = draft.values.get("marketplace_id", "")
    take_down(draft, FIELDS.get(step, ()), request.POST)
    draft.refused = ("", "")
    if step == "checks":
        _note_marketplace(draft)
    _follow_marketplace(draft, before)
    if go == "forget-token":
        draft.values[SECRET] = ""
    keep_draft(request, draft)
    if asks_for(request, "checks"):
        return render(request, "wharfinger/channels/new/checks_part.html", _checks_context(draft))
    if go in REMEDIES:
        return redirect(_remedy_address(draft, step, go))
    if go == "forget-token":
        return redirect("channel-draft", key=draft.key, step=step)
    match step:
        case "checks":
            return _leave_checks(request, draft, go)
        case "save":
            return _save(request, draft, go)
        case _:
            return _leave_form(request, draft, step)


def _next(request: HttpRequest, draft: Draft, step: str) -> HttpResponse:
    _pass(request, draft, step)
    return redirect("channel-draft", key=draft.key, step=BEFORE[BEFORE.index(step) + 1])


def _pass(request: HttpRequest, draft: Draft, *steps: str) -> None:
    draft.passed = list(dict.fromkeys((*draft.passed, *steps)))
    keep_draft(request, draft)


def _fail(request: HttpRequest, draft: Draft, step: str) -> None:
    """A step whose fields are wrong loses its tick, also when it had one."""
    draft.passed = [each for each in draft.passed if each != step]
    keep_draft(request, draft)


# Checks: each names its remedy; the remedy's page leads back here.


REMEDIES = {
    "courier": ("courier-new", {}),
    "site": ("site-new", {"kind": SiteKind.OWN}),
    "fba-site": ("site-new", {"kind": SiteKind.FBA}),
    "application": ("amazon-application-new", {}),
}


def _remedy_address(draft: Draft, step: str, go: str) -> str:
    page, query = REMEDIES[go]
    params = {**query, "next": reverse("channel-draft", args=[draft.key, step])}
    if go == "fba-site":
        params["pool"] = setup_facts(draft.kind, draft.values.get("marketplace_id", "")).pool
    return f"{reverse(page)}?{urlencode(params)}"


def _checks_context(draft: Draft) -> dict[str, Any]:
    """The checks for the marketplace that is chosen now, picked or typed, and for its seller where one is known."""
    typed = draft.values.get("marketplace_typed", "").strip()
    facts = setup_facts(draft.kind, typed if region_of(typed) else draft.values.get("marketplace_id", ""))
    seller = draft.values.get("seller_id", "").strip()
    checks = checks_for(draft.kind, facts, seller, comes_back=comes_back_from_amazon())
    return {"facts": facts, "checks": checks, "stops": stops(checks)}


def _checks(request: HttpRequest, draft: Draft, form: MarketplaceForm | None = None) -> HttpResponse:
    context = {
        **_frame(draft, "checks"),
        **_checks_context(draft),
        "form": form or MarketplaceForm(initial=draft.values),
    }
    return render(request, "wharfinger/channels/new/checks.html", context, status=422 if form else 200)


def _follow_marketplace(draft: Draft, before: str) -> None:
    """A name that was only suggested follows the marketplace; one that a person gave stays."""
    now, name = draft.values.get("marketplace_id", ""), draft.values.get("name", "")
    if now != before and name == suggested_name(draft.kind, before):
        draft.values["name"] = suggested_name(draft.kind, now)


def _note_marketplace(draft: Draft) -> None:
    """A typed ID that Amazon has is as good as a picked one; the region follows from it."""
    typed = draft.values.get("marketplace_typed", "").strip()
    region = region_of(typed or draft.values.get("marketplace_id", ""))
    if region and typed:
        draft.values |= {"marketplace_id": typed, "marketplace_typed": ""}
    if region:
        draft.values["region"] = region


def _leave_checks(request: HttpRequest, draft: Draft, go: str) -> HttpResponse:
    form = MarketplaceForm(draft.data(), initial={})
    typed = draft.values.get("marketplace_typed", "").strip()
    if form.is_valid() and typed:
        form.add_error(
            "marketplace_typed",
            gettext("“%(typed)s” is not a marketplace ID of Amazon. Choose one above.") % {"typed": typed[:40]},
        )
    if form.errors:
        _fail(request, draft, "checks")
        return _checks(request, draft, form)
    stopped = _checks_context(draft)["stops"]
    if go == "look" or stopped:
        if stopped:
            _fail(request, draft, "checks")
        return redirect("channel-draft", key=draft.key, step="checks")
    return _take_proposals(request, draft) if go == "save" else _next(request, draft, "checks")


def _take_proposals(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Use what is proposed on the steps between, and go to Save; stops at the first step that needs a person."""
    _choose_for_them(draft, setup_facts(draft.kind, draft.values["marketplace_id"]))
    _fill_in_seller(draft)
    for step in FORMS:
        form = _form(draft, step, bound=True)
        if not form.is_valid() or _refused(draft, step, form):
            keep_draft(request, draft)
            return redirect("channel-draft", key=draft.key, step=step)
    draft.reached = list(dict.fromkeys((*draft.reached, *FORMS)))
    _pass(request, draft, "checks", *FORMS)
    return redirect("channel-draft", key=draft.key, step="save")


def _refused(draft: Draft, step: str, form: ChannelForm) -> bool:
    try:
        _judge(draft, step, form)
    except Refused:
        return True
    return False


# General, Channel Specific, (Global): one form each.


def _form(draft: Draft, step: str, *, bound: bool) -> ChannelForm:
    form = ChannelForm(draft.kind, draft.data() if bound else None, initial=draft.values)
    form.keep_only(FIELDS[step])
    if step == "specific":
        refresh_checks(form)
    return form


def _form_page(request: HttpRequest, draft: Draft, step: str, form: ChannelForm | None) -> HttpResponse:
    facts = setup_facts(draft.kind, draft.values.get("marketplace_id", ""))
    if step == "options" and form is None:
        _choose_for_them(draft, facts)
    elif step == "specific":
        _fill_in_seller(draft)
    refused = draft.refused if draft.refused[0] in FIELDS[step] else ("", "")
    if form is None:
        form = _form(draft, step, bound=bool(refused[1]))
        if refused[1] and form.is_valid():
            form.add_error(*refused)
    context = {
        **_frame(draft, step),
        **_checks_context(draft),
        "form": form,
        "facts": facts,
        "lead": gettext(LEADS[step]),
        "token_last_four": draft.token_last_four,
        "token_first": token_first(application_of_region(draft.values.get("region", ""))),
        "touched": touched_by(draft.values.get("region", ""), draft.values.get("seller_id", "").strip()),
    }
    return render(request, "wharfinger/channels/new/step.html", context, status=422 if form.errors else 200)


def _fill_in_seller(draft: Draft) -> None:
    """The one linked seller that it can be, where nobody has said yet."""
    values = draft.values
    if "seller_id" not in values:
        values["seller_id"] = only_seller_for(draft.kind, values.get("region", ""), values.get("marketplace_id", ""))


def _choose_for_them(draft: Draft, facts: SetupFacts) -> None:
    """The Site and courier service that there is no doubt about."""
    values = draft.values
    values["site_id"] = site_for(draft.kind, facts, values.get("site_id", ""))
    values["courier_service_id"] = courier_service_for(draft.kind, facts, values.get("courier_service_id", ""))


def _leave_form(request: HttpRequest, draft: Draft, step: str) -> HttpResponse:
    form = _form(draft, step, bound=True)
    if form.is_valid():
        try:
            _judge(draft, step, form)
        except Refused as refused:
            form.say_no(refused)
        else:
            if step == "specific":
                _note_marketplace(draft)
            return _next(request, draft, step)
    if SECRET in form.errors:  # one that is wrong is not kept: an empty field would go on meaning it
        draft.values[SECRET] = ""
    _fail(request, draft, step)
    return _form_page(request, draft, step, form)


def _judge(draft: Draft, step: str, form: ChannelForm) -> None:
    """What Save Channel would say of this step's fields; Refused names the field."""
    match step:
        case "general":
            check_general(form.entry())
        case "specific":
            entry = form.entry()
            check_specific(draft.kind, entry)
            facts = setup_facts(draft.kind, entry.marketplace_id)
            lacking = lacks_fba_site(draft.kind, facts)
            if lacking:
                raise Refused(lacking, "marketplace_id")
        case _:
            pass


# Save Channel.


def _whole_form(draft: Draft) -> ChannelForm:
    return ChannelForm(draft.kind, draft.data(), initial={})


def _summary(request: HttpRequest, draft: Draft) -> HttpResponse:
    form = _whole_form(draft)
    wrong = _step_of(next(iter(form.errors), "")) if not form.is_valid() else ""
    if wrong:
        return redirect("channel-draft", key=draft.key, step=wrong)
    sections = [(step, TITLES[step], _shown(form, step)) for step in FORMS]
    context = {
        **_frame(draft, "save"),
        "sections": sections,
        "token_last_four": draft.token_last_four,
        "touched": touched_by(draft.values.get("region", ""), draft.values.get("seller_id", "").strip()),
        "may_activate": _may_activate(request),
        "asks_consent": _asks_consent(request, draft),
    }
    return render(request, "wharfinger/channels/new/save.html", context)


def _may_activate(request: HttpRequest) -> bool:
    """Demo systems with a simulator: an administrator may have the new channel speak to it at once."""
    installation = settings.WHARFINGER
    return installation.system == "demo" and bool(installation.simulator_url) and allowed(request, Right.ADMINISTER)


def _asks_consent(request: HttpRequest, draft: Draft) -> bool:
    """Whether Authorise is what comes next, and may be pressed: no token was given, and no seller is shared."""
    shared = is_linked_seller(draft.values.get("region", ""), draft.values.get("seller_id", "").strip())
    may_speak = settings.WHARFINGER.system == "live" or _may_activate(request)
    application = application_of_region(draft.values.get("region", ""))
    return may_speak and not (draft.token_last_four or shared) and not token_first(application)


def _shown(form: ChannelForm, step: str) -> list[Any]:
    left_out = {"marketplace_typed", "auth_token", "late_courier_acknowledged"}
    return [form[name] for name in FIELDS[step] if name in form.fields and name not in left_out]


def _step_of(field: str) -> str:
    return next((step for step in FORMS if field in FIELDS[step]), "")


def _save(request: HttpRequest, draft: Draft, go: str) -> HttpResponse:
    form = _whole_form(draft)
    if not form.is_valid():
        return redirect("channel-draft", key=draft.key, step=_step_of(next(iter(form.errors))) or "general")
    like = numbers([draft.values.get("like", "")])
    try:
        channel = channel_set_up.create_channel(
            draft.kind, form.entry(), like=like[0] if like else None, now=trade_now(), user=person(request)
        )
    except Refused as refused:
        field = FIELD_NAMES.get(refused.field, refused.field)
        draft.refused = (field, message_of(refused))
        keep_draft(request, draft)
        if not _step_of(field):
            messages.error(request, message_of(refused))
        return redirect("channel-draft", key=draft.key, step=_step_of(field) or "save")
    asks_consent = _asks_consent(request, draft)
    forget_draft(request, draft.key)
    begin_set_up(request, channel.pk)
    activated = _may_activate(request) and request.POST.get("activate") == "on" and _activate(request, channel.pk)
    if go == "authorise" and asks_consent and (activated or channel.activated):
        return redirect("channel-authorise", channel_id=channel.pk)
    saved = (
        gettext("%(channel)s is saved. Next: authorise it at Amazon.")
        if asks_consent
        else gettext("%(channel)s is saved.")
    )
    messages.success(request, saved % {"channel": channel.name})
    return redirect("channel-set-up-authorise", channel_id=channel.pk)


def _activate(request: HttpRequest, channel_id: int) -> bool:
    try:
        channel_life.activate_channel(channel_id, ActivatedFor.SIMULATOR, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
        return False
    return True


def _frame(draft: Draft, step: str) -> dict[str, Any]:
    steps = steps_before(step, draft.key, draft.reached, draft.passed)
    before = BEFORE[BEFORE.index(step) - 1]
    back = reverse("channel-new") if before == "type" else reverse("channel-draft", args=[draft.key, before])
    return {
        "draft": draft,
        "kind": draft.kind,
        "step": step,
        "title": TITLES[step],
        "steps": steps,
        "place": place(steps),
        "back": back,
    }


routes = [
    path("channels/new/", choose_type, name="channel-new"),
    path("channels/new/<str:kind>/", begin, name="channel-new-kind"),
    path("channels/new/<str:key>/<str:step>/", show_step, name="channel-draft"),
]
