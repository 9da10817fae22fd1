"""The languages that a person can read the pages in."""

from wharfinger.domain.labels import Labelled


class Language(Labelled):
    """The sentences are written in British English; every other language is a catalogue that translates them.

    A language's name is written in itself, and translated nowhere: who reads no English finds it.
    """

    ENGLISH_UK = "en-gb", "English (UK)"
    ENGLISH_US = "en-us", "English (US)"
