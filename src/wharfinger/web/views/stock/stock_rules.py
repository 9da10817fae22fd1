"""Stock rules: profiles in Settings, what items and channels set, and what it comes to for real items."""

from collections.abc import Callable, Collection
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.queries.stock.conflicts import ConflictHint, channels_with_profile, new_conflicts
from wharfinger.db.queries.stock.rule_preview import examples, numbers_of, parts_of
from wharfinger.db.queries.stock.rules import AS_IT_IS, AsIf, Setting, installation_rule
from wharfinger.db.queries.stock.stock_profiles import (
    ItemRule,
    ProfileRow,
    channel_rule,
    fbm_channels_of,
    item_rule,
    items_of_products,
    list_profiles,
    profile_choices,
    profile_row,
    profile_users,
)
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.sentences import N_
from wharfinger.domain.stock.rules import RULE_FIELDS, Origin, RuleSource, RuleValues, fault_in, resolve
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock import stock_profiles, stock_rules
from wharfinger.web.forms.stock.rules import (
    ChannelRuleForm,
    InstallationRuleForm,
    ItemRuleForm,
    ProfileForm,
    RuleForm,
    initial_of_setting,
    initial_of_values,
)
from wharfinger.web.request_context import allowed, message_of, next_page, numbers, person, show_refusal, trade_now
from wharfinger.web.rights import View, needs, signed_in
from wharfinger.web.views.channels.channel_pages import head_or_404, tab_frame

_NOT_SET = -1
"""The id of a profile that is not saved yet, in a preview."""


@signed_in
@require_safe
def show_profiles(request: HttpRequest) -> HttpResponse:
    installation = installation_rule()
    context = {
        "profiles": list_profiles(),
        "parts": parts_of(resolve([(Origin(RuleSource.INSTALLATION), installation.values)])),
        "shares": installation.shares,
        "may_edit": allowed(request, Right.EDIT_CHANNELS),
    }
    return render(request, "wharfinger/stock_rules/profiles.html", context)


def _profile_or_404(profile_id: int) -> ProfileRow:
    row = profile_row(profile_id)
    if row is None:
        raise Http404
    return row


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            profile_id = stock_profiles.add_profile(form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Created. Assign it to items on the Stock page, or to a channel."))
            return redirect("stock-profile", profile_id=profile_id)
    return _render_profile(request, form, None)


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_profile(request: HttpRequest, profile_id: int) -> HttpResponse:
    row = _profile_or_404(profile_id)
    initial = {"name": row.name, "version": row.version, **initial_of_values(row.values)}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            changed = stock_profiles.edit_profile(
                profile_id, form.entry(), version=version, now=trade_now(), user=person(request)
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _saved(changed))
            return redirect("stock-profile-list")
    return _render_profile(request, form, row)


def _saved(listings: int) -> str:
    if not listings:
        return gettext("Saved.")
    said = ngettext(
        "Saved. The quantity of %(listings)s listing is worked out anew.",
        "Saved. The quantities of %(listings)s listings are worked out anew.",
        listings,
    )
    return said % {"listings": listings}


def _render_profile(request: HttpRequest, form: ProfileForm, row: ProfileRow | None) -> HttpResponse:
    context = {
        "form": form,
        "profile": row,
        "users": profile_users(row.id) if row else None,
        "back": reverse("stock-profile-list"),
        **_preview(form, "profile", row.id if row else _NOT_SET),
    }
    return render(request, "wharfinger/stock_rules/profile.html", context, status=422 if form.errors else 200)


def _button(verb: Callable[..., str], outcome: str) -> View:
    """A view that does one thing with one profile and goes back to the list."""

    @needs(Right.EDIT_CHANNELS)
    @require_POST
    def press(request: HttpRequest, profile_id: int) -> HttpResponse:
        _profile_or_404(profile_id)
        try:
            name = verb(profile_id, now=trade_now(), user=person(request))
        except Refused as refused:
            messages.error(request, message_of(refused))
        else:
            messages.success(request, gettext(outcome) % {"name": name})
        return redirect("stock-profile-list")

    return press


def _archive(profile_id: int, **who: Any) -> str:
    return stock_profiles.set_archived(profile_id, True, **who)


def _restore(profile_id: int, **who: Any) -> str:
    return stock_profiles.set_archived(profile_id, False, **who)


@needs(Right.EDIT_CHANNELS)
@require_POST
def copy_profile(request: HttpRequest, profile_id: int) -> HttpResponse:
    _profile_or_404(profile_id)
    made = stock_profiles.copy_profile(profile_id, now=trade_now(), user=person(request))
    messages.success(request, gettext("Copied. Give the copy a name and change what should differ."))
    return redirect("stock-profile", profile_id=made)


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_installation_rule(request: HttpRequest) -> HttpResponse:
    held = installation_rule()
    initial = {**initial_of_values(held.values), "shares": held.shares}
    form = InstallationRuleForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            changed = stock_rules.set_installation_rule(form.rule(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _saved(changed))
            return redirect("stock-profile-list")
    context = {"form": form, "back": reverse("stock-profile-list"), **_preview(form, "installation", 1)}
    return render(request, "wharfinger/stock_rules/installation.html", context, status=422 if form.errors else 200)


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_item_rule(request: HttpRequest, item_id: int) -> HttpResponse:
    item = _item_or_404(item_id)
    choices = profile_choices(item.setting.profile_id)
    initial = initial_of_setting(item.setting)
    form = ItemRuleForm(request.POST if request.method == "POST" else None, choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            stock_rules.set_item_rule(item_id, form.setting(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved. The quantities of its listings are worked out anew."))
            return redirect("stock-item-rule", item_id=item_id)
    context = {"form": form, "item": item, **_preview(form, "item", item_id)}
    return render(request, "wharfinger/stock_rules/item.html", context, status=422 if form.errors else 200)


def _item_or_404(item_id: int) -> ItemRule:
    item = item_rule(item_id)
    if item is None:
        raise Http404
    return item


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_channel_rule(request: HttpRequest, channel_id: int) -> HttpResponse:
    head = head_or_404(channel_id)
    if Fulfilment(head.kind) is not Fulfilment.FBM:
        raise Http404
    rule = channel_rule(channel_id)
    initial = {
        "only_specified": "specified" if rule.only_specified else "all",
        "leads": rule.leads,
        **initial_of_setting(rule.setting),
    }
    choices = profile_choices(rule.setting.profile_id)
    form = ChannelRuleForm(request.POST if request.method == "POST" else None, choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            changed = stock_rules.set_channel_rule(channel_id, form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _saved(changed))
            return redirect("channel-stock", channel_id=channel_id)
    context = {
        **tab_frame(request, head, "stock"),
        "form": form,
        "alone": fbm_channels_of(head.account_id) < 2,
        **_preview(form, "channel", channel_id),
    }
    return render(request, "wharfinger/stock_rules/channel.html", context, status=422 if form.errors else 200)


@signed_in
@require_safe
def preview(request: HttpRequest, subject: str, of: str) -> HttpResponse:
    """What the form's rule comes to for real items, while it is being typed; nothing is saved.

    `of`: the id of the profile, item or channel, 0 for a profile that is not saved yet; one that is gone shows nothing.
    """
    subject_id = next(iter(numbers([of])), 0)
    form: RuleForm
    match subject:
        case "profile":
            form = ProfileForm(request.GET)
        case "item":
            form = ItemRuleForm(request.GET, profile_choices(_held(request)))
        case "channel":
            form = ChannelRuleForm(request.GET, profile_choices(_held(request)))
        case "installation":
            form = InstallationRuleForm(request.GET)
        case _:
            raise Http404
    context = _preview(form, subject, subject_id or _NOT_SET, code=request.GET.get("find", ""))
    return render(request, "wharfinger/stock_rules/preview.html", context)


def _held(request: HttpRequest) -> int | None:
    return next(iter(numbers([request.GET.get("profile_id", "")])), None)


def _preview(form: RuleForm, subject: str, subject_id: int, *, code: str = "") -> dict[str, Any]:
    """For `stock_rules/preview.html`: the form's rule as it would be saved; one with errors is not worked out."""
    errors = _errors(form) if form.is_bound else []
    found = _examples(subject, subject_id, code)
    given = subject == "profile" and (bool(code) or subject_id == _NOT_SET or not _used(subject_id))
    shown = () if errors else numbers_of(found, _as_if(form, subject, subject_id, found if given else ()))
    return {
        "hint": None if errors or not form.is_bound else _conflicts(form, subject, subject_id),
        "subject": subject,
        "subject_id": max(0, subject_id),
        "shown": shown,
        "find": code,
        "given": given,
        "preview_errors": errors,
    }


def _conflicts(form: RuleForm, subject: str, subject_id: int) -> ConflictHint | None:
    """What saving the form would put in conflict. The rule of an item holds on all of its channels alike."""
    if subject == "channel":
        channels = [subject_id]
    elif subject == "profile" and subject_id != _NOT_SET:
        channels = channels_with_profile(subject_id)
    else:
        return None
    return new_conflicts(channels, _as_if(form, subject, subject_id, ()))


def _examples(subject: str, subject_id: int, code: str) -> list[int]:
    match subject:
        case "item":
            return [subject_id]
        case "channel":
            return examples(channel_id=subject_id, code=code)
        case "installation":
            return examples(code=code)
        case _:
            return examples(profile_id=None if subject_id == _NOT_SET else subject_id, code=code)


def _used(profile_id: int) -> bool:
    row = profile_row(profile_id)
    return row is not None and row.used


def _errors(form: RuleForm) -> list[str]:
    """Those of the rule alone: a name that is still missing hinders no preview."""
    form.is_valid()
    errors = [f"{form.fields[name].label}: {said[0]}" for name, said in form.errors.items() if name in _RULE]
    fault = None if errors else fault_in(form.values())
    return [*errors, gettext(fault.sentence) % fault.values] if fault else errors


_RULE = frozenset({*RULE_FIELDS, "profile_id"})


def _as_if(form: RuleForm, subject: str, subject_id: int, given: Collection[int]) -> AsIf:
    """`given`: items to be shown as if the profile were theirs."""
    if subject == "profile":
        profile = form.values() if form.is_bound else _profile_values(subject_id)
        items = {item: Setting(subject_id) for item in given}
        return AsIf(profiles={subject_id: (gettext("this profile"), profile)}, items=items)
    if not form.is_bound:
        return AS_IT_IS
    if isinstance(form, InstallationRuleForm):
        return AsIf(installation=form.rule())
    if isinstance(form, ChannelRuleForm):
        entry = form.entry()
        return AsIf(
            channels={subject_id: entry.setting},
            only_specified={subject_id: entry.only_specified},
            leads={subject_id: entry.leads},
        )
    assert isinstance(form, ItemRuleForm)
    return AsIf(items={subject_id: form.setting()})


def _profile_values(profile_id: int) -> RuleValues:
    row = profile_row(profile_id)
    return row.values if row else RuleValues()


@needs(Right.EDIT_CHANNELS)
@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Give the ticked items a profile, or take it away."""
    return _assign(request, numbers(request.POST.getlist("ids")), next_page(request, reverse("stock-list")))


def _assign(request: HttpRequest, ids: list[int], back: str) -> HttpResponse:
    wanted = request.POST.get("profile", "")
    if not ids:
        messages.error(request, gettext("Tick linked stock items first."))
        return redirect(back)
    profile = next(iter(numbers([wanted])), None)
    if profile is None and wanted != "none":
        messages.error(request, gettext("Choose the stock profile to assign."))
        return redirect(back)
    try:
        changed = stock_rules.assign_profile(ids, profile, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        said = ngettext(
            "The stock profile of %(items)s item is changed. Its listings are worked out anew.",
            "The stock profiles of %(items)s items are changed. Their listings are worked out anew.",
            changed,
        )
        messages.success(request, said % {"items": changed})
    return redirect(back)


@needs(Right.EDIT_CHANNELS)
@require_POST
def specify(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Tick products as specified items of a channel, or take the ticks away."""
    head_or_404(channel_id)
    back = next_page(request, reverse("channel-products", args=[channel_id]))
    ids = numbers(request.POST.getlist("ids"))
    if not ids:
        messages.error(request, gettext("Tick the products first."))
        return redirect(back)
    if request.POST.get("do") == "profile":
        return _assign(request, list(items_of_products(channel_id, ids)), back)
    specified = request.POST.get("do") != "leave"
    changed = stock_rules.specify_products(channel_id, ids, specified, now=trade_now(), user=person(request))
    said = ngettext("%(products)s product is changed.", "%(products)s products are changed.", changed)
    messages.success(request, said % {"products": changed})
    return redirect(back)


_PROFILES = "settings/stock-profiles/"
_PROFILE = f"{_PROFILES}<int:profile_id>/"
routes = [
    path(_PROFILES, show_profiles, name="stock-profile-list"),
    path(f"{_PROFILES}new/", new_profile, name="stock-profile-new"),
    path(_PROFILE, edit_profile, name="stock-profile"),
    path(f"{_PROFILE}copy/", copy_profile, name="stock-profile-copy"),
    path(
        f"{_PROFILE}archive/",
        _button(_archive, N_("“%(name)s” is archived: it is no longer offered; whatever uses it keeps it.")),
        name="stock-profile-archive",
    ),
    path(
        f"{_PROFILE}restore/",
        _button(_restore, N_("“%(name)s” is restored: items and channels can choose it again.")),
        name="stock-profile-restore",
    ),
    path(
        f"{_PROFILE}delete/",
        _button(stock_profiles.delete_profile, N_("“%(name)s” is deleted. Nothing used it.")),
        name="stock-profile-delete",
    ),
    path("settings/stock-rule/", edit_installation_rule, name="installation-stock-rule"),
    path("stock-rules/preview/<slug:subject>/<slug:of>/", preview, name="stock-rule-preview"),
    path("stock/assign-profile/", assign, name="stock-assign-profile"),
    path("stock/<int:item_id>/rule/", edit_item_rule, name="stock-item-rule"),
    path("channels/<int:channel_id>/stock/rule/", edit_channel_rule, name="channel-stock-rule"),
    path("channels/<int:channel_id>/products/specify/", specify, name="channel-products-specify"),
]
