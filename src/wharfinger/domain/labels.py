"""Values that are stored as codes and shown by their labels."""

from collections.abc import Callable
from enum import StrEnum
from typing import Self

_in_readers_language: Callable[[str], str] = str


def show_labels_with(translate: Callable[[str], str]) -> None:
    """The domain knows no language: who shows labels says once how a sentence is said to the reader of the moment."""
    global _in_readers_language
    _in_readers_language = translate


class Labelled(StrEnum):
    """A member is its code: stored, compared, put into addresses, and never changed. People read `label`.

    A member is written with both, `READY = "ready_to_ship", "Ready to ship"`: one place for the labels of an enum.
    `msgid` is what stands there, the key of the catalogues, and what a sentence that is stored is made of.
    """

    msgid: str

    def __new__(cls, code: str, label: str = "") -> Self:
        """With a default, so that a type checker takes `Kind("code")`, which finds a member and comes not here."""
        member = str.__new__(cls, code)
        member._value_, member.msgid = code, label
        return member

    @property
    def label(self) -> str:
        """In the reader's language."""
        return _in_readers_language(self.msgid)

    @classmethod
    def named(cls, text: str) -> Self | None:
        """The member whose code or label this is, whatever its capitals: what a person typed, or kept as a bookmark."""
        wanted = text.strip().casefold()
        return next((m for m in cls if wanted in (m.casefold(), m.msgid.casefold(), m.label.casefold())), None)
