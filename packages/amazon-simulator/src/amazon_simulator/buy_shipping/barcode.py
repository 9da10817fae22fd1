"""Code 128, as reportlab encodes it: pairs of digits in set C, the rest in A or B."""

from reportlab.graphics.barcode.code128 import Code128

QUIET = 10
"""Modules of white before and after."""


def modules(text: str) -> list[tuple[int, int]]:
    """The bars of a text of printable ASCII: (where it begins, its width), in modules."""
    bars, at = [], QUIET
    for stripe in _stripes(text):
        width = ord(stripe.lower()) - ord("a") + 1
        if stripe.isupper():
            bars.append((at, width))
        at += width
    return bars


def width(text: str) -> int:
    """Modules of the whole, quiet zones included."""
    at, wide = modules(text)[-1]
    return at + wide + QUIET


def _stripes(text: str) -> str:
    """A letter for each bar (large) and space (small): A is one module wide, B two."""
    code = Code128(text, quiet=False)
    code.validate()
    code.encode()
    code.decompose()
    return str(code.decomposed)
