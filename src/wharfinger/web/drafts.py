"""A channel that is being made: what was entered on each step, kept in the session until Save Channel.

The session lies in the database, so an Auth Token is kept encrypted there, as it is everywhere else.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, QueryDict

from wharfinger.db.encryption import decrypt, encrypt
from wharfinger.domain.orders.order import Fulfilment

KEPT = "new_channels"
AT_MOST = 5
"""Drafts of one session; the oldest goes when another is begun."""
SECRET = "auth_token"
TICKS = frozenset(
    {
        "enabled", "dont_import_orders", "dont_upload_order_status", "dont_upload_stock_levels", "use_amazon_sku",
        "late_courier_acknowledged",
    }
)  # fmt: skip


@dataclass
class Draft:
    """`values`: by field, as a form sends it. `refused`: the field and words of Save Channel's last no.

    `reached`: steps that were opened; `passed`: those whose fields were taken, which alone bear a tick.
    """

    key: str
    kind: Fulfilment
    values: dict[str, str]
    refused: tuple[str, str] = ("", "")
    reached: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)

    def data(self) -> QueryDict:
        """What a form with all steps' fields would have sent."""
        data = QueryDict(mutable=True)
        for name, value in self.values.items():
            if name == SECRET and value:
                data[name] = decrypt(value).decode()
            elif value or name not in TICKS:
                data[name] = value
        return data

    @property
    def at(self) -> str:
        """The step that was reached last."""
        return self.reached[-1] if self.reached else "checks"

    @property
    def token_last_four(self) -> str:
        stored = self.values.get(SECRET, "")
        return decrypt(stored).decode()[-4:] if stored else ""


def begin_draft(request: HttpRequest, kind: Fulfilment, first: Mapping[str, Any]) -> Draft:
    """`first`: the values that it begins with, as a form's initial."""
    draft = Draft(secrets.token_urlsafe(6), kind, {name: _as_sent(name, value) for name, value in first.items()})
    kept = {**request.session.get(KEPT, {}), draft.key: {}}
    request.session[KEPT] = dict(list(kept.items())[-AT_MOST:])
    keep_draft(request, draft)
    return draft


def _as_sent(name: str, value: Any) -> str:
    if name in TICKS:
        return "on" if value else ""
    return "" if value is None else str(value)


def find_draft(request: HttpRequest, key: str) -> Draft | None:
    kept = request.session.get(KEPT, {}).get(key)
    if kept is None:
        return None
    return Draft(
        key, Fulfilment(kept["kind"]), kept["told"], tuple(kept["refused"]), kept["reached"], kept.get("passed", [])
    )


def drafts_of(request: HttpRequest) -> list[Draft]:
    """Newest first."""
    found = [find_draft(request, key) for key in request.session.get(KEPT, {})]
    return [draft for draft in reversed(found) if draft is not None]


def take_down(draft: Draft, names: Iterable[str], posted: QueryDict) -> None:
    """Note what was sent for these fields, right or wrong. An empty Auth Token leaves the one that was given."""
    for name in names:
        value = posted.get(name, "")
        if name != SECRET:
            draft.values[name] = value
        elif value.strip():
            draft.values[name] = encrypt(value.strip().encode())


def keep_draft(request: HttpRequest, draft: Draft) -> None:
    kept = dict(request.session.get(KEPT, {}))
    kept[draft.key] = {
        "kind": draft.kind,
        "told": draft.values,
        "refused": list(draft.refused),
        "reached": draft.reached,
        "passed": draft.passed,
    }
    request.session[KEPT] = kept


def forget_draft(request: HttpRequest, key: str) -> None:
    kept = dict(request.session.get(KEPT, {}))
    kept.pop(key, None)
    request.session[KEPT] = kept
