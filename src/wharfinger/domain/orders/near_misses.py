"""When a code or a title probably means a stock item that is called a little otherwise. Pure."""

import re
from functools import lru_cache

_WORDS = re.compile(r"[^\W_]{2,}")
_SHORTEST = 3
"""Letters of a word that says something: `of`, `in` are in every title."""


@lru_cache(maxsize=4096)
def bare(code: str) -> str:
    """Letters and digits, whatever their case, without leading zeros."""
    return "".join(letter for letter in code.casefold() if letter.isalnum()).lstrip("0")


def alike(code: str, other: str) -> bool:
    """The same but for case, spaces, signs and leading zeros."""
    return bool(bare(code)) and bare(code) == bare(other)


def words_of(title: str) -> list[str]:
    """The words that say most, the longest first; each once."""
    words = dict.fromkeys(word.casefold() for word in _WORDS.findall(title))
    return sorted((word for word in words if len(word) >= _SHORTEST), key=lambda word: (-len(word), word))
