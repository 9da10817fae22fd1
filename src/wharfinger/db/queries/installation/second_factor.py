"""Second factors of people, for pages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator

_APP = Authenticator.Type.TOTP


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """`codes_left`: recovery codes that were not used yet. Machine time."""

    since: datetime
    used_at: datetime | None
    codes_left: int


@dataclass(frozen=True, slots=True)
class Passkey:
    """`host`: where it was made, and where alone it is shown. Machine time."""

    id: int
    name: str
    host: str
    since: datetime
    used_at: datetime | None


def has_second_factor(user_id: int) -> bool:
    return bool(Authenticator.objects.filter(user_id=user_id, type=_APP).exists())


def with_second_factor(user_ids: Collection[int]) -> frozenset[int]:
    rows = Authenticator.objects.filter(user_id__in=user_ids, type=_APP)
    return frozenset(rows.values_list("user_id", flat=True))


def second_factor_of(user_id: int) -> SecondFactor | None:
    rows = {row.type: row for row in Authenticator.objects.filter(user_id=user_id)}
    app, codes = rows.get(_APP), rows.get(Authenticator.Type.RECOVERY_CODES)
    if app is None:
        return None
    left = len(codes.wrap().get_unused_codes()) if codes else 0
    return SecondFactor(app.created_at, app.last_used_at, left)


def passkeys_of(user_id: int) -> list[Passkey]:
    rows = Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.WEBAUTHN).order_by("pk")
    return [Passkey(row.pk, row.data["name"], row.data["host"], row.created_at, row.last_used_at) for row in rows]
