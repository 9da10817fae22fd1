"""Bins: where in a site an item lies. The first is where to walk to; quantities are the site's, not the bin's. Pure."""

import re
from dataclasses import dataclass

from wharfinger.domain.sentences import N_

BIN_AT_MOST = 40
OTHERS_AT_MOST = 200
_SEPARATORS = re.compile(r"[,;\n]")


@dataclass(frozen=True, slots=True)
class BinFault:
    """`sentence`: with %(bin)s and %(at_most)s, for gettext."""

    sentence: str
    bin: str
    at_most: int


def read_bins(text: str) -> tuple[str, ...] | BinFault:
    """The bins of a text as a person writes it: separated by commas, semicolons or lines, each once, in their order."""
    found = tuple(dict.fromkeys(code for part in _SEPARATORS.split(text) if (code := " ".join(part.split()))))
    for code in found:
        if len(code) > BIN_AT_MOST:
            return BinFault(N_("The bin %(bin)s is longer than %(at_most)s characters. Shorten it."), code, BIN_AT_MOST)
        if not code.isprintable():
            return BinFault(N_("The bin %(bin)s contains a control character. Remove it."), code, BIN_AT_MOST)
    if len(",".join(found[1:])) > OTHERS_AT_MOST:
        sentence = N_("The bins after %(bin)s have more than %(at_most)s characters together. Remove some.")
        return BinFault(sentence, found[0], OTHERS_AT_MOST)
    return found


def stored(bins: tuple[str, ...]) -> tuple[str, str]:
    """The first bin, and the others as a level holds them."""
    return (bins[0] if bins else "", ",".join(bins[1:]))


def written(first: str, others: str) -> str:
    """All bins of a level as a person reads and writes them: the first one first."""
    return ", ".join([*([first] if first else []), *filter(None, others.split(","))])
