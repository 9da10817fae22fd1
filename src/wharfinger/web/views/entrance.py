"""In and out: signing in, the first administrator, signing out, the demo's clock."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from wharfinger.db.models import User
from wharfinger.db.queries.people import demo_people
from wharfinger.operations import triggers, users
from wharfinger.operations.refusals import Refused
from wharfinger.web.asked import show_refusal
from wharfinger.web.forms.entrance import DEMO_PASSWORD, SetupForm, SignInForm
from wharfinger.web.rights import signed_in

RATES = (1, 10, 60)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; a demo system lists its people."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = _let_in(request, form)
        if person is not None:
            login(request, person)
            return redirect(_next(request))
    demo = settings.WHARFINGER.system == "demo" and settings.WHARFINGER.simulator_url
    context = {
        "form": form,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "demo_people": demo_people() if demo else (),
        "demo_password": DEMO_PASSWORD,
    }
    refused = request.method == "POST"
    return render(request, "wharfinger/sign_in.html", context, status=422 if refused else 200)


def _let_in(request: HttpRequest, form: forms.Form) -> User | None:
    name, password = form.cleaned_data["username"], form.cleaned_data["password"]
    now = settings.CLOCK.machine_now()
    until = users.locked_until(name, now=now)
    if until is not None:
        form.add_error(None, f"Too many wrong passwords. Try again after {until:%H:%M} UTC.")
        return None
    person = authenticate(request, username=name.strip().lower(), password=password)
    if not isinstance(person, User):
        users.note_failed_sign_in(name, now=now)
        form.add_error(None, "User name and password do not fit together. Check both; capitals count.")
        return None
    users.note_sign_in(person.pk)
    return person


def _next(request: HttpRequest) -> str:
    asked = request.POST.get("next", "")
    ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if ours else "/"


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign-in")


@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link: make the first administrator and sign in."""
    if not users.is_setup_link(token):
        return render(request, "wharfinger/entrance/link_used.html", status=404)
    form = SetupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            person = users.use_setup_link(
                token,
                username=told["username"],
                full_name=told["full_name"],
                password=told["password"],
                now=settings.CLOCK.machine_now(),
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            login(request, person, backend="django.contrib.auth.backends.ModelBackend")
            return redirect("dashboard")
    status = 422 if request.method == "POST" else 200
    return render(request, "wharfinger/entrance/set_up.html", {"form": form}, status=status)


@signed_in
@require_POST
def set_trade_rate(request: HttpRequest) -> HttpResponse:
    """Demo systems: how much faster than real time trade runs."""
    if settings.WHARFINGER.system != "demo":
        raise Http404
    asked = request.POST.get("rate", "")
    if asked in {str(rate) for rate in RATES}:
        triggers.set_trade_rate(int(asked))
        messages.success(request, f"Trade time will run {asked} times as fast in a moment.")
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()})
    return came_from if ours else "/"


routes = [
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
    path("setup/<str:token>/", set_up, name="set-up"),
    path("trade-rate/", set_trade_rate, name="trade-rate"),
]
