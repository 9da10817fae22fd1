"""Seller Central: sign-in, consent, Manage Your Apps, Develop Apps, the way back from an application's log-in page.

Source: website-authorization-workflow, marketplace-appstore-authorization-workflow, renew-authorizations.
"""

import secrets
from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

from amazon_simulator.access.application import (
    APPLICATION_ID,
    APPLICATION_NAME,
    CLIENT_ID,
    PRIVATE,
    SELF_AUTHORISATIONS,
)
from amazon_simulator.access.entities import RefreshToken
from amazon_simulator.control.accounts import SIGN_IN_PASSWORD, email_of
from amazon_simulator.core.http import Request, Response, see_other
from amazon_simulator.pages.rendering import moment, page
from amazon_simulator.protocol.paging import seal, unseal
from amazon_simulator.simulator import Simulator
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Seller

COOKIE = "simulator_session"
STATE_LIVES = 1800.0
"""Trade seconds within which an application must come back with its amazon_state."""
HOSTS = {
    "EU": (
        "sellercentral-europe.amazon.com", "sellercentral.amazon.co.uk", "sellercentral.amazon.de",
        "sellercentral.amazon.fr", "sellercentral.amazon.it", "sellercentral.amazon.es", "sellercentral.amazon.nl",
        "sellercentral.amazon.se", "sellercentral.amazon.pl", "sellercentral.amazon.com.be",
        "sellercentral.amazon.ie", "sellercentral.amazon.com.tr", "sellercentral.amazon.co.za",
        "sellercentral.amazon.eg", "sellercentral.amazon.sa", "sellercentral.amazon.ae", "sellercentral.amazon.in",
    ),
    "NA": (
        "sellercentral.amazon.com", "sellercentral.amazon.ca", "sellercentral.amazon.com.mx",
        "sellercentral.amazon.com.br",
    ),
    "FE": ("sellercentral.amazon.co.jp", "sellercentral.amazon.com.au", "sellercentral.amazon.sg"),
}  # fmt: skip
"""Source: seller-central-urls."""
REGION_OF = {host: region for region, hosts in HOSTS.items() for host in hosts}
FAULT_TEXTS = {
    "MD1000": "The application is in draft status. A draft is authorised with version=beta in the address.",
    "MD5100": "The address is not valid. The application is unknown or has no redirect URI, the redirect URI has a "
    "fragment, the application is not made for this region, version=beta does not fit its status, or it is a private "
    "application: that one has no consent page, its seller authorises it in Develop Apps.",
    "Limit": "An application that is not listed in the Appstore can be authorised by 25 selling accounts at most.",
    "Own limit": "This application already has ten self-authorisations, the most allowed. Revoke one that is not used.",
    "MD5101": "The redirect URI is not one of those that are registered with the application.",
    "MD9000": "The application has credentials of the old Marketplace Web Service only and cannot be authorised.",
    "SPDC8143": "Only the primary user of the seller account can authorise an application or withdraw that.",
    "Suspended": "This selling account is suspended in all its marketplaces. Applications cannot be authorised.",
    "Expired": "The application did not return in time, or for another user. Start again in Manage Your Apps.",
    "No log-in": "The application has no log-in address, so it cannot be authorised again from here. "
    "Start in the application itself.",
}


def answer(simulator: Simulator, request: Request, parts: Sequence[str]) -> Response:
    """Everything below /sellercentral/{host}."""
    host, *rest = parts or [""]
    if host not in REGION_OF:
        return page("message.html", 404, title="Not found", text=f"There is no Seller Central at {host[:100]}.")
    return Visit(simulator, request, host).answer(rest)


class Visit:
    """One request, by a seller who may be signed in."""

    def __init__(self, simulator: Simulator, request: Request, host: str) -> None:
        self._simulator = simulator
        self._application = simulator.application
        self._request = request
        self._host = host
        self._now = simulator.clock.seconds()
        seller_id, self._primary = simulator.sessions.get(request.cookie(COOKIE), ("", False))
        seller = simulator.world.sellers.get(seller_id)
        self._seller = seller if seller is not None and seller.region == REGION_OF[host] else None

    def answer(self, rest: Sequence[str]) -> Response:
        match [self._request.method, *rest]:
            case ["GET" | "POST", "apps", "authorize", "consent"]:
                return self._consent()
            case ["GET" | "POST", "apps", "authorize", "confirm", application_id]:
                return self._confirm(application_id)
            case ["GET" | "POST", "apps", "manage"] | ["GET"]:
                return self._manage()
            case ["GET" | "POST", "apps", "develop"]:
                return self._develop()
            case ["GET", "apps", "manage", "authorise"]:
                return self._authorise_again()
            case ["GET", "orders-v3", "order", order_id]:
                return self._order(order_id)
            case ["POST", "sign-in"]:
                return self._sign_in(f"/sellercentral/{self._host}/apps/manage")
            case ["GET", "sign-out"]:
                self._simulator.sessions.pop(self._request.cookie(COOKIE), None)
                return see_other(f"/sellercentral/{self._host}/apps/manage")
            case _:
                return page("message.html", 404, title="Not found", text="Seller Central has no such page here.")

    def _order(self, order_id: str) -> Response:
        """The order at the head of its seller's shop, whose page has the buttons of both sides."""
        order = self._simulator.world.orders.get(order_id)
        if order is None:
            return page("message.html", 404, title="Not found", text=f"There is no order {order_id[:60]}.")
        return see_other(f"/shop?{urlencode({'seller': order.seller, 'order': order.id})}")

    # --- signing in

    def _people(self) -> dict[str, tuple[Seller, bool]]:
        """E-mail address → who may sign in at this host: users of this region's sellers."""
        return {
            email_of(seller.id, primary=primary): (seller, primary)
            for primary in (True, False)
            for seller in self._simulator.world.sellers.values()
            if seller.region == REGION_OF[self._host]
        }

    def _here(self) -> str:
        return f"{self._request.path}?{self._request.query}" if self._request.query else self._request.path

    def _sign_in_page(self, error: str = "", status: int = 200) -> Response:
        return page(
            "sign_in.html",
            status,
            host=self._host,
            people=[
                (f"{seller.name}{'' if primary else ', secondary user'}", email)
                for email, (seller, primary) in self._people().items()
            ],
            password=SIGN_IN_PASSWORD,
            action=self._here(),
            error=error,
        )

    def _sign_in(self, address: str) -> Response:
        form, people = self._request.form(), self._people()
        email = form.get("email", "").strip().lower()
        if email not in people or form.get("password") != SIGN_IN_PASSWORD:
            return self._sign_in_page("E-mail and password do not fit together.", 401)
        key = secrets.token_urlsafe(24)
        seller, primary = people[email]
        self._simulator.sessions[key] = (seller.id, primary)
        response = see_other(address)
        response.headers["set-cookie"] = f"{COOKIE}={key}; Path=/; HttpOnly; SameSite=Lax"
        return response

    def _signs_in(self) -> bool:
        return self._request.method == "POST" and "email" in self._request.form()

    # --- consent

    def _consent(self) -> Response:
        query = self._request.params()
        code = self._fault(query.get("application_id", ""), query)
        if code:
            return self._fault_page(code, 400)
        if self._signs_in():
            return self._sign_in(self._here())
        if self._seller is None:
            return self._sign_in_page()
        code = self._obstacle(self._seller)
        if code:
            return self._fault_page(code, 403)
        return self._decide(self._seller, query.get("redirect_uri") or self._application.redirect_uris[0])

    def _fault(self, application_id: str, query: dict[str, str]) -> str:
        """What is wrong with the application or the address that leads here."""
        application, redirect_uri = self._application, query.get("redirect_uri", "")
        beta = query.get("version") == "beta"
        if application_id != APPLICATION_ID:
            return "MD5100"
        if application.registration.kind == PRIVATE:
            return "MD5100"
        if application.registration.mws_only:
            return "MD9000"
        if application.draft and not beta:
            return "MD1000"
        if beta and not application.draft:
            return "MD5100"
        if REGION_OF[self._host] not in application.registration.regions:
            return "MD5100"
        if not application.redirect_uris or "#" in redirect_uri:
            return "MD5100"
        if redirect_uri and redirect_uri not in application.redirect_uris:
            return "MD5101"
        return ""

    def _obstacle(self, seller: Seller) -> str:
        """Why this user of this account may not authorise anything."""
        if not self._primary:
            return "SPDC8143"
        if set(seller.marketplaces) <= set(seller.suspended):
            return "Suspended"
        return "Limit" if self._application.full(seller.id, self._now) else ""

    def _fault_page(self, code: str, status: int) -> Response:
        return page("fault.html", status, code=code, text=FAULT_TEXTS[code], host=self._host)

    def _decide(self, seller: Seller, redirect_uri: str) -> Response:
        form, state = self._request.form(), self._request.params().get("state", "")
        error = ""
        if self._request.method == "POST":
            if form.get("answer") == "cancel":
                refused = {
                    "error": "access_denied",
                    "error_description": "The seller pressed Cancel on the consent page.",
                    "state": state,
                }
                return see_other(_with(redirect_uri, refused))
            if form.get("accept"):
                return self._give_code(seller, redirect_uri, state)
            error = "Tick Accept to go on, or press Cancel."
        return page(
            "consent.html",
            422 if error else 200,
            form_action=f"'self' {_origin(redirect_uri)}",
            host=self._host,
            seller=seller,
            application=APPLICATION_NAME,
            draft=self._application.draft,
            roles=self._application.roles,
            suspended=self._suspended(seller),
            action=self._here(),
            error=error,
        )

    def _give_code(self, seller: Seller, redirect_uri: str, state: str) -> Response:
        code = self._application.grant_code(seller.id, redirect_uri, self._now)
        given = {"state": state, "selling_partner_id": seller.id, "spapi_oauth_code": code.code}
        return see_other(_with(redirect_uri, given))

    @staticmethod
    def _suspended(seller: Seller) -> list[str]:
        return [MARKETS[market].name for market in seller.suspended]

    # --- Manage Your Apps

    def _manage(self) -> Response:
        if self._signs_in():
            return self._sign_in(self._here())
        if self._seller is None:
            return self._sign_in_page()
        if self._request.method == "POST":
            if not self._primary:
                return self._fault_page("SPDC8143", 403)
            self._application.revoke(self._seller.id)
            return see_other(self._request.path)
        held = self._application.authorisation(self._seller.id, self._now)
        ends = None if held is None else self._application.ends(held)
        return page(
            "manage.html",
            host=self._host,
            seller=self._seller,
            application=APPLICATION_NAME,
            draft=self._application.draft,
            roles=self._application.roles,
            suspended=self._suspended(self._seller),
            authorised=held is not None,
            since=moment(held.granted) if held is not None and held.granted else "",
            ends=moment(ends) if ends is not None else "",
            log_in=self._application.registration.login_uri,
            private=self._application.registration.kind == PRIVATE,
        )

    # --- Develop Apps

    def _develop(self) -> Response:
        """Self-authorisation: refresh tokens for the seller's own application, each shown once."""
        if self._signs_in():
            return self._sign_in(self._here())
        if self._seller is None:
            return self._sign_in_page()
        if self._request.method != "POST":
            return self._develop_page(self._seller)
        if not self._primary:
            return self._fault_page("SPDC8143", 403)
        form = self._request.form()
        if "revoke" in form:
            rows = self._own_tokens(self._seller)
            place = form["revoke"]
            if place.isascii() and place.isdigit() and int(place[:6]) < len(rows):
                self._application.revoke_token(rows[int(place)])
            return see_other(self._request.path)
        token = self._application.authorise_oneself(self._seller.id, self._now)
        if token is None:
            return self._fault_page("Own limit", 409)
        return self._develop_page(self._seller, token.token)

    def _own_tokens(self, seller: Seller) -> list[RefreshToken]:
        """Self-authorisations, revoked ones too: a place in the list stays the same token's."""
        return [token for token in self._application.refresh.values() if token.seller == seller.id and token.made]

    def _develop_page(self, seller: Seller, shown: str = "") -> Response:
        return page(
            "develop.html",
            host=self._host,
            seller=seller,
            application=APPLICATION_NAME,
            client_id=CLIENT_ID,
            kind=self._application.registration.kind,
            roles=self._application.roles,
            tokens=[(place, token, moment(token.made)) for place, token in enumerate(self._own_tokens(seller))],
            left=SELF_AUTHORISATIONS - len(self._application.self_authorised()),
            most=SELF_AUTHORISATIONS,
            shown=shown,
        )

    def _authorise_again(self) -> Response:
        """To the application's log-in address, which sends the seller back to `confirm`."""
        if self._seller is None:
            return self._sign_in_page()
        login_uri = self._application.registration.login_uri
        code = self._obstacle(self._seller)
        if code:
            return self._fault_page(code, 403)
        if self._application.registration.kind == PRIVATE:
            return self._fault_page("MD5100", 400)
        if not login_uri:
            return self._fault_page("No log-in", 404)
        confirm = f"{self._simulator.base}/sellercentral/{self._host}/apps/authorize/confirm/{APPLICATION_ID}"
        params = {
            "amazon_callback_uri": confirm,
            "amazon_state": seal("amazon_state", (self._now + STATE_LIVES, self._seller.id, self._host)),
            "selling_partner_id": self._seller.id,
        }
        return see_other(_with(login_uri, {**params, "version": "beta"} if self._application.draft else params))

    def _confirm(self, application_id: str) -> Response:
        """The application has signed its user in and knows which seller it is: it gets its code."""
        query = self._request.params()
        code = self._fault(application_id, query)
        if code:
            return self._fault_page(code, 400)
        if self._signs_in():
            return self._sign_in(self._here())
        if self._seller is None:
            return self._sign_in_page()
        held = unseal("amazon_state", query.get("amazon_state", ""))
        if held is None or held[0] < self._now or held[1:] != [self._seller.id, self._host]:
            return self._fault_page("Expired", 400)
        code = self._obstacle(self._seller)
        if code:
            return self._fault_page(code, 403)
        redirect_uri = query.get("redirect_uri") or self._application.redirect_uris[0]
        return self._give_code(self._seller, redirect_uri, query.get("state", ""))


def _origin(address: str) -> str:
    target = urlsplit(address)
    return f"{target.scheme}://{target.netloc}"


def _with(address: str, given: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(given)}"
