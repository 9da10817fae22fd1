"""What is kept of the application, its tokens and its calls. The last line of an entity in the journal holds."""

import msgspec


class AccessToken(msgspec.Struct, tag="access"):
    token: str
    seller: str
    expires: float
    scope: str = ""
    resources: list[tuple[str, str, list[str]]] = []  # of a restricted data token: (method, path, data elements)
    of: str = ""  # the refresh token that it comes from


class RefreshToken(msgspec.Struct, tag="refresh"):
    """`granted`: when the seller consented; 0 for one that the seller made for itself: `made`, 0 for the first ones."""

    token: str
    seller: str
    revoked: bool = False
    granted: float = 0.0
    made: float = 0.0


class Code(msgspec.Struct, tag="code"):
    code: str
    seller: str
    redirect_uri: str
    expires: float
    used: bool = False


class Registration(msgspec.Struct, tag="registration"):
    """What the developer has set for the application in the portal.

    `notification_queue`: the ARN that client secrets are sent to. `mws_only`: it has credentials of the old API alone.
    `secret_lives`: seconds after which a client secret must have been rotated. `withheld`: roles that are taken away →
    when they are given back (0: by a call). `kind`: public, unlisted, private.
    """

    draft: bool
    roles: list[str]
    redirect_uris: list[str] = []
    login_uri: str = ""
    notification_queue: str = ""
    mws_only: bool = False
    regions: list[str] = msgspec.field(default_factory=lambda: ["EU", "NA", "FE"])
    secret_lives: float = 180 * 24 * 3600.0
    withheld: dict[str, float] = {}
    kind: str = "public"


class ClientSecret(msgspec.Struct, tag="client secret"):
    """`expires`: from when it is worth nothing, because it was not rotated or because it was.

    `warns_at`: when its developer is warned of that; None once it is done.
    """

    text: str
    made: float
    expires: float
    warns_at: float | None = None


class Counter(msgspec.Struct, tag="counter"):
    """Calls of a seller to an operation, how many were refused by the limits, and the bucket's level."""

    seller: str
    operation: str
    calls: int = 0
    refused: int = 0
    tokens: float = 0.0
    counted: float = 0.0
    others: int = 0  # refused only because another application had used the limit up
    own: float | None = None  # the level without other applications; None: there were none
