"""Settings, Users: who may sign in, and as what. Passwords are chosen by one-time links, by their owners only."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.queries.people import PersonRow, list_people, person_row
from wharfinger.domain.people import Right, Role
from wharfinger.operations import users
from wharfinger.operations.refusals import Refused
from wharfinger.operations.users import Invited
from wharfinger.web.asked import person, show_refusal, trade_now
from wharfinger.web.forms.users import PasswordForm, PersonForm
from wharfinger.web.rights import needs

LINK = "new_password_link"
"""The session keeps a new link until it was shown, once."""


@needs(Right.ADMINISTER)
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    context = {"people": list_people(), "machine_now": settings.CLOCK.machine_now()}
    return render(request, "wharfinger/users/list.html", context)


@needs(Right.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = PersonForm(request.POST if request.method == "POST" else None, initial={"role": Role.VIEWER.value})
    if request.method == "POST" and form.is_valid():
        told = {**form.cleaned_data, "role": Role(form.cleaned_data["role"])}
        try:
            invited = users.invite_user(**told, now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            return _with_link(request, invited, f"{invited.user} is added.")
    return _render(request, form, None)


def _with_link(request: HttpRequest, invited: Invited, said: str) -> HttpResponse:
    address = reverse("password-link", args=[invited.user.pk, invited.token])
    request.session[LINK] = {"user": invited.user.pk, "url": f"{settings.WHARFINGER.public_url}{address}"}
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
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, user_id: int) -> HttpResponse:
    """Name, e-mail, role; the link that was just made is shown once."""
    row = _row_or_404(user_id)
    first = {"username": row.username, "full_name": row.full_name, "email": row.email, "role": row.role}
    form = PersonForm(request.POST if request.method == "POST" else None, initial=first, made=True)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            users.change_user(
                user_id,
                full_name=told["full_name"],
                email=told["email"],
                role=Role(told["role"]),
                now=trade_now(),
                user=person(request),
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "Saved.")
            return redirect("user-list")
    link = request.session.get(LINK, {})
    shown = request.session.pop(LINK)["url"] if link.get("user") == user_id and request.method == "GET" else ""
    return _render(request, form, row, link=shown, is_you=user_id == person(request).pk)


@needs(Right.ADMINISTER)
@require_POST
def reset(request: HttpRequest, user_id: int) -> HttpResponse:
    _row_or_404(user_id)
    try:
        invited = users.reset_password(user_id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("user", user_id=user_id)
    return _with_link(request, invited, f"{invited.user} must choose a new password now.")


@needs(Right.ADMINISTER)
@require_POST
def set_active(request: HttpRequest, user_id: int) -> HttpResponse:
    _row_or_404(user_id)
    active = request.POST.get("active") == "on"
    try:
        changed = users.set_active(user_id, active, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        words = "may sign in again" if active else "cannot sign in any more; open sessions have ended"
        messages.success(request, f"{changed} {words}.")
    return redirect("user", user_id=user_id)


@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request: HttpRequest, user_id: int, token: str) -> HttpResponse:
    """The one-time link: its owner chooses a password and is signed in."""
    owner = users.whose_link(user_id, token)
    if owner is None:
        return render(request, "wharfinger/users/link_used.html", status=404)
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            owner = users.use_password_link(user_id, token, password=form.cleaned_data["password"], now=trade_now())
        except Refused as refused:
            show_refusal(form, refused)
        else:
            login(request, owner, backend="django.contrib.auth.backends.ModelBackend")
            return redirect("dashboard")
    response = render(
        request, "wharfinger/users/choose.html", {"form": form, "owner": owner}, status=422 if form.errors else 200
    )
    response["Referrer-Policy"] = "no-referrer"
    return response


routes = [
    path("settings/users/", show_list, name="user-list"),
    path("settings/users/new/", add, name="user-new"),
    path("settings/users/<int:user_id>/", edit, name="user"),
    path("settings/users/<int:user_id>/reset/", reset, name="user-reset"),
    path("settings/users/<int:user_id>/active/", set_active, name="user-active"),
    path("password/<int:user_id>/<str:token>/", choose_password, name="password-link"),
]
