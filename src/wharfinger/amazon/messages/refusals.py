"""The error body that all of Amazon's APIs share: {"errors": [{"code", "message", "details"}]}."""

from typing import Any

import msgspec

from wharfinger.amazon.messages.wire import Message


class ErrorEntry(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One error. Its members are strings by the model, but codes have come as numbers, and a refusal is no place
    to be strict: whatever they are, they are shown."""

    code: Any = ""
    message: Any = None
    details: Any = None


class ErrorBody(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    errors: tuple[ErrorEntry, ...]


def as_text(value: Any) -> str:
    """A member of an error as text: null is empty, an object or list its JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    return msgspec.json.encode(value).decode()
