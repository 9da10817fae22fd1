"""Settings, Users: who may sign in, and as what. Passwords are chosen by one-time links, by their owners only."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.encryption import decrypt, encrypt
from wharfinger.db.models import User
from wharfinger.db.queries.installation.people import PersonRow, list_people, person_row
from wharfinger.domain.installation.access_log import Access
from wharfinger.domain.installation.people import Right, Role
from wharfinger.operations.installation import sign_in, users
from wharfinger.operations.installation.factors import second_factor
from wharfinger.operations.installation.sign_in import Attempt
from wharfinger.operations.installation.users import Invited
from wharfinger.operations.refusals import Refused
from wharfinger.web.access_log import note_failure, note_sign_in
from wharfinger.web.forms.users import OwnPasswordForm, PersonForm, RightsForm
from wharfinger.web.known_browser import remember_browser
from wharfinger.web.request_context import message_of, person, show_refusal, trade_now
from wharfinger.web.rights import needs, signed_in
from wharfinger.web.second_factor import keep_session, needs_password

LINK = "new_password_link"
"""The session keeps a new link, encrypted, until it was shown, once."""


@needs(Right.ADMINISTER)
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    context = {
        "people": list_people(),
        "machine_now": settings.CLOCK.machine_now(),
        "wants_factors": settings.WHARFINGER.system == "live",
    }
    return render(request, "wharfinger/users/list.html", context)


@needs(Right.ADMINISTER)
@needs_password
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = PersonForm(request.POST if request.method == "POST" else None, initial={"role": Role.VIEWER})
    if request.method == "POST" and form.is_valid():
        cleaned = {**form.cleaned_data, "role": Role(form.cleaned_data["role"])}
        try:
            invited = users.invite_user(**cleaned, now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            return _with_link(request, invited, gettext("%(person)s is added.") % {"person": invited.user})
    return _render(request, form, None)


def _with_link(request: HttpRequest, invited: Invited, said: str) -> HttpResponse:
    url = f"{settings.WHARFINGER.public_url}{reverse('password-link')}#{invited.code}"
    request.session[LINK] = {"user": invited.user.pk, "url": encrypt(url.encode())}
    messages.success(request, said)
    return redirect("user", user_id=invited.user.pk)


def _render(request: HttpRequest, form: PersonForm, row: PersonRow | None, **more: Any) -> HttpResponse:
    context = {"form": form, "row": row, **more}
    return render(request, "wharfinger/users/form.html", context, status=422 if form.errors else 200)


def _row_or_404(user_id: int) -> PersonRow:
    row = person_row(user_id)
    if row is None:
        raise Http404
    return row


@needs(Right.ADMINISTER)
@needs_password
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, user_id: int) -> HttpResponse:
    """Name, e-mail, role; the link that was just made is shown once."""
    row = _row_or_404(user_id)
    first = {"username": row.username, "full_name": row.full_name, "email": row.email, "role": row.role}
    form = PersonForm(request.POST if request.method == "POST" else None, initial=first, made=True)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            users.change_user(
                user_id,
                full_name=cleaned["full_name"],
                email=cleaned["email"],
                role=Role(cleaned["role"]),
                now=trade_now(),
                user=person(request),
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved."))
            return redirect("user-list")
    link = request.session.get(LINK, {})
    show = link.get("user") == user_id and request.method == "GET"
    shown = decrypt(request.session.pop(LINK)["url"]).decode() if show else ""
    locked = row.locked_until is not None and row.locked_until > settings.CLOCK.machine_now()
    rights = None if row.role is Role.ADMINISTRATOR else RightsForm(row=row)
    is_you = user_id == person(request).pk
    return _render(request, form, row, link=shown, is_you=is_you, locked=locked, rights=rights)


@needs(Right.ADMINISTER)
@needs_password
@require_POST
def reset(request: HttpRequest, user_id: int) -> HttpResponse:
    _row_or_404(user_id)
    try:
        invited = users.reset_password(user_id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
        return redirect("user", user_id=user_id)
    return _with_link(
        request, invited, gettext("%(person)s must choose a new password now.") % {"person": invited.user}
    )


@needs(Right.ADMINISTER)
@needs_password
@require_POST
def reset_second_factor(request: HttpRequest, user_id: int) -> HttpResponse:
    """For a lost telephone: they set up another one when they sign in."""
    row = _row_or_404(user_id)
    try:
        changed = second_factor.reset(row.username, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        done = gettext("%(person)s sets up a second factor at the next sign-in; open sessions have ended.")
        messages.success(request, done % {"person": changed})
    return redirect("user", user_id=user_id)


@needs(Right.ADMINISTER)
@needs_password
@require_POST
def change_rights(request: HttpRequest, user_id: int) -> HttpResponse:
    """What the person may beside the role."""
    row = _row_or_404(user_id)
    form = RightsForm(request.POST, row=row)
    if not form.is_valid():
        messages.error(request, gettext("Nothing was changed: choose one of the offered answers for each function."))
        return redirect("user", user_id=user_id)
    try:
        changed = users.change_rights(user_id, form.changes(), now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(request, gettext("The rights of %(person)s are saved.") % {"person": changed})
    return redirect("user", user_id=user_id)


@needs(Right.ADMINISTER)
@needs_password
@require_POST
def set_active(request: HttpRequest, user_id: int) -> HttpResponse:
    _row_or_404(user_id)
    active = request.POST.get("active") == "on"
    try:
        changed = users.set_active(user_id, active, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        may = gettext("%(person)s may sign in again.")
        may_not = gettext("%(person)s cannot sign in any more; open sessions have ended.")
        messages.success(request, (may if active else may_not) % {"person": changed})
    return redirect("user", user_id=user_id)


@needs(Right.ADMINISTER)
@require_POST
def unlock(request: HttpRequest, user_id: int) -> HttpResponse:
    unlocked = sign_in.unlock(_row_or_404(user_id).username, now=trade_now(), user=person(request))
    messages.success(request, gettext("%(person)s may try to sign in again.") % {"person": unlocked})
    return redirect("user", user_id=user_id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def change_own(request: HttpRequest) -> HttpResponse:
    """Your own password: the present one is needed, every other session ends."""
    form = OwnPasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            changed = _change_own(request, form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            update_session_auth_hash(request, changed)
            note_sign_in(request, Access.PASSWORD_CHANGED, changed.pk)
            messages.success(request, gettext("Your password is changed. Your other sessions have ended."))
            response = redirect("settings")
            remember_browser(request, response, changed)
            return response
    return render(request, "wharfinger/users/own_password.html", {"form": form}, status=422 if form.errors else 200)


def _change_own(request: HttpRequest, cleaned: dict[str, str]) -> User:
    """Whoever sits down at a browser left open may not guess the password either."""
    me = person(request)
    attempt = Attempt(me.username, request.META.get("REMOTE_ADDR", ""), browser=f"own password {me.pk}")
    until = sign_in.begin_attempt(attempt, now=settings.CLOCK.machine_now())
    if until is not None:
        raise Refused("Too many attempts. Try again in a quarter of an hour.", "old")
    if not me.check_password(cleaned["old"]):
        note_failure(request, Access.SIGN_IN_FAILED, attempt, me.pk)
    keep_session(request, me)
    changed = users.change_own_password(me.pk, old=cleaned["old"], new=cleaned["password"], now=trade_now())
    sign_in.note_success(attempt)
    return changed


routes = [
    path("settings/users/", show_list, name="user-list"),
    path("settings/users/new/", add, name="user-new"),
    path("settings/users/<int:user_id>/", edit, name="user"),
    path("settings/users/<int:user_id>/reset/", reset, name="user-reset"),
    path("settings/users/<int:user_id>/second-factor/", reset_second_factor, name="user-reset-second-factor"),
    path("settings/users/<int:user_id>/active/", set_active, name="user-active"),
    path("settings/users/<int:user_id>/rights/", change_rights, name="user-rights"),
    path("settings/users/<int:user_id>/unlock/", unlock, name="user-unlock"),
    path("account/password/", change_own, name="own-password"),
]
