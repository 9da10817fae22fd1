"""In and out: signing in and out, one-time links (first administrator, password), the demo's clock."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from wharfinger.db.models import User
from wharfinger.db.queries.installation.people import demo_people, person_named
from wharfinger.db.queries.installation.second_factor import has_second_factor
from wharfinger.domain.installation.access_log import Access
from wharfinger.domain.installation.people import Right
from wharfinger.operations import triggers
from wharfinger.operations.installation import sign_in as operations
from wharfinger.operations.installation import users
from wharfinger.operations.installation.sign_in import Attempt
from wharfinger.operations.refusals import Refused
from wharfinger.web.access_log import note_failure, note_sign_in
from wharfinger.web.forms.sign_in import DEMO_PASSWORD, CodeForm, SetupForm, SignInForm
from wharfinger.web.forms.users import PasswordForm
from wharfinger.web.known_browser import known_browser
from wharfinger.web.request_context import show_refusal, trade_now
from wharfinger.web.rights import needs
from wharfinger.web.views.installation.second_factor_pending import ask_second_factor, let_in, next_of

RATES = (1, 10, 60)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; a demo system lists its people."""
    form = SignInForm(request.POST or None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        match _try(request, form.cleaned_data["username"], form.cleaned_data["password"]):
            case User() as person:
                if has_second_factor(person.pk):
                    return ask_second_factor(request, person, next_of(request))
                return let_in(request, person, next_of(request))
            case Wait(minutes):
                too_many = ngettext(
                    "Too many attempts. Try again in a minute.",
                    "Too many attempts. Try again in %(minutes)s minutes.",
                    minutes,
                )
                form.add_error(None, too_many % {"minutes": minutes})
                status = 429
            case None:
                form.add_error(None, gettext("Wrong user name or password. Passwords are case-sensitive."))
    demo = settings.WHARFINGER.system == "demo" and settings.WHARFINGER.simulator_url
    context = {
        "form": form,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "demo_people": demo_people() if demo else (),
        "demo_password": DEMO_PASSWORD,
    }
    return render(request, "wharfinger/sign_in.html", context, status=status)


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing may be tried for so many minutes, whatever the password."""

    minutes: int


def _try(request: HttpRequest, name: str, password: str) -> User | Wait | None:
    """Nothing here tells whether the name is somebody's: not the outcome, and not the time that it takes."""
    now = settings.CLOCK.machine_now()
    attempt = Attempt(name, request.META.get("REMOTE_ADDR", ""), known_browser(request, name))
    until = operations.begin_attempt(attempt, now=now)
    if until is not None:
        return Wait(math.ceil((until - now).total_seconds() / 60))
    person = authenticate(request, username=name.strip().lower(), password=password)
    if not isinstance(person, User):
        tried = person_named(name)
        note_failure(request, Access.SIGN_IN_FAILED, attempt, tried.pk if tried else None)
        return None
    operations.note_success(attempt)
    return person


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        note_sign_in(request, Access.SIGNED_OUT, request.user.pk)
    logout(request)
    response = redirect("sign-in")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def one_time_page(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A page of a one-time link: kept by no browser.

    The installation's referrer policy stays: with no-referrer browsers send `Origin: null`, and the form is refused.
    """

    @wraps(view)
    def open_page(request: HttpRequest) -> HttpResponse:
        response = view(request)
        response["Cache-Control"] = "no-store"
        return response

    return open_page


def ask_code(request: HttpRequest) -> HttpResponse:
    """The code stands behind the # of the link, where no log sees it; the page takes it from there and posts it."""
    return render(request, "wharfinger/sign_in/open_link.html", {"form": CodeForm()})


@require_http_methods(["GET", "HEAD", "POST"])
@one_time_page
def set_up(request: HttpRequest) -> HttpResponse:
    """The one-time link: create the first administrator and sign in."""
    if request.method != "POST":
        return ask_code(request)
    code, now = request.POST.get("code", ""), settings.CLOCK.machine_now()
    if not users.is_setup_link(code, now=now):
        return render(request, "wharfinger/sign_in/link_used.html", status=404)
    if "password" not in request.POST:
        return render(request, "wharfinger/sign_in/set_up.html", {"form": SetupForm(initial={"code": code})})
    form = SetupForm(request.POST)
    if form.is_valid():
        cleaned = form.cleaned_data
        try:
            person = users.use_setup_link(
                code,
                username=cleaned["username"],
                full_name=cleaned["full_name"],
                password=cleaned["password"],
                now=now,
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            return let_in(request, person, "/")
    return render(request, "wharfinger/sign_in/set_up.html", {"form": form}, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@one_time_page
def choose_password(request: HttpRequest) -> HttpResponse:
    """The one-time link: its owner chooses a password and is signed in."""
    if request.method != "POST":
        return ask_code(request)
    code = request.POST.get("code", "")
    owner = users.whose_link(code)
    if owner is None:
        return render(request, "wharfinger/users/link_used.html", status=404)
    context = {"form": PasswordForm(initial={"code": code}), "owner": owner}
    if "password" not in request.POST:
        return render(request, "wharfinger/users/choose.html", context)
    form = PasswordForm(request.POST)
    if form.is_valid():
        try:
            owner = users.use_password_link(code, password=form.cleaned_data["password"], now=trade_now())
        except Refused as refused:
            show_refusal(form, refused)
        else:
            note_sign_in(request, Access.PASSWORD_CHANGED, owner.pk)
            if has_second_factor(owner.pk):
                return ask_second_factor(request, owner, "/")
            return let_in(request, owner, "/")
    return render(request, "wharfinger/users/choose.html", {**context, "form": form}, status=422)


@needs(Right.SET_TRADE_RATE)
@require_POST
def set_trade_rate(request: HttpRequest) -> HttpResponse:
    """Demo systems: how much faster than real time trade runs."""
    if settings.WHARFINGER.system != "demo":
        raise Http404
    chosen_rate = request.POST.get("rate", "")
    if chosen_rate in {str(rate) for rate in RATES}:
        triggers.set_trade_rate(int(chosen_rate))
        messages.success(
            request,
            gettext("Trade time will run %(rate)s times as fast in a moment.") % {"rate": chosen_rate},
        )
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()})
    return came_from if ours else "/"


routes = [
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
    path("setup/", set_up, name="set-up"),
    path("password/", choose_password, name="password-link"),
    path("trade-rate/", set_trade_rate, name="trade-rate"),
]
