"""What a program needs to run against this Amazon, and what may be done to an account."""

from typing import TYPE_CHECKING, Any

from amazon_simulator.application import APPLICATION_ID, CLIENT_ID, CLIENT_SECRET, ROLES
from amazon_simulator.catalogue import MARKETS
from amazon_simulator.entities import Seller
from amazon_simulator.http import Response, answer_json
from amazon_simulator.told import Told
from amazon_simulator.world import NotPossible

if TYPE_CHECKING:
    from amazon_simulator.simulator import Simulator

SIGN_IN_PASSWORD = "harbour"


def accounts(simulator: "Simulator") -> dict[str, Any]:
    """Everything that a program needs to run against this Amazon."""
    base, application = simulator.base, simulator.application
    own = {token.seller: token.token for token in application.refresh.values() if token.token.startswith("Atzr|self")}
    return {
        "tokenEndpoint": f"{base}/auth/o2/token",
        "sellerCentral": f"{base}/sellercentral",
        "endpoints": {"EU": f"{base}/eu", "NA": f"{base}/na"},
        "application": {
            "applicationId": APPLICATION_ID,
            "clientId": CLIENT_ID,
            "clientSecret": CLIENT_SECRET,
            "redirectUris": application.redirect_uris,
            "draft": application.draft,
            "roles": application.roles,
        },
        "accounts": [
            {
                "sellerId": seller.id,
                "name": seller.name,
                "region": seller.region,
                "marketplaces": [
                    {
                        "id": market,
                        "country": MARKETS[market].country,
                        "currency": MARKETS[market].currency,
                        "participating": market not in seller.absent,
                    }
                    for market in (*seller.marketplaces, *seller.absent)
                ],
                "refreshToken": own.get(seller.id, ""),
                "signIn": {"email": email_of(seller.id), "password": SIGN_IN_PASSWORD},
                "secondarySignIn": {"email": email_of(seller.id, primary=False), "password": SIGN_IN_PASSWORD},
            }
            for seller in simulator.world.sellers.values()
        ],
    }


def email_of(seller_id: str, *, primary: bool = True) -> str:
    """The secondary user of an account may sign in but not authorise applications (SPDC8143)."""
    return f"{'' if primary else 'staff.'}{seller_id.lower()}@sellers.example"


def seller_of(simulator: "Simulator", told: Told) -> Seller:
    return simulator.world.sellers[told.one_of("sellerId", simulator.world.sellers, "/_simulator/accounts")]


def register(simulator: "Simulator", told: Told) -> Response:
    """What the developer sets in the portal: draft or published, the roles, the redirect URIs."""
    application = simulator.application
    roles = told.texts("roles", application.roles)
    if not set(roles) <= set(ROLES):
        raise NotPossible(f"roles: choose from {', '.join(ROLES)}")
    application.redirect_uris = told.texts("redirectUris", application.redirect_uris)
    application.register(draft=told.truth("draft", application.draft), roles=roles)
    return answer_json({"draft": application.draft, "roles": roles, "redirectUris": application.redirect_uris})


def suspend(simulator: "Simulator", told: Told) -> Response:
    seller = seller_of(simulator, told)
    own = dict.fromkeys(seller.marketplaces)
    markets = [told.one_of("marketplaceId", own, "/_simulator/accounts")] if "marketplaceId" in told else list(own)
    kept = [market for market in seller.suspended if market not in markets]
    seller.suspended = kept + (markets if told.truth("suspended", True) else [])
    simulator.world.touch(seller)
    return answer_json({"sellerId": seller.id, "suspended": seller.suspended})


def participate(simulator: "Simulator", told: Told) -> Response:
    """The seller joins or leaves a marketplace; its listings there stay, for when it comes back."""
    seller = seller_of(simulator, told)
    own = dict.fromkeys((*seller.marketplaces, *seller.absent))
    market = told.one_of("marketplaceId", own, "/_simulator/accounts")
    joins = told.truth("participating")
    seller.marketplaces = [one for one in own if (joins if one == market else one in seller.marketplaces)]
    seller.absent = [one for one in own if one not in seller.marketplaces]
    simulator.world.touch(seller)
    return answer_json({"sellerId": seller.id, "marketplaces": seller.marketplaces, "absent": seller.absent})
