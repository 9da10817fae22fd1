"""What printed pages have in common: letters, texts, tables, barcodes that a bench can scan. A4, by reportlab.

The letters are those of Bitstream Vera, which lies in reportlab's wheel: Latin ones of Western Europe and few more.
Another letter is written without its marks (č as c), or as a box; the screen shows them all.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import reportlab
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, Table

FONT, BOLD = "Vera", "VeraBd"
MARGIN = 14 * mm
WIDTH = A4[0] - 2 * MARGIN
_BOX = "\N{WHITE SQUARE}"


@cache
def letters() -> frozenset[int]:
    """Registers the letters, and says which there are."""
    folder = Path(reportlab.__file__).parent / "fonts"
    for name in (FONT, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    pdfmetrics.registerFontFamily(FONT, normal=FONT, bold=BOLD, italic=FONT, boldItalic=BOLD)
    return frozenset(pdfmetrics.getFont(FONT).face.charToGlyph)


def written(text: str) -> str:
    """In letters that the font has."""
    known = letters()

    def drawn(sign: str) -> str:
        if ord(sign) in known:
            return sign
        parts = unicodedata.normalize("NFKD", sign)
        bare = "".join(part for part in parts if ord(part) in known)
        return bare or ("" if unicodedata.combining(sign) else _BOX if ord(_BOX) in known else "?")

    return "".join(map(drawn, text))


def _style(size: float, *, bold: bool = False, struck: bool = False, right: bool = False) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size}{bold}{struck}{right}",
        fontName=BOLD if bold else FONT,
        fontSize=size,
        leading=size * 1.3,
        textColor=colors.grey if struck else colors.black,
        alignment=2 if right else 0,
    )


def text(said: object, size: float = 9, *, bold: bool = False, struck: bool = False, right: bool = False) -> Paragraph:
    safe = written(str(said)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Paragraph(
        f"<strike>{safe}</strike>" if struck else safe, _style(size, bold=bold, struck=struck, right=right)
    )


def barcode(code: str, height: float) -> Code128:
    return Code128(code, barHeight=height, barWidth=0.33 * mm, quiet=False)


def grid(rows: Sequence[Sequence[Any]], widths: Sequence[float], *, lines: bool = True, head: int = 0) -> Table:
    table = Table(rows, colWidths=widths, repeatRows=head)
    style: list[tuple[Any, ...]] = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0)]
    if lines:
        style.append(("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.grey))
    table.setStyle(style)
    return table
