"""What `base.html` needs on every page."""

from datetime import timedelta
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.timezone import localtime
from django.utils.translation import gettext

from wharfinger.db.models import User
from wharfinger.db.queries.installation.shell import ShellFacts, shell_facts
from wharfinger.domain.installation.people import Right
from wharfinger.domain.sentences import N_
from wharfinger.web.formats import written_moment

NAVIGATION: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "",
        (
            (N_("Dashboard"), "dashboard", "dashboard"),
            (N_("Problems"), "problem-list", "problem"),
            (N_("Alerts"), "alert-list", "bell"),
        ),
    ),
    (
        N_("Selling"),
        (
            (N_("Channels"), "channel-list", "channel"),
            (N_("Imported Orders"), "imported-order-list", "inbox"),
            (N_("Sales Orders"), "sales-order-list", "order"),
            (N_("Customers"), "customer-list", "user"),
            (N_("Shipping"), "shipping", "truck"),
            (N_("Completeness"), "completeness", "check"),
        ),
    ),
    (
        N_("Stock"),
        (
            (N_("Stock"), "stock-list", "crate"),
            (N_("Counts"), "count-list", "barcode"),
            (N_("Transfers"), "transfer-list", "truck"),
            (N_("Sites"), "site-list", "site"),
        ),
    ),
    (N_("Admin"), ((N_("Settings"), "settings", "settings"),)),
)
COMMANDS: tuple[tuple[str, tuple[tuple[str, str, str, str, Right], ...]], ...] = (
    (
        N_("Channels"),
        ((N_("New Channel"), N_("Amazon FBM or Amazon FBA"), "channel-new", "channel", Right.EDIT_CHANNELS),),
    ),
    (
        N_("Stock"),
        (
            (N_("New stock item"), "", "stock-item-new", "crate", Right.EDIT_STOCK),
            (N_("Import stock from CSV"), N_("With a dry run first"), "stock-import", "upload", Right.EDIT_STOCK),
            (N_("New count"), N_("A stocktake of a site or of some bins"), "count-new", "barcode", Right.EDIT_STOCK),
            (N_("New transfer"), N_("From one site to another, or to FBA"), "transfer-new", "truck", Right.EDIT_STOCK),
            (N_("New site"), "", "site-new", "site", Right.EDIT_STOCK),
        ),
    ),
)
_frames: WeakKeyDictionary[HttpRequest, dict[str, Any]] = WeakKeyDictionary()
"""While the request lives; nothing in a frame holds it."""


def shell(request: HttpRequest) -> dict[str, Any]:
    """The frame of a page for the one who is signed in; nothing for the entrance. Worked out when a template shows it:
    parts of a page are rendered with a context of their own, which has the same one."""
    return {"shell": SimpleLazyObject(lambda: _frame_once(request))}


def _frame_once(request: HttpRequest) -> dict[str, Any]:
    if request not in _frames:
        _frames[request] = _frame(request)
    return _frames[request]


def _frame(request: HttpRequest) -> dict[str, Any]:
    theme = request.COOKIES.get("wharfinger_theme", "")
    user = getattr(request, "user", None)  # a request that was refused before anyone looked has none
    if not isinstance(user, User):
        return {"theme": theme}
    facts = shell_facts(settings.CLOCK.machine_now(), settings.CLOCK.now())
    demo = settings.WHARFINGER.system == "demo"
    return {
        "theme": theme,
        "system": settings.WHARFINGER.system,
        "now": settings.CLOCK.now(),
        "zone": user.time_zone,
        "rate": _rate() if demo else 1,
        "rates": [1, 10, 60] if demo and settings.WHARFINGER.simulator_url and user.may(Right.SET_TRADE_RATE) else [],
        "rate_url": reverse("trade-rate"),
        "search_url": reverse("search"),
        "search_text": request.GET.get("q", ""),
        "user_name": str(user),
        "user_role": user.role,
        "sign_out_url": reverse("sign-out"),
        "user_links": [
            {"title": gettext("Change password"), "url": reverse("own-password"), "icon": "key"},
            {"title": gettext("Second factor"), "url": reverse("second-factor"), "icon": "shield"},
            {"title": gettext("Where you are signed in"), "url": reverse("sessions"), "icon": "user"},
        ],
        "installation": "",
        "version": "",
        "navigation": _navigation(request, facts),
        "commands": _commands(user),
        "banners": _banners(facts, user),
    }


def _rate() -> int:
    """How many times faster than the machine trade time runs; 0 while it stands still."""
    minute = timedelta(minutes=1)
    wait = settings.CLOCK.to_machine_seconds(minute)
    return round(minute.total_seconds() / wait) if wait else 0


def _navigation(request: HttpRequest, facts: ShellFacts) -> list[dict[str, Any]]:
    return [
        {
            "title": gettext(title),
            "links": [
                {
                    "title": gettext(name),
                    "url": reverse(route),
                    "icon": icon,
                    "current": _is_current(request.path, reverse(route)),
                    "count": {"problem-list": facts.problems, "alert-list": facts.alerts}.get(route, 0),
                }
                for name, route, icon in links
            ],
        }
        for title, links in NAVIGATION
    ]


def _is_current(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def _commands(user: User) -> list[dict[str, Any]]:
    return [
        {
            "title": gettext(title),
            "links": [
                {"title": gettext(name), "note": note and gettext(note), "url": reverse(route), "icon": icon}
                for name, note, route, icon, right in links
                if user.may(right)
            ],
        }
        for title, links in COMMANDS
        if any(user.may(right) for *_, right in links)
    ]


def _banners(facts: ShellFacts, user: User) -> list[dict[str, str]]:
    banners = []
    if facts.is_copy:
        text = gettext("This is a restored copy: it reads from Amazon and sends nothing.")
        ours = user.may(Right.ADMINISTER)
        where = {"url": reverse("backups"), "link": gettext("Show")} if ours else {"url": "", "link": ""}
        banners.append({"tone": "warn", "text": text, **where})
    if not facts.worker_alive:
        text = gettext(
            "No worker process has reported for a minute: no orders are imported and nothing is sent to Amazon. Start "
            "“wharfinger worker”."
        )
        banners.append({"tone": "bad", "text": text, "url": "", "link": ""})
    for name, channel_id in facts.lost_accounts:
        url = reverse("channel", args=[channel_id]) if channel_id else reverse("channel-list")
        refuses = gettext("%(account)s: Amazon refuses access. Queued work is sent once it is authorised again.")
        text = refuses % {"account": name}
        link = gettext("Authorise") if user.may(Right.EDIT_CHANNELS) else gettext("Show the channel")
        banners.append({"tone": "bad", "text": text, "url": url, "link": link})
    for name, since in facts.blind_accounts:
        text = gettext("%(account)s: no order of Amazon's has been seen since %(since)s.")
        said = text % {"account": name, "since": written_moment(localtime(since), "short")}
        banners.append({"tone": "bad", "text": said, "url": reverse("connection"), "link": gettext("Why")})
    return banners
