"""What a program needs to run against this Amazon, and what may be done to an account."""

import re
from typing import Any
from urllib.parse import urlsplit

from amazon_simulator.access.application import APPLICATION_ID, APPLICATION_KINDS, CLIENT_ID, DAY, ROLES
from amazon_simulator.access.entities import Registration
from amazon_simulator.control.request_parsing import Body
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.simulator import Simulator
from amazon_simulator.world import NotPossible
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Seller

SIGN_IN_PASSWORD = "harbour"
ARN = re.compile(r"arn:aws:sqs:[^:\s]+:[^:\s]+:[^:\s]+")


def accounts(simulator: Simulator) -> dict[str, Any]:
    """Everything that a program needs to run against this Amazon."""
    base, application = simulator.base, simulator.application
    own = {token.seller: token.token for token in application.refresh.values() if token.token.startswith("Atzr|self")}
    return {
        "tokenEndpoint": f"{base}/auth/o2/token",
        "sellerCentral": f"{base}/sellercentral",
        "endpoints": {region: f"{base}/{region.lower()}" for region in ("EU", "NA", "FE")},
        "application": {
            "applicationId": APPLICATION_ID,
            "clientId": CLIENT_ID,
            "clientSecret": application.secret,
            **registration_json(application.registration),
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


def seller_of(simulator: Simulator, told: Body) -> Seller:
    return simulator.world.sellers[told.one_of("sellerId", simulator.world.sellers, "/_simulator/accounts")]


def registration_json(registration: Registration) -> dict[str, Any]:
    return {
        "redirectUris": registration.redirect_uris,
        "kind": registration.kind,
        "draft": registration.draft,
        "roles": registration.roles,
        "loginUri": registration.login_uri,
        "notificationQueue": registration.notification_queue,
        "mwsOnly": registration.mws_only,
        "regions": registration.regions,
        "secretLivesDays": registration.secret_lives / DAY,
    }


def register(simulator: Simulator, told: Body) -> Response:
    """What the developer sets in the portal; what is not told stays as it is."""
    held = simulator.application.registration
    roles, regions = told.texts("roles", held.roles), told.texts("regions", held.regions)
    if not set(roles) <= set(ROLES):
        raise NotPossible(f"roles: choose from {', '.join(ROLES)}")
    if not set(regions) <= {"EU", "NA", "FE"}:
        raise NotPossible("regions: choose from EU, NA, FE")
    queue = told.text("notificationQueue", held.notification_queue)
    if queue and not ARN.fullmatch(queue):
        raise NotPossible("notificationQueue: give the ARN of a queue, arn:aws:sqs:REGION:ACCOUNT:NAME")
    login_uri = told.text("loginUri", held.login_uri)
    if login_uri and urlsplit(login_uri).scheme not in ("http", "https"):
        raise NotPossible("loginUri: give an address that begins with http:// or https://")
    registration = Registration(
        draft=told.truth("draft", held.draft),
        kind=told.one_of("kind", dict.fromkeys(APPLICATION_KINDS), ", ".join(APPLICATION_KINDS), held.kind),
        roles=roles,
        redirect_uris=told.texts("redirectUris", held.redirect_uris),
        login_uri=login_uri,
        notification_queue=queue,
        mws_only=told.truth("mwsOnly", held.mws_only),
        regions=regions,
        secret_lives=told.number("secretLivesDays", held.secret_lives / DAY, least=0.001, most=10_000) * DAY,
        withheld={role: until for role, until in held.withheld.items() if role in roles},
    )
    simulator.application.register(registration, simulator.clock.seconds())
    return answer_json(registration_json(registration))


def suspend(simulator: Simulator, told: Body) -> Response:
    seller = seller_of(simulator, told)
    own = dict.fromkeys(seller.marketplaces)
    markets = [told.one_of("marketplaceId", own, "/_simulator/accounts")] if "marketplaceId" in told else list(own)
    kept = [market for market in seller.suspended if market not in markets]
    seller.suspended = kept + (markets if told.truth("suspended", True) else [])
    simulator.world.records.touch(seller)
    return answer_json({"sellerId": seller.id, "suspended": seller.suspended})


def participate(simulator: Simulator, told: Body) -> Response:
    """The seller joins or leaves a marketplace; its listings there stay, for when it comes back."""
    seller = seller_of(simulator, told)
    own = dict.fromkeys((*seller.marketplaces, *seller.absent))
    market = told.one_of("marketplaceId", own, "/_simulator/accounts")
    joins = told.truth("participating")
    seller.marketplaces = [one for one in own if (joins if one == market else one in seller.marketplaces)]
    seller.absent = [one for one in own if one not in seller.marketplaces]
    simulator.world.records.touch(seller)
    return answer_json({"sellerId": seller.id, "marketplaces": seller.marketplaces, "absent": seller.absent})
