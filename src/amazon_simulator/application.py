"""The one application that is registered at this Amazon, and its tokens."""

import secrets
from collections.abc import Iterator, Sequence
from typing import ClassVar

from amazon_simulator.entities import AccessToken, Code, RefreshToken, Registration
from amazon_simulator.store import Entity

APPLICATION_ID = "amzn1.sp.solution.5a1d7c0e-demo-4c1b-9f00-000000000001"
CLIENT_ID = "amzn1.application-oa2-client.5a1d7c0edemo4c1b9f00000000000001"
CLIENT_SECRET = "amzn1.oa2-cs.v1.5a1d7c0edemo4c1b9f00000000000001"
APPLICATION_NAME = "Wharfinger (demo)"
ROLES = (
    "Inventory and Order Tracking",
    "Product Listing",
    "Direct-to-Consumer Shipping",
    "Amazon Fulfillment",
    "Tax Invoicing",
)
ACCESS_LIVES = 3600.0
CODE_LIVES = 300.0


class Application:
    """Its registration and all tokens, in memory; `changed` collects what must be journalled."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (AccessToken, RefreshToken, Code, Registration)

    def __init__(self, redirect_uris: Sequence[str], *, draft: bool = True) -> None:
        self.redirect_uris = list(redirect_uris)
        self.draft = draft
        self.roles = list(ROLES)
        self.access: dict[str, AccessToken] = {}
        self.refresh: dict[str, RefreshToken] = {}
        self.codes: dict[str, Code] = {}
        self.changed: list[Entity] = []

    def put(self, entity: Entity) -> None:
        match entity:
            case AccessToken():
                self.access[entity.token] = entity
            case RefreshToken():
                self.refresh[entity.token] = entity
            case Code():
                self.codes[entity.code] = entity
            case Registration():
                self.draft, self.roles = entity.draft, entity.roles
            case _:
                pass

    def everything(self) -> Iterator[Entity]:
        yield Registration(self.draft, self.roles)
        yield from self.access.values()
        yield from self.refresh.values()
        yield from self.codes.values()

    def turn(self, now: float) -> None:
        """Tokens die by comparison, not by a bell."""

    def register(self, *, draft: bool, roles: list[str]) -> None:
        self.make(Registration(draft, roles))

    def make(self, entity: Entity) -> None:
        self.put(entity)
        self.changed.append(entity)

    def grant_code(self, seller: str, redirect_uri: str, now: float) -> Code:
        code = Code(f"RH{secrets.token_hex(16)}", seller, redirect_uri, now + CODE_LIVES)
        self.make(code)
        return code

    def use_code(self, text: str, now: float) -> RefreshToken | None:
        """A fresh code becomes a refresh token, once."""
        code = self.codes.get(text)
        if code is None or code.used or code.expires < now:
            return None
        code.used = True
        self.changed.append(code)
        token = RefreshToken(f"Atzr|{secrets.token_hex(24)}", code.seller)
        self.make(token)
        return token

    def grant_access(self, seller: str, now: float, scope: str = "") -> AccessToken:
        for old in [one for one in self.access.values() if 1.0 < one.expires < now - ACCESS_LIVES]:
            del self.access[old.token]  # long dead: a month of trade must not fill the memory
        token = AccessToken(f"Atza|{secrets.token_hex(24)}", seller, now + ACCESS_LIVES, scope)
        self.make(token)
        return token

    def expire(self, token: AccessToken) -> None:
        token.expires = 1.0  # 0 means revoked
        self.changed.append(token)

    def revoke(self, seller: str) -> int:
        """The seller withdraws the consent: refresh and access tokens are worth nothing more."""
        tokens = [token for token in self.refresh.values() if token.seller == seller and not token.revoked]
        for token in tokens:
            token.revoked = True
            self.changed.append(token)
        for access in self.access.values():
            if access.seller == seller:
                access.expires = 0.0
                self.changed.append(access)
        return len(tokens)

    def authorised(self, seller: str) -> bool:
        return any(token.seller == seller and not token.revoked for token in self.refresh.values())
