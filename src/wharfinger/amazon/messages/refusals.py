"""The error body that all of Amazon's APIs share: {"errors": [{"code", "message", "details"}]}."""

from wharfinger.amazon.messages.wire import Message


class ErrorEntry(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    code: str | int = ""
    message: str | None = None
    details: str | None = None


class ErrorBody(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    errors: tuple[ErrorEntry, ...]
