"""Settings: the small lists, all by one view, and the lines of a courier group."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.queries.installation.small_lists import EntryRow, entry_row, list_entries
from wharfinger.db.queries.shipping.courier_groups import GroupPage, RuleRow, group_page
from wharfinger.domain.installation.lists import LISTS, ListName
from wharfinger.domain.installation.people import Right
from wharfinger.domain.sentences import N_
from wharfinger.operations.installation import small_lists
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import courier_groups
from wharfinger.web.forms.lists import EntryForm, RuleForm
from wharfinger.web.request_context import allowed, message_of, person, show_refusal, trade_now
from wharfinger.web.rights import View, needs, signed_in


def _list_or_404(slug: str) -> ListName:
    try:
        return ListName(slug)
    except ValueError as error:
        raise Http404 from error


def _entry_or_404(which: ListName, entry_id: int) -> EntryRow:
    row = entry_row(which, entry_id)
    if row is None:
        raise Http404
    return row


@signed_in
@require_safe
def show_list(request: HttpRequest, slug: str) -> HttpResponse:
    which = _list_or_404(slug)
    return _render_list(request, which, EntryForm(which))


@needs(Right.EDIT_CHANNELS)
@require_POST
def add_entry(request: HttpRequest, slug: str) -> HttpResponse:
    which = _list_or_404(slug)
    form = EntryForm(which, request.POST)
    if form.is_valid():
        try:
            small_lists.add_entry(which, form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Added. Channels can choose it now."))
            return redirect("small-list", slug=slug)
    return _render_list(request, which, form)


def _render_list(request: HttpRequest, which: ListName, form: EntryForm) -> HttpResponse:
    context = {
        "which": which,
        "list": LISTS[which],
        "entries": list_entries(which),
        "form": form,
        "may_edit": allowed(request, Right.EDIT_CHANNELS),
        "has_currency": which is ListName.BANK_ACCOUNTS,
        "has_lines": which is ListName.COURIER_GROUPS,
    }
    return render(request, "wharfinger/lists/list.html", context, status=422 if form.errors else 200)


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def rename_entry(request: HttpRequest, slug: str, entry_id: int) -> HttpResponse:
    which = _list_or_404(slug)
    row = _entry_or_404(which, entry_id)
    data = request.POST if request.method == "POST" else None
    form = EntryForm(which, data, initial={"name": row.name, "currency": row.currency})
    if request.method == "POST" and form.is_valid():
        try:
            small_lists.rename_entry(which, entry_id, form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("small-list", slug=slug)
    context = {"which": which, "list": LISTS[which], "entry": row, "form": form}
    return render(request, "wharfinger/lists/rename.html", context, status=422 if form.errors else 200)


def _button(verb: Callable[..., str], outcome: str) -> View:
    """A view that does one thing with one entry and goes back to its list."""

    @needs(Right.EDIT_CHANNELS)
    @require_POST
    def press(request: HttpRequest, slug: str, entry_id: int) -> HttpResponse:
        which = _list_or_404(slug)
        _entry_or_404(which, entry_id)
        try:
            name = verb(which, entry_id, now=trade_now(), user=person(request))
        except Refused as refused:
            messages.error(request, message_of(refused))
        else:
            messages.success(request, gettext(outcome) % {"name": name})
        return redirect("small-list", slug=slug)

    return press


@signed_in
@require_safe
def show_group(request: HttpRequest, group_id: int) -> HttpResponse:
    context = {"group": _group_or_404(group_id), "may_edit": allowed(request, Right.EDIT_CHANNELS)}
    return render(request, "wharfinger/lists/group.html", context)


def _group_or_404(group_id: int) -> GroupPage:
    group = group_page(group_id)
    if group is None:
        raise Http404
    return group


def _line_or_404(group: GroupPage, rule_id: int) -> RuleRow:
    found = next((row for row in group.rules if row.id == rule_id), None)
    if found is None:
        raise Http404
    return found


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request: HttpRequest, group_id: int) -> HttpResponse:
    group = _group_or_404(group_id)
    form = RuleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            courier_groups.add_rule(group_id, form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("The line is added, as the last one."))
            return redirect("courier-group", group_id=group_id)
    return _render_rule(request, group, form, None)


@needs(Right.EDIT_CHANNELS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_rule(request: HttpRequest, group_id: int, rule_id: int) -> HttpResponse:
    group = _group_or_404(group_id)
    row = _line_or_404(group, rule_id)
    form = RuleForm(request.POST if request.method == "POST" else None, initial=row.initial())
    if request.method == "POST" and form.is_valid():
        try:
            courier_groups.edit_rule(group_id, rule_id, form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("courier-group", group_id=group_id)
    return _render_rule(request, group, form, row)


def _render_rule(request: HttpRequest, group: GroupPage, form: RuleForm, row: RuleRow | None) -> HttpResponse:
    context: dict[str, Any] = {"group": group, "form": form, "line": row}
    return render(request, "wharfinger/lists/rule.html", context, status=422 if form.errors else 200)


@needs(Right.EDIT_CHANNELS)
@require_POST
def change_rule(request: HttpRequest, group_id: int, rule_id: int) -> HttpResponse:
    """Move a line up or down, or remove it."""
    _group_or_404(group_id)
    wanted = request.POST.get("do")
    try:
        if wanted == "remove":
            courier_groups.remove_rule(group_id, rule_id, now=trade_now(), user=person(request))
            messages.success(request, gettext("The line is removed."))
        elif wanted in ("up", "down"):
            courier_groups.move_rule(group_id, rule_id, up=wanted == "up", now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    return redirect("courier-group", group_id=group_id)


_LIST = "settings/lists/<slug:slug>/"
_GROUP = "settings/courier-groups/<int:group_id>/"
routes = [
    path(_LIST, show_list, name="small-list"),
    path(f"{_LIST}add/", add_entry, name="small-list-add"),
    path(f"{_LIST}<int:entry_id>/", rename_entry, name="small-list-rename"),
    path(
        f"{_LIST}<int:entry_id>/archive/",
        _button(
            small_lists.archive_entry, N_("“%(name)s” is archived: it is no longer offered; whatever uses it keeps it.")
        ),
        name="small-list-archive",
    ),
    path(
        f"{_LIST}<int:entry_id>/restore/",
        _button(small_lists.restore_entry, N_("“%(name)s” is restored: channels can choose it again.")),
        name="small-list-restore",
    ),
    path(
        f"{_LIST}<int:entry_id>/delete/",
        _button(small_lists.delete_entry, N_("“%(name)s” is deleted. Nothing ever used it.")),
        name="small-list-delete",
    ),
    path(_GROUP, show_group, name="courier-group"),
    path(f"{_GROUP}lines/new/", new_rule, name="courier-group-rule-new"),
    path(f"{_GROUP}lines/<int:rule_id>/", edit_rule, name="courier-group-rule"),
    path(f"{_GROUP}lines/<int:rule_id>/change/", change_rule, name="courier-group-rule-change"),
]
