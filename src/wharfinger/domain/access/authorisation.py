"""Authorising at Seller Central: the consent page's address, and the clocks of what it grants.

Source: developer-docs website-authorization-workflow, selling-partner-appstore-authorization-workflow,
renew-authorizations.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode, urlsplit

from wharfinger.domain.labels import Labelled
from wharfinger.domain.marketplaces import MARKETPLACES

AUTHORISATION_LIVES = timedelta(days=365)
STATE_LIVES = timedelta(minutes=10)
REMIND_DAYS = (30, 14, 7, 1)


@dataclass(frozen=True, slots=True)
class Role:
    """A role of an application at Amazon: what we need it for, and what is missing without it."""

    name: str
    needed_to: str
    without: str


class ApplicationKind(Labelled):
    """What Amazon lets an application do. Stored as it stands.

    Source: developer-docs.amazon.com/sp-api/docs/self-authorization and -/docs/authorize-public-applications.
    """

    PRIVATE = "private", "Private: for your own selling accounts (ten self-authorisations, no consent page)"
    UNLISTED = "unlisted", "Public, not listed in the appstore (up to 25 sellers by Authorise)"
    LISTED = "listed", "Public, listed in the appstore (any seller by Authorise)"

    @property
    def has_consent_page(self) -> bool:
        """Amazon offers none to a private application: its own sellers authorise it in Develop Apps."""
        return self is not ApplicationKind.PRIVATE


ROLES = (
    Role("Inventory and Order Tracking", "read orders and FBA stock", "No orders are imported: Amazon answers 403."),
    Role(
        "Product Listing",
        "read listings, write quantity and lead time",
        "Listings are not downloaded, and stock quantities are never sent to Amazon.",
    ),
    Role(
        "Direct-to-Consumer Shipping",
        "read the delivery addresses of orders that you dispatch yourself",
        "FBM orders arrive without name and street: nothing can be dispatched.",
    ),
    Role(
        "Tax Invoicing",
        "read buyers' names and tax data for invoices",
        "Invoices lack the buyer's name and VAT number.",
    ),
    Role(
        "Amazon Fulfillment",
        "read FBA stock",
        "FBA stock levels are imported only where the role Product Listing is granted.",
    ),
)
"""The roles that we ask for. Source: sp-api roles, access-orders-pii."""


@dataclass(frozen=True, slots=True)
class ConsentCode:
    """An error page of Seller Central's consent page (behaviour A12): what it means, and the remedy."""

    code: str
    meaning: str
    remedy: str


CONSENT_CODES = (
    ConsentCode(
        "MD1000",
        "The application is a draft, but it was opened in Seller Central as a published one.",
        "Tick “The application is a draft” under Settings, Amazon application, then press Authorise again.",
    ),
    ConsentCode(
        "MD5100",
        "The address is not accepted: no redirect URI is registered, the application does not support this "
        "marketplace, or the draft setting is wrong.",
        "Register the redirect URI shown here, and untick “draft” if the application is published.",
    ),
    ConsentCode(
        "MD5101",
        "The redirect URI is not one of the registered ones.",
        "Register exactly the address shown here, with http or https and without an extra slash.",
    ),
    ConsentCode(
        "MD9000",
        "The application has MWS credentials only.",
        "Create a Selling Partner API application in the Solution Provider Portal and enter its ID.",
    ),
    ConsentCode(
        "SPDC8143",
        "You are not the primary user of the seller account.",
        "Ask the primary user to press Authorise, or to sign in here once.",
    ),
)


def consent_code_in(text: str) -> ConsentCode | None:
    """The code of the consent page that the text speaks of."""
    return next((consent_code for consent_code in CONSENT_CODES if consent_code.code in text), None)


@dataclass(frozen=True, slots=True)
class Consent:
    """What the consent page's address is made of. `seller_central` is a whole base address."""

    seller_central: str
    application_id: str
    state: str
    redirect_uri: str
    draft: bool


def consent_address(consent: Consent) -> str:
    query = {
        "application_id": consent.application_id,
        "state": consent.state,
        "redirect_uri": consent.redirect_uri,
    }
    if consent.draft:
        query["version"] = "beta"
    return f"{consent.seller_central}/apps/authorize/consent?{urlencode(query)}"


_CONFIRM = re.compile(r"/apps/authorize/confirm/(?P<application>[A-Za-z0-9._-]+)/?")
_AMAZON = frozenset(facts.name.lower() for facts in MARKETPLACES)
"""The domains of Amazon's shops and Seller Centrals: amazon.com, amazon.co.uk ..."""


class NotAmazons(ValueError):
    """An address that no browser is sent to; the message says why."""


@dataclass(frozen=True, slots=True)
class Callback:
    """Where Seller Central waits for the browser when the authorisation began there."""

    address: str
    application_id: str


def parse_callback(address: str, simulator_url: str | None) -> Callback:
    """`amazon_callback_uri` as it was given, if it is Amazon's (or the simulator's own, in a demo); else NotAmazons.

    Its form is https://amazon.com/apps/authorize/confirm/{application id}.
    """
    if len(address) > 500 or not address.isascii() or not address.isprintable() or set(address) & set(' \\"<>'):
        raise NotAmazons("amazon_callback_uri must be a web address.")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise NotAmazons("amazon_callback_uri must be a web address.") from error
    if not parts.hostname:
        raise NotAmazons("amazon_callback_uri must be a web address.")
    path = parts.path
    if simulator_url and address.startswith(f"{simulator_url}/sellercentral/"):
        path = "/" + address.removeprefix(f"{simulator_url}/sellercentral/").partition("?")[0].partition("/")[2]
    elif not (parts.scheme == "https" and port in (None, 443) and _is_amazons(parts.hostname)):
        raise NotAmazons(f"amazon_callback_uri leads to “{parts.hostname[:80]}”, which is not Amazon.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise NotAmazons("amazon_callback_uri holds a user name or a fragment.")
    confirm = _CONFIRM.fullmatch(path)
    if confirm is None:
        raise NotAmazons("amazon_callback_uri is not the page on which Seller Central waits.")
    return Callback(address, confirm["application"])


def _is_amazons(host: str) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in _AMAZON)


def confirm_address(callback: Callback, *, redirect_uri: str, amazon_state: str, state: str, draft: bool) -> str:
    """Back to Seller Central, which then sends the browser to `redirect_uri` with the code."""
    query = {"redirect_uri": redirect_uri, "amazon_state": amazon_state, "state": state}
    if draft:
        query["version"] = "beta"
    return f"{callback.address}{'&' if '?' in callback.address else '?'}{urlencode(query)}"


def seller_central_base(host: str, simulator_url: str | None) -> str:
    """Seller Central's own address, or the simulator's stand-in for that host."""
    return f"{simulator_url}/sellercentral/{host}" if simulator_url else f"https://{host}"


def order_address(host: str, amazon_order_id: str, simulator_url: str | None) -> str:
    """The order's page in Seller Central, where the seller cancels or dispatches it himself; no host = none."""
    return f"{seller_central_base(host, simulator_url)}/orders-v3/order/{amazon_order_id}" if host else ""


def develop_apps_address(host: str, simulator_url: str | None) -> str:
    """Where the seller authorises a private application himself: Seller Central, Develop Apps."""
    path = "apps/develop" if simulator_url else "sellingpartner/developerconsole"
    return f"{seller_central_base(host, simulator_url)}/{path}"


def expires_on(authorised: date) -> date:
    return authorised + AUTHORISATION_LIVES


def looks_like_mws_token(text: str) -> bool:
    """MWS tokens (`amzn.mws.` + UUID) are worth nothing since 31 March 2024."""
    return text.strip().strip("\"'“”").casefold().startswith("amzn.mws.")


MWS_EXPLAINED = (
    "This is an MWS token. Amazon switched MWS off on 31 March 2024 and nothing accepts such tokens today. "
    "Leave this field empty, save, and press Authorise instead. The token was not stored or sent anywhere."
)
