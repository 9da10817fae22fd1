"""Values that are stored as codes and shown by their labels."""

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """A member is its code: stored, compared, put into addresses, and never changed. People read `label`.

    A member is written with both, `READY = "ready_to_ship", "Ready to ship"`: one place for the labels of an enum.
    """

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        """With a default, so that a type checker takes `Kind("code")`, which finds a member and comes not here."""
        member = str.__new__(cls, code)
        member._value_, member.label = code, label
        return member

    @classmethod
    def named(cls, text: str) -> Self | None:
        """The member whose code or label this is, whatever its capitals: what a person typed, or kept as a bookmark."""
        wanted = text.strip().casefold()
        return next((each for each in cls if wanted in (each.casefold(), each.label.casefold())), None)
