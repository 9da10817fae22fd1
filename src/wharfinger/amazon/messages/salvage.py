"""Cutting a list out of a body that is no JSON, by its braces and strings alone."""

from wharfinger.amazon.messages.wire import Unreadable

_OPEN = b"{["
_CLOSE = b"}]"


def salvage(body: bytes, name: str) -> tuple[tuple[bytes, ...], bytes]:
    """The objects of the list `name` at the top of `body`, and the body with that list emptied.

    Unreadable where the braces do not close: a body that was cut off is no page.
    """
    start = _list_start(body, name)
    entries: list[bytes] = []
    depth = 0
    at = begun = start
    while at < len(body):
        byte = body[at]
        if byte == 0x22:
            at = _string_end(body, at)
            continue
        if byte in _OPEN:
            if depth == 0:
                begun = at
            depth += 1
        elif byte in _CLOSE:
            if depth == 0:
                return tuple(entries), body[:start] + body[at:]
            depth -= 1
            if depth == 0:
                entries.append(body[begun : at + 1])
        at += 1
    raise Unreadable("no JSON, and its braces do not close")


def _list_start(body: bytes, name: str) -> int:
    """Just behind the bracket of the first list of that name; Amazon's pages begin with it."""
    key = body.find(f'"{name}"'.encode())
    bracket = body.find(b"[", key)
    if key < 0 or bracket < 0 or body[key + len(name) + 2 : bracket].strip() != b":":
        raise Unreadable(f"no JSON, and no list {name} in it")
    return bracket + 1


def _string_end(body: bytes, at: int) -> int:
    """Just behind the closing quote of the string that opens at `at`."""
    at += 1
    while at < len(body):
        if body[at] == 0x5C:
            at += 2
        elif body[at] == 0x22:
            return at + 1
        else:
            at += 1
    raise Unreadable("no JSON, and a string in it does not close")
