"""What a person types to find an order, an item or a parcel by a number or code, and how codes are compared.

Case, spaces and signs between the pieces of a code do not count. A code is found by its beginning, by the beginning of
any of its pieces (`1234567` finds 026-1234567-7654321), and by its digits without prefix and zeros (`42` finds
SO000042); never in the middle of a piece, which no index could do.
"""

import re
from dataclasses import dataclass

SEPARATORS = " -_./#:"
"""Signs that stand between the pieces of codes; the database takes the same ones away."""

PIECE_AT_LEAST = 4
"""Characters of a piece: `026` is the first piece of every British order number."""

CODE_AT_MOST = 60
"""Characters of a SKU that are compared: nobody types more, and an index holds no more than 2,700 bytes."""

_NO_SEPARATOR = str.maketrans("", "", SEPARATORS)
_PIECES = re.compile(r"[^\W_]+")
_NUMBERED = re.compile(r"\A([^\W\d_]*)0*([1-9][0-9]*)\Z")


@dataclass(frozen=True, slots=True)
class CodeText:
    """`squeezed`: capitals, nothing between the pieces. `prefix` and `digits`: of letters with a number, without its
    leading zeros; without a number both are empty. `pieces`: in their order, as they were typed."""

    squeezed: str
    prefix: str
    digits: str
    pieces: tuple[str, ...]


def read_code(text: str) -> CodeText:
    """Empty parts find nothing."""
    squeezed = squeeze(text)
    numbered = _NUMBERED.match(squeezed)
    prefix, digits = numbered.groups() if numbered else ("", "")
    return CodeText(squeezed, prefix, digits, tuple(_PIECES.findall(text)))


def squeeze(text: str) -> str:
    """As the database writes it: capitals one for one, so that ß stays."""
    bare = text.translate(_NO_SEPARATOR)[:CODE_AT_MOST]
    return "".join(capital if len(capital := letter.upper()) == 1 else letter for letter in bare)
