"""Authorising at Seller Central: the consent page's address, and the clocks of what it grants.

Source: developer-docs website-authorization-workflow, renew-authorizations.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

AUTHORISATION_LIVES = timedelta(days=365)
STATE_LIVES = timedelta(minutes=10)
REMIND_DAYS = (30, 14, 7, 1)

ROLES = (
    ("Inventory and Order Tracking", "read orders and FBA stock"),
    ("Product Listing", "read listings, write quantity and lead time"),
    ("Direct-to-Consumer Shipping", "read the delivery addresses of orders that you send yourself"),
    ("Tax Invoicing", "read buyers' names and tax data for invoices"),
    ("Amazon Fulfillment", "read FBA stock"),
)
"""The roles that the application asks for, and what for."""


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


def seller_central_base(host: str, simulator_url: str | None) -> str:
    """Seller Central's own address, or the simulator's stand-in for that host."""
    return f"{simulator_url}/sellercentral/{host}" if simulator_url else f"https://{host}"


def expires_on(authorised: date) -> date:
    return authorised + AUTHORISATION_LIVES


def looks_like_mws_token(text: str) -> bool:
    """MWS tokens (`amzn.mws.` + UUID) are worth nothing since 31 March 2024."""
    return text.strip().startswith("amzn.mws.")


MWS_EXPLAINED = (
    "This is an MWS token. Amazon switched MWS off on 31 March 2024 and nothing accepts such tokens today. "
    "Leave this field empty, save, and press Authorise instead. The token was not stored or sent anywhere."
)
