"""The one application that is registered at this Amazon, its client secrets and all its tokens."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

from amazon_simulator.access.entities import AccessToken, ClientSecret, Code, RefreshToken, Registration
from amazon_simulator.core.clock import iso
from amazon_simulator.core.numbering import LONGEST, Numbering
from amazon_simulator.core.store import Entity

APPLICATION_ID = "amzn1.sp.solution.5a1d7c0e-demo-4c1b-9f00-000000000001"
CLIENT_ID = "amzn1.application-oa2-client.5a1d7c0edemo4c1b9f00000000000001"
CLIENT_SECRET = "amzn1.oa2-cs.v1.5a1d7c0edemo4c1b9f00000000000001"
"""The first one: it is worth nothing any more seven days after a rotation."""
APPLICATION_NAME = "Wharfinger (demo)"
ROLES = (
    "Inventory and Order Tracking",
    "Product Listing",
    "Direct-to-Consumer Shipping",
    "Amazon Fulfillment",
    "Tax Invoicing",
    "Finance and Accounting",
)
PUBLIC, UNLISTED, PRIVATE = "public", "unlisted", "private"
APPLICATION_KINDS = (PUBLIC, UNLISTED, PRIVATE)
SELF_AUTHORISATIONS, CONSENTS_OF_UNLISTED = 10, 25
"""At most, of any application and of one that is not listed. Source: application-authorization-limits."""
ACCESS_LIVES = 3600.0
CODE_LIVES = 300.0
DAY = 24 * 3600.0
AUTHORISATION_LIVES = 365 * DAY
"""Of a published application; the seller renews it before. Source: renew-authorizations."""
OLD_SECRET_LIVES = 7 * DAY
WARNED_BEFORE = 90 * DAY
"""Source for both: rotating-your-apps-lwa-credentials."""
RESTRICTED = "Atz.sprdt|"
"""How a restricted data token begins."""


class Application:
    """A store; `announce` sends its developer a notification: type, payload, time."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (AccessToken, RefreshToken, Code, Registration, ClientSecret)

    def __init__(
        self,
        redirect_uris: Sequence[str],
        numbering: Numbering,
        *,
        draft: bool = True,
        login_uri: str = "",
        kind: str = "public",
    ) -> None:
        self.numbering = numbering
        self._given_uris = list(redirect_uris)
        self._given_login = login_uri
        self._given_kind = kind
        self.registration = Registration(draft, list(ROLES), list(redirect_uris), login_uri, kind=kind)
        self.client_secrets: dict[str, ClientSecret] = {}
        self.access: dict[str, AccessToken] = {}
        self.refresh: dict[str, RefreshToken] = {}
        self.codes: dict[str, Code] = {}
        self.changed: list[Entity] = []
        self.announce: Callable[[str, dict[str, Any], float], None] = lambda kind, payload, now: None

    def put(self, entity: Entity) -> None:
        match entity:
            case AccessToken():
                self.access[entity.token] = entity
            case RefreshToken():
                self.refresh[entity.token] = entity
            case Code():
                self.codes[entity.code] = entity
            case ClientSecret():
                self.client_secrets[entity.text] = entity
            case Registration():
                self._put_registration(entity)
            case _:
                pass

    def _put_registration(self, registration: Registration) -> None:
        """The registration of the command line goes before the one in the journal."""
        registration.redirect_uris = list(dict.fromkeys((*registration.redirect_uris, *self._given_uris)))
        registration.login_uri = registration.login_uri or self._given_login
        registration.kind = registration.kind if self._given_kind == PUBLIC else self._given_kind
        self.registration = registration

    def everything(self) -> Iterator[Entity]:
        yield self.registration
        yield from self.client_secrets.values()
        yield from self.access.values()
        yield from self.refresh.values()
        yield from self.codes.values()

    def make(self, entity: Entity) -> None:
        self.put(entity)
        self.changed.append(entity)

    # --- what is registered

    @property
    def draft(self) -> bool:
        return self.registration.draft

    @property
    def roles(self) -> list[str]:
        """Those that it has now."""
        held = self.registration
        return [role for role in held.roles if role not in held.withheld] if held.withheld else held.roles

    def withhold(self, role: str, until: float) -> None:
        """A role is taken away: until a time, or (0) until it is given back."""
        self.registration.withheld = {**self.registration.withheld, role: until}
        self.changed.append(self.registration)

    def give_back(self, role: str) -> None:
        self.registration.withheld = {one: at for one, at in self.registration.withheld.items() if one != role}
        self.changed.append(self.registration)

    @property
    def redirect_uris(self) -> list[str]:
        return self.registration.redirect_uris

    def register(self, registration: Registration, now: float) -> None:
        """The registration in the portal from now on; a changed life of client secrets holds for the present one too.

        With a role more, sellers must renew what they gave to a published application. Source: renew-authorizations.
        """
        if not registration.draft and not set(registration.roles) <= set(self.registration.roles):
            self._end([token for token in self.refresh.values() if token.granted])
        current = self.current
        if registration.secret_lives != self.registration.secret_lives and current is not None:
            current.expires = current.made + registration.secret_lives
            current.warns_at = max(now, current.expires - WARNED_BEFORE)
            self.changed.append(current)
        self.registration = registration
        self.changed.append(registration)

    # --- client secrets

    @property
    def current(self) -> ClientSecret | None:
        """The one that was made last."""
        return next(reversed(self.client_secrets.values()), None)

    @property
    def secret(self) -> str:
        return "" if self.current is None else self.current.text

    def knows(self, secret: str, now: float) -> bool:
        held = self.client_secrets.get(secret)
        return held is not None and now < held.expires

    def _secret(self, text: str, now: float) -> ClientSecret:
        expires = now + self.registration.secret_lives
        return ClientSecret(text, now, expires, max(now, expires - WARNED_BEFORE))

    def rotate_secret(self, now: float) -> ClientSecret:
        """A new one, sent to the developer's queue and nowhere else; the old one works seven days more."""
        old = self.current
        made = self._secret(f"amzn1.oa2-cs.v1.{self.numbering.hexadecimal('client secret', now, LONGEST)}", now)
        if old is not None:
            old.expires, old.warns_at = min(old.expires, now + OLD_SECRET_LIVES), None
            self.changed.append(old)
        self.make(made)
        secret = {
            "clientId": CLIENT_ID,
            "newClientSecret": made.text,
            "newClientSecretExpiryTime": iso(made.expires),
            "oldClientSecretExpiryTime": iso(now if old is None else old.expires),
        }
        self.announce("APPLICATION_OAUTH_CLIENT_NEW_SECRET", {"applicationOAuthClientNewSecret": secret}, now)
        return made

    def due(self) -> float | None:
        """When the developer is warned that the client secret expires, or a role comes back."""
        warns_at = None if self.current is None else self.current.warns_at
        return min((at for at in (warns_at, *self.registration.withheld.values()) if at), default=None)

    def turn(self, now: float) -> None:
        """Tokens die by comparison, not by a bell; only the client secret is warned of. It begins with the first."""
        if not self.client_secrets:
            self.make(self._secret(CLIENT_SECRET, now))
        for role in [role for role, until in self.registration.withheld.items() if until and until <= now]:
            self.give_back(role)
        current = self.current
        if current is None or current.warns_at is None or current.warns_at > now:
            return
        current.warns_at = None
        self.changed.append(current)
        expiry = {
            "clientId": CLIENT_ID,
            "clientSecretExpiryTime": iso(current.expires),
            "clientSecretExpiryReason": "PERIODIC_ROTATION",
        }
        self.announce("APPLICATION_OAUTH_CLIENT_SECRET_EXPIRY", {"applicationOAuthClientSecretExpiry": expiry}, now)

    # --- a seller's consent

    def grant_code(self, seller: str, redirect_uri: str, now: float) -> Code:
        for old in [code for code in self.codes.values() if code.expires < now - DAY]:
            del self.codes[old.code]
        code = Code(f"RH{self.numbering.hexadecimal('code', now)}", seller, redirect_uri, now + CODE_LIVES)
        self.make(code)
        return code

    def use_code(self, text: str, redirect_uri: str, now: float) -> RefreshToken | None:
        """A fresh code becomes a refresh token, once. A redirect URI, where one is given, must be the code's."""
        code = self.codes.get(text)
        if code is None or code.used or code.expires < now or redirect_uri not in ("", code.redirect_uri):
            return None
        code.used = True
        self.changed.append(code)
        token = RefreshToken(f"Atzr|{self.numbering.hexadecimal('refresh token', now, 48)}", code.seller, granted=now)
        self.make(token)
        return token

    def lives(self, token: RefreshToken, now: float) -> bool:
        """Each consent has its own token and its own clock: those before it go on until theirs has run out."""
        ends = self.ends(token)
        return not token.revoked and (ends is None or now < ends)

    def ends(self, token: RefreshToken) -> float | None:
        """When the seller must have renewed the authorisation; None: drafts and private applications have no clock."""
        return None if self.draft or not token.granted else token.granted + AUTHORISATION_LIVES

    # --- self-authorisation

    def self_authorised(self, seller: str = "") -> list[RefreshToken]:
        """What was made on the Develop Apps page and is still valid, of a seller or of all; oldest first."""
        return [
            token
            for token in self.refresh.values()
            if token.made and not token.revoked and seller in ("", token.seller)
        ]

    def authorise_oneself(self, seller: str, now: float) -> RefreshToken | None:
        """A refresh token for the seller's own application; None: there are ten already."""
        if len(self.self_authorised()) >= SELF_AUTHORISATIONS:
            return None
        token = RefreshToken(f"Atzr|{self.numbering.hexadecimal('own token', now, 48)}", seller, made=now)
        self.make(token)
        return token

    def revoke_token(self, token: RefreshToken) -> None:
        """One authorisation ends; the seller's others go on."""
        self._end([token])

    def full(self, seller: str, now: float) -> bool:
        """Whether an unlisted application has all the sellers that it may have by consent, and this is another one."""
        if self.registration.kind != UNLISTED:
            return False
        given = {token.seller for token in self.refresh.values() if token.granted and self.lives(token, now)}
        given |= {code.seller for code in self.codes.values() if not code.used and code.expires >= now}
        return seller not in given and len(given) >= CONSENTS_OF_UNLISTED

    # --- what a seller has given

    def authorisation(self, seller: str, now: float) -> RefreshToken | None:
        """The newest valid token of a seller."""
        living = [token for token in self.refresh.values() if token.seller == seller and self.lives(token, now)]
        return max(living, key=lambda token: token.granted, default=None)

    def revoke(self, seller: str) -> int:
        """The seller withdraws the consent: refresh and access tokens are worth nothing more."""
        return self._end([token for token in self.refresh.values() if token.seller == seller])

    def _end(self, authorisations: list[RefreshToken]) -> int:
        """Refresh tokens and access tokens of the sellers end; returns how many were still valid."""
        ended = [token for token in authorisations if not token.revoked]
        for token in ended:
            token.revoked = True
            self.changed.append(token)
        sellers, texts = {token.seller for token in authorisations}, {token.token for token in authorisations}
        for access in self.access.values():
            if access.of in texts or (not access.of and access.seller in sellers):
                access.expires = 0.0
                self.changed.append(access)
        return len(ended)

    # --- access tokens

    def grant_access(self, seller: str, now: float, scope: str = "", of: str = "") -> AccessToken:
        """`of`: the refresh token that it comes from."""
        text = f"Atza|{self.numbering.hexadecimal('access token', now, 48)}"
        return self._grant(AccessToken(text, seller, now + ACCESS_LIVES, scope, of=of), now)

    def grant_restricted(self, seller: str, resources: list[tuple[str, str, list[str]]], now: float) -> AccessToken:
        """A restricted data token: good for these (method, path, data elements) and for nothing else."""
        token = f"{RESTRICTED}{self.numbering.hexadecimal('restricted token', now, LONGEST)}"
        return self._grant(AccessToken(token, seller, now + ACCESS_LIVES, resources=resources), now)

    def _grant(self, token: AccessToken, now: float) -> AccessToken:
        for old in [one for one in self.access.values() if 1.0 < one.expires < now - ACCESS_LIVES]:
            del self.access[old.token]  # long dead: a month of trade must not fill the memory
        self.make(token)
        return token

    def expire(self, token: AccessToken) -> None:
        token.expires = 1.0  # 0 means revoked
        self.changed.append(token)
