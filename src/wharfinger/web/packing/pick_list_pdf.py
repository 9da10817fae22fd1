"""A pick list on paper: A4, with its number and each order's code as barcodes that a bench can scan.

The letters are those of Bitstream Vera, which lies in reportlab's wheel: Latin ones of Western Europe and few more.
Another letter is written without its marks (č as c), or as a box; the screen shows them all.
"""

import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import reportlab
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from wharfinger.web.formats import written_moment, written_number
from wharfinger.web.packing.pick_lists import OrderOnList, Shelf, ShownList

_FONT, _BOLD = "Vera", "VeraBd"
_BOX = "\N{WHITE SQUARE}"
_MARGIN = 14 * mm
_WIDTH = A4[0] - 2 * _MARGIN


@cache
def _glyphs() -> frozenset[int]:
    """Registers the letters, and says which there are."""
    folder = Path(reportlab.__file__).parent / "fonts"
    for name in (_FONT, _BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    pdfmetrics.registerFontFamily(_FONT, normal=_FONT, bold=_BOLD, italic=_FONT, boldItalic=_BOLD)
    return frozenset(pdfmetrics.getFont(_FONT).face.charToGlyph)


def written(text: str) -> str:
    """In letters that the font has."""
    known = _glyphs()

    def drawn(sign: str) -> str:
        if ord(sign) in known:
            return sign
        bare = "".join(part for part in unicodedata.normalize("NFKD", sign) if ord(part) in known)
        return bare or ("" if unicodedata.combining(sign) else _BOX if ord(_BOX) in known else "?")

    return "".join(map(drawn, text))


def pick_list_pdf(shown: ShownList, *, by_order: bool, now: datetime) -> bytes:
    """The whole document. `now`: when it was printed, which is said on each page."""
    _glyphs()
    body = BytesIO()
    code = shown.row.code
    document = SimpleDocTemplate(
        body,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=16 * mm,
        bottomMargin=18 * mm,
        title=gettext("Pick list %(list)s") % {"list": code},
        author="Wharfinger",
    )
    story = [_head(shown), Spacer(0, 5 * mm)]
    story += [_order(order, shown) for order in shown.orders if order.on_list] if by_order else [_totals(shown)]
    foot = _foot(code, now)
    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return body.getvalue()


def _style(size: float, *, bold: bool = False, struck: bool = False, right: bool = False) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size}{bold}{struck}{right}",
        fontName=_BOLD if bold else _FONT,
        fontSize=size,
        leading=size * 1.3,
        textColor=colors.grey if struck else colors.black,
        alignment=2 if right else 0,
    )


def _text(text: object, size: float = 9, *, bold: bool = False, struck: bool = False, right: bool = False) -> Paragraph:
    safe = written(str(text)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Paragraph(
        f"<strike>{safe}</strike>" if struck else safe, _style(size, bold=bold, struck=struck, right=right)
    )


def _barcode(code: str, height: float) -> Code128:
    return Code128(code, barHeight=height, barWidth=0.33 * mm, quiet=False)


def _head(shown: ShownList) -> Table:
    row = shown.row
    orders = ngettext("%(orders)s order", "%(orders)s orders", shown.to_pick) % {"orders": shown.to_pick}
    units = ngettext("%(units)s unit", "%(units)s units", shown.units) % {"units": written_number(shown.units)}
    made = gettext("Made %(moment)s by %(person)s") % {
        "moment": written_moment(localtime(row.made_at), "short"),
        "person": row.made_by,
    }
    said = [
        _text(gettext("Pick list %(list)s") % {"list": row.code}, 18, bold=True),
        _text(f"{orders}, {units}", 11),
        _text(made if not row.chosen else f"{made}: {row.chosen}"),
    ]
    return _grid([[said, _barcode(row.code, 14 * mm)]], [_WIDTH - 62 * mm, 62 * mm], lines=False)


def _totals(shown: ShownList) -> Table:
    rows: list[list[Any]] = [
        [_text("", 8), _text(gettext("Item"), 8, bold=True), _text(gettext("Units"), 8, bold=True, right=True),
         _text(gettext("For"), 8, bold=True)]
    ]  # fmt: skip
    rows += [_shelf(shelf, shown) for shelf in shown.shelves]
    return _grid(rows, [8 * mm, 88 * mm, 18 * mm, _WIDTH - 114 * mm], head=1)


def _shelf(shelf: Shelf, shown: ShownList) -> list[Any]:
    struck = shelf.struck
    named = [_text(shelf.item.code, 10, bold=True, struck=struck), _text(shelf.item.name, struck=struck)]
    if place := _place(shelf.bin, shelf.site, shown):
        named.insert(0, _text(place, 11, bold=True, struck=struck))
    if shelf.item.barcode:
        named.append(_text(shelf.item.barcode, 8, struck=struck))
    orders = [
        _text(f"{order.code} × {written_number(order.units)}", 8, struck=order.struck) for order in shelf.total.orders
    ]
    units = _text(written_number(shelf.total.units), 16, bold=True, struck=struck, right=True)
    return [_tick(), named, units, orders]


def _place(bin_name: str, site: str, shown: ShownList) -> str:
    """Where somebody goes for it."""
    return " · ".join(each for each in (bin_name, site if shown.several_sites else "") if each)


def _tick() -> Table:
    """A box for the pen."""
    box = Table([[""]], [5 * mm], [5 * mm])
    box.setStyle([("BOX", (0, 0), (-1, -1), 0.8, colors.black)])
    return box


def _order(order: OrderOnList, shown: ShownList) -> KeepTogether:
    named = order.order
    facts = [named.channel]
    if named.ship_by is not None:
        there = named.ship_by.astimezone(ZoneInfo(named.zone))
        facts.append(gettext("ship by %(moment)s") % {"moment": f"{written_moment(there, 'short')} {there.tzname()}"})
    if named.gift:
        facts.append(gettext("gift"))
    head = [_text(named.code, 12, bold=True, struck=order.struck), _text(" · ".join(facts), 8)]
    if order.struck:
        head.append(_text(order.reason or order.standing.label, 8, bold=True))
    top = _grid([[head, _barcode(named.code, 9 * mm)]], [_WIDTH - 62 * mm, 62 * mm], lines=False)
    rows = [
        [
            _tick(),
            [_text(item.code, 10, bold=True, struck=order.struck), _text(item.name, struck=order.struck)],
            [_text(_place(lies, site, shown), 10, bold=True), _text(item.barcode, 8)],
            _text(written_number(units), 14, bold=True, struck=order.struck, right=True),
        ]
        for item, site, lies, units in order.units
    ]
    lines = [_grid(rows, [8 * mm, 92 * mm, _WIDTH - 118 * mm, 18 * mm])] if rows else []
    return KeepTogether([top, *lines, Spacer(0, 5 * mm)])


def _grid(rows: Sequence[Sequence[Any]], widths: Sequence[float], *, lines: bool = True, head: int = 0) -> Table:
    table = Table(rows, colWidths=widths, repeatRows=head)
    style: list[tuple[Any, ...]] = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0)]
    if lines:
        style.append(("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.grey))
    table.setStyle(style)
    return table


def _foot(code: str, now: datetime) -> Callable[[Any, Any], None]:
    said = gettext("Printed %(moment)s") % {"moment": written_moment(localtime(now), "short")}

    def draw(canvas: Any, document: Any) -> None:
        canvas.setFont(_FONT, 8)
        canvas.drawString(_MARGIN, 10 * mm, written(f"{code} · {said}"))
        canvas.drawRightString(A4[0] - _MARGIN, 10 * mm, str(document.page))

    return draw
