"""What a program needs to run against this Amazon, and what may be done to an account."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from msgspec import UnsetType

from amazon_simulator.access.application import APPLICATION_ID, CLIENT_ID, DAY
from amazon_simulator.access.entities import Registration
from amazon_simulator.access.rate_limits import EVERY
from amazon_simulator.control.bodies import Application, OfSeller, Participation, Suspension, given
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


def seller_of(simulator: Simulator, seller_id: str) -> Seller:
    """NotPossible when there is no such account."""
    seller = simulator.world.sellers.get(seller_id)
    if seller is None:
        raise NotPossible(f"sellerId: “{seller_id[:60]}” is not known; see /_simulator/accounts")
    return seller


def known_seller(simulator: Simulator, seller_id: str) -> str:
    """A seller's id, or * for every one."""
    return seller_id if seller_id == EVERY else seller_of(simulator, seller_id).id


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


def register(simulator: Simulator, body: Application) -> Response:
    """What the developer sets in the portal; what is not given stays as it is."""
    held = simulator.application.registration
    roles = given(body.roles, held.roles)
    queue = given(body.notification_queue, held.notification_queue)
    if queue and not ARN.fullmatch(queue):
        raise NotPossible("notificationQueue: give the ARN of a queue, arn:aws:sqs:REGION:ACCOUNT:NAME")
    login_uri = given(body.login_uri, held.login_uri)
    if login_uri and urlsplit(login_uri).scheme not in ("http", "https"):
        raise NotPossible("loginUri: give an address that begins with http:// or https://")
    registration = Registration(
        draft=given(body.draft, held.draft),
        kind=given(body.kind, held.kind),
        roles=roles,
        redirect_uris=given(body.redirect_uris, held.redirect_uris),
        login_uri=login_uri,
        notification_queue=queue,
        mws_only=given(body.mws_only, held.mws_only),
        regions=held.regions if isinstance(body.regions, UnsetType) else list[str](body.regions),
        secret_lives=given(body.secret_lives_days, held.secret_lives / DAY) * DAY,
        withheld={role: until for role, until in held.withheld.items() if role in roles},
    )
    simulator.application.register(registration, simulator.clock.seconds())
    return answer_json(registration_json(registration))


def revoke(simulator: Simulator, body: OfSeller) -> Response:
    """The seller withdraws the consent."""
    return answer_json({"revoked": simulator.application.revoke(seller_of(simulator, body.seller_id).id)})


def suspend(simulator: Simulator, seller_id: str, body: Suspension) -> Response:
    seller = seller_of(simulator, seller_id)
    markets = list(seller.marketplaces)
    if not isinstance(body.marketplace_id, UnsetType):
        markets = [_market_of(seller.marketplaces, body.marketplace_id)]
    kept = [market for market in seller.suspended if market not in markets]
    seller.suspended = kept + (markets if body.suspended else [])
    simulator.world.records.touch(seller)
    return answer_json({"sellerId": seller.id, "suspended": seller.suspended})


def participate(simulator: Simulator, seller_id: str, body: Participation) -> Response:
    """The seller joins or leaves a marketplace; its listings there stay, for when it comes back."""
    seller = seller_of(simulator, seller_id)
    own = [*seller.marketplaces, *seller.absent]
    market = _market_of(own, body.marketplace_id)
    seller.marketplaces = [one for one in own if (body.participating if one == market else one in seller.marketplaces)]
    seller.absent = [one for one in own if one not in seller.marketplaces]
    simulator.world.records.touch(seller)
    return answer_json({"sellerId": seller.id, "marketplaces": seller.marketplaces, "absent": seller.absent})


def _market_of(own: Sequence[str], marketplace_id: str) -> str:
    if marketplace_id not in own:
        raise NotPossible(f"marketplaceId: “{marketplace_id[:60]}” is not known; see /_simulator/accounts")
    return marketplace_id
