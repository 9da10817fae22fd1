"""The languages that a person can read the pages in."""

from enum import StrEnum


class Language(StrEnum):
    """The sentences are written in British English; every other language is a catalogue that translates them."""

    ENGLISH_UK = "en-gb"
    ENGLISH_US = "en-us"

    @property
    def label(self) -> str:
        """Written in the language itself, and translated nowhere: who reads no English finds it."""
        return _NAMES[self]


_NAMES = {Language.ENGLISH_UK: "English (UK)", Language.ENGLISH_US: "English (US)"}
