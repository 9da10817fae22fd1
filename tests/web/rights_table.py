"""Who may open each address, and by which methods: `python -m tests.web.rights_table` writes `docs/rights.md` anew."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    import tests.conftest  # noqa: F401 -- the environment, and Django

from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import get_resolver

from wharfinger.db.models import User
from wharfinger.domain.installation.people import FUNCTIONS, Right, Role, may
from wharfinger.web.rights import View, needed_right

PAGE = Path(__file__).parents[2] / "docs/rights.md"
PUBLIC = {
    "sign-in",
    "sign-in-code",
    "sign-in-passkey",
    "sign-out",
    "set-up",
    "password-link",
    "amazon-callback",
    "amazon-authorise",
}
"""Open without signing in: the entrance itself, and where Amazon sends a browser."""
OWN = {
    "second-factor-set-up", "passkey-add", "passkey-remove",
    "recovery-codes-new", "confirm-password", "sessions-end", "own-password", "settings",
    "list-rows", "list-columns", "list-view-add", "list-view",
}  # fmt: skip
"""Everybody may change these: they are the reader's own."""
INSIDE = {"count": Right.EDIT_STOCK, "channel-matching": Right.EDIT_CHANNELS}
"""Read by everybody, changed with this right: looked at in the view."""


@dataclass(frozen=True, slots=True)
class Row:
    """`methods`: what the view answers; empty where it says nothing of them. `right` None: none is needed to read."""

    address: str
    name: str
    view: View
    arguments: dict[str, Any]
    methods: tuple[str, ...]
    right: Right | None

    def may_read(self, role: Role) -> bool:
        return self.right is None or may(role, self.right)

    def may_change(self, role: Role) -> bool:
        inside = INSIDE.get(self.name)
        return self.may_read(role) and (inside is None or may(role, inside))


def rows() -> list[Row]:
    found = []
    for address, pattern in _patterns(get_resolver().url_patterns, ""):
        arguments = {
            name: 1 if "Int" in type(converter).__name__ else "x"
            for name, converter in pattern.pattern.converters.items()
        }
        view = pattern.callback
        found.append(Row(address, pattern.name or "", view, arguments, _methods(view, arguments), needed_right(view)))
    return sorted(found, key=lambda row: row.address)


def _patterns(patterns: Any, before: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _patterns(pattern.url_patterns, address)
        else:
            yield address, pattern


def call(row: Row, method: str, user: Any) -> Any:
    return row.view(request_of(method, user), **row.arguments)


def request_of(method: str, user: Any) -> HttpRequest:
    request = RequestFactory().generic(method, "/")
    request.user, request.session = user, {}  # type: ignore[assignment]  # no session is begun
    return request


def _methods(view: View, arguments: dict[str, Any]) -> tuple[str, ...]:
    """What it answers to a method that none of ours takes names them."""
    reader = User(username="anna", role=Role.ADMINISTRATOR, is_active=True)
    answer = view(request_of("TRACE", reader), **arguments)
    return tuple(part.strip() for part in answer.headers.get("Allow", "").split(",") if part.strip())


def table() -> str:
    lines = ["| address | reads | changes |", "|---|---|---|"]
    lines += [f"| `/{row.address}` | {_who(row, 'GET')} | {_who(row, 'POST')} |" for row in rows()]
    return "\n".join(lines)


def functions() -> str:
    """What may be given to one person or taken from one, and the roles that have it."""
    lines = ["| function | roles |", "|---|---|"]
    for right in Right:
        roles = ", ".join(role.value for role in Role if may(role, right))
        lines.append(f"| {right.value}{'' if right in FUNCTIONS else ' (by the role alone)'} | {roles} |")
    return "\n".join(lines)


def _who(row: Row, method: str) -> str:
    if method not in row.methods:
        return "–"
    if row.name in PUBLIC:
        return "anybody"
    roles = [role for role in Role if (row.may_read(role) if method == "GET" else row.may_change(role))]
    return "every user" if len(roles) == len(Role) else ", ".join(role.value for role in roles)


def page() -> str:
    return f"""# Who may open what

Every address of the product, and the roles that may read it and change something by it, made from the program itself; a
test calls each with every role that it turns away, and without signing in. *Every user* = who is signed in, of whatever
role; what of personal data and prices a page shows is decided once more on it ([privacy](privacy.md)). What monitors
read ([monitoring](monitoring.md)) and static files stand before all this.

An administrator may give a function to one person beside the role, or take one of the role's away, on the person's page
under *Settings, Users* (*Rights beside the role*): a packer who may merge customers, a manager who may not edit
channels. It holds from the person's next page on and stands in the audit log. Who administers may do everything. A test
opens every address of every function with it and without it.

{functions()}

{table()}
"""


if __name__ == "__main__":
    PAGE.write_text(page())
    sys.stdout.write(f"{len(rows())} addresses\n")
