"""How much the name of a stock item is like the title of a listing. Pure.

Titles hold brand, colour and praise that names leave out, so the part of the name that stands in the title counts, not
the other way round. A size or a number of pieces that differs makes another article of the same words.
"""

import re
import unicodedata
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

_TOKENS = re.compile(r"[^\W_]+(?:[.,]\d+)?[^\W_]*")
_APART = re.compile(r"(?<=\d)[\s-]+(?=(?:ml|cl|dl|l|g|kg|mm|cm|m|oz|lb|in|ft|w|v|pack|pcs|pc|pk|er|x)\b)")
_SHORTEST = 3
"""Letters of a word that says something: `of`, `in` are in every title."""
_SPELT_OTHERWISE = 5
"""Letters of a word that is compared by its pieces as well: short words differ by a letter and mean something else."""
_SAME_WORD = 0.6
_OTHER_SIZE = 0.4


@dataclass(frozen=True, slots=True)
class TitleWords:
    """`words`: without case, accents and the s of a plural; `sizes`: what has a digit, with its unit."""

    words: frozenset[str]
    sizes: frozenset[str]


def title_words(text: str) -> TitleWords:
    folded = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    tokens = _TOKENS.findall(_APART.sub("", plain))
    sizes = {token.replace(",", ".") for token in tokens if any(sign.isdigit() for sign in token)}
    words = {_singular(token) for token in tokens if len(token) >= _SHORTEST and token.isalpha()}
    return TitleWords(frozenset(words), frozenset(sizes))


def likeness(name: TitleWords, title: TitleWords) -> float:
    """0 to 1: the part of the name's words that stand in the title. One word alone says too little."""
    same = name.words & title.words
    if not same:
        return 0.0
    rest = title.words - same
    found = len(same) + sum(_spelt_alike(word, rest) for word in name.words - same)
    if found < 2:
        return 0.0
    share = found / len(name.words)
    other_size = bool(name.sizes and title.sizes) and not name.sizes <= title.sizes
    return share * _OTHER_SIZE if other_size else share


def _singular(word: str) -> str:
    return word[:-1] if len(word) > _SHORTEST and word.endswith("s") and not word.endswith("ss") else word


def _spelt_alike(word: str, others: AbstractSet[str]) -> bool:
    """The same word with a letter more, fewer or wrong: `grey`, `gray` is too short for it, `aluminum` is not."""
    if len(word) < _SPELT_OTHERWISE:
        return False
    pieces = _pieces(word)
    return any(
        2 * len(pieces & one) >= _SAME_WORD * (len(pieces) + len(one))
        for other in others
        if len(other) >= _SPELT_OTHERWISE and other[0] == word[0]
        for one in [_pieces(other)]
    )


def _pieces(word: str) -> frozenset[str]:
    """Three letters in a row, the beginning marked."""
    marked = f"  {word} "
    return frozenset(marked[at : at + 3] for at in range(len(marked) - 2))
