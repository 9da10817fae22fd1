"""The page on which a problem or an alert is fixed, by its kind and subject: the only place that knows."""

from typing import assert_never
from urllib.parse import quote, urlencode

from django.http import HttpRequest
from django.urls import reverse

from wharfinger.db.queries.installation.alerts import AlertRow
from wharfinger.db.queries.installation.destinations import AlertToSend
from wharfinger.db.queries.installation.mail import WaitingEmail
from wharfinger.db.queries.installation.problems import LinkedTo, ProblemRow, problems_linked_to
from wharfinger.domain.installation.alerts import AlertKind
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import (
    AboutAccount,
    AboutApplication,
    AboutBothWays,
    AboutConfirmation,
    AboutConnection,
    AboutElse,
    AboutGap,
    AboutGuard,
    AboutHandling,
    AboutImport,
    AboutIssues,
    AboutLabel,
    AboutLevel,
    AboutListing,
    AboutListingsRead,
    AboutMarketplace,
    AboutMessage,
    AboutMissingChannel,
    AboutNotifications,
    AboutOrder,
    AboutPartAddress,
    AboutReadBack,
    AboutRoles,
    AboutRotation,
    AboutSafeMode,
    AboutSecret,
    AboutShown,
    AboutSite,
    AboutSku,
    AboutToken,
    AboutWork,
)
from wharfinger.domain.orders.waits_for import ForChannel, ForDownload, ForLevels, ForLink, ForNewChannel, WaitsFor

SHOWN_ON_A_PAGE = 5
_QUERY_AT_MOST = 60
"""A longer SKU is searched by its beginning."""


def page_of_problem(row: ProblemRow) -> str:
    """Where the remedy's control is; empty when there is no such page (any more)."""
    if row.kind is ProblemKind.NO_ADDRESS:
        return _page("imported-order", row.order_import_id)
    match row.key:
        case AboutOrder() | AboutPartAddress() | AboutSku() | AboutConfirmation() | AboutLabel():
            return _page("sales-order", row.sales_order_id)
        case AboutConnection(connection):
            return _page("courier-connection", connection)
        case AboutImport() | AboutMessage():
            return _page("imported-order", row.imported_order_id) or reverse("problem-list")
        case AboutSite():
            return _page("site", row.site_id)
        case AboutLevel():
            return _page("stock-item", row.item_id)
        case AboutListing() | AboutReadBack() | AboutBothWays() | AboutIssues() | AboutShown():
            return _listing(row)
        case AboutGuard(channel):
            return _page("channel-guard", channel)
        case AboutHandling():
            return reverse("handling-list")
        case AboutSafeMode():
            return _page("channel-guard", row.channel_id)
        case AboutMarketplace():
            return _page("channel", row.channel_id)
        case AboutAccount() | AboutToken() | AboutRoles():
            return _page("channel", row.account_channel_id)
        case AboutNotifications(account):
            return _page("notifications", account)
        case AboutGap(account, _):
            return _page("completeness-account", account)
        case AboutWork(account, _) if row.kind in (ProblemKind.REPORT_FAILED, ProblemKind.ALSO_IMPORTED):
            return _page("completeness-account", account)
        case AboutWork():
            in_trouble = row.kind is ProblemKind.FLOW_FAILED
            return reverse("dashboard") if in_trouble else _page("channel", row.account_channel_id)
        case AboutApplication(application) | AboutSecret(application) | AboutRotation(application):
            return _page("amazon-application-edit", application)
        case AboutListingsRead():
            return reverse("problem-list")
        case AboutMissingChannel():
            return _missing_channel()
        case AboutElse():
            return ""
        case _:
            assert_never(row.key)


def page_of_alert(alert: AlertRow | WaitingEmail | AlertToSend) -> str:
    """The same for an alert, on pages and in its e-mail."""
    if alert.kind is AlertKind.ORDERS_NOT_SEEN:
        return reverse("connection")
    match alert.subject:
        case AboutAccount() | AboutToken():
            return _page("channel", alert.channel_id)
        case AboutApplication(application) | AboutSecret(application) | AboutRotation(application):
            return _page("amazon-application-edit", application)
        case AboutMissingChannel():
            return _missing_channel()
        case _:
            return ""


def page_of_cause(waits_for: WaitsFor | None, channel_id: int | None) -> str:
    """Where that is fixed for which orders are not imported; empty where it passes by itself, or by trying again."""
    match waits_for:
        case ForChannel(channel):
            return _page("channel", channel)
        case ForNewChannel():
            return _missing_channel()
        case ForLevels(site):
            return _page("site", site)
        case ForLink():
            return reverse("unlinked-skus")
        case ForDownload():
            return ""
        case None:
            return _page("channel", channel_id)
        case _:
            assert_never(waits_for)


def problems_fixed_here(request: HttpRequest) -> tuple[ProblemRow, ...]:
    """The newest open problems whose remedy is on this page."""
    linked = _linked_to(request)
    here = {request.path, request.get_full_path()}
    rows = problems_linked_to(linked) if linked else ()
    return tuple(row for row in rows if page_of_problem(row) in here)[:SHOWN_ON_A_PAGE]


def _linked_to(request: HttpRequest) -> LinkedTo | None:
    """What the problems of a page are linked to; None = no problem is fixed there."""
    match = request.resolver_match
    if match is None:
        return None
    captured = match.kwargs
    match match.url_name:
        case "sales-order":
            return LinkedTo(sales_order_id=captured["order_id"])
        case "imported-order":
            return LinkedTo(imported_order_id=captured["order_id"])
        case "site":
            return LinkedTo(site_id=captured["site_id"])
        case "stock-item":
            return LinkedTo(item_id=captured["item_id"])
        case "channel" | "channel-guard":
            return LinkedTo(channel_id=captured["channel_id"])
        case "channel-stock":
            return LinkedTo(listing_channel_id=captured["channel_id"], sku_begins=request.GET.get("q", ""))
        case "channel-list":
            return LinkedTo(sold_nowhere=True)
        case "amazon-application-edit":
            return LinkedTo(kind=ProblemKind.APPLICATION_REFUSED)
        case "completeness-account" | "notifications":
            return LinkedTo(account_id=captured["account_id"])
        case "courier-connection":
            return LinkedTo(kind=ProblemKind.COURIER_REFUSES_KEY)
        case "handling-list":
            return LinkedTo(kind=ProblemKind.HANDLING_WITHOUT_EFFECT)
        case "dashboard":
            return LinkedTo(kind=ProblemKind.FLOW_FAILED)
        case _:
            return None


def _page(name: str, number: int | None) -> str:
    return reverse(name, args=[number]) if number else ""


def _listing(row: ProblemRow) -> str:
    """The stock tab of a channel that sells the listing, with it alone; the list of channels where none does."""
    if row.listing_channel_id is None:
        return reverse("channel-list")
    return f"{reverse('channel-stock', args=[row.listing_channel_id])}?q={quote(row.sku[:_QUERY_AT_MOST])}"


def _missing_channel() -> str:
    """The problem itself has the button that opens New Channel."""
    return f"{reverse('problem-list')}?{urlencode({'kind': ProblemKind.NO_CHANNEL.value})}"
