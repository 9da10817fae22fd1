"""A pick list on paper: A4, with its number and each order's code as barcodes that a bench can scan."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, SimpleDocTemplate, Spacer, Table

from wharfinger.web.formats import written_moment, written_number
from wharfinger.web.packing.paper import FONT, MARGIN, WIDTH, barcode, grid, letters, text, written
from wharfinger.web.packing.pick_lists import OrderOnList, Shelf, ShownList


def pick_list_pdf(shown: ShownList, *, by_order: bool, now: datetime) -> bytes:
    """The whole document. `now`: when it was printed, which is said on each page."""
    letters()
    body = BytesIO()
    code = shown.row.code
    document = SimpleDocTemplate(
        body,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
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


def _head(shown: ShownList) -> Table:
    row = shown.row
    orders = ngettext("%(orders)s order", "%(orders)s orders", shown.to_pick) % {"orders": shown.to_pick}
    units = ngettext("%(units)s unit", "%(units)s units", shown.units) % {"units": written_number(shown.units)}
    made = gettext("Made %(moment)s by %(person)s") % {
        "moment": written_moment(localtime(row.made_at), "short"),
        "person": row.made_by,
    }
    said = [
        text(gettext("Pick list %(list)s") % {"list": row.code}, 18, bold=True),
        text(f"{orders}, {units}", 11),
        text(made if not row.chosen else f"{made}: {row.chosen}"),
    ]
    return grid([[said, barcode(row.code, 14 * mm)]], [WIDTH - 62 * mm, 62 * mm], lines=False)


def _totals(shown: ShownList) -> Table:
    rows: list[list[Any]] = [
        [text("", 8), text(gettext("Item"), 8, bold=True), text(gettext("Units"), 8, bold=True, right=True),
         text(gettext("For"), 8, bold=True)]
    ]  # fmt: skip
    rows += [_shelf(shelf, shown) for shelf in shown.shelves]
    return grid(rows, [8 * mm, 88 * mm, 18 * mm, WIDTH - 114 * mm], head=1)


def _shelf(shelf: Shelf, shown: ShownList) -> list[Any]:
    struck = shelf.struck
    named = [text(shelf.item.code, 10, bold=True, struck=struck), text(shelf.item.name, struck=struck)]
    if place := _place(shelf.bin, shelf.site, shown):
        named.insert(0, text(place, 11, bold=True, struck=struck))
    if shelf.item.barcode:
        named.append(text(shelf.item.barcode, 8, struck=struck))
    orders = [
        text(f"{order.code} × {written_number(order.units)}", 8, struck=order.struck) for order in shelf.total.orders
    ]
    units = text(written_number(shelf.total.units), 16, bold=True, struck=struck, right=True)
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
    head = [text(named.code, 12, bold=True, struck=order.struck), text(" · ".join(facts), 8)]
    if order.struck:
        head.append(text(order.reason or order.standing.label, 8, bold=True))
    top = grid([[head, barcode(named.code, 9 * mm)]], [WIDTH - 62 * mm, 62 * mm], lines=False)
    rows = [
        [
            _tick(),
            [text(item.code, 10, bold=True, struck=order.struck), text(item.name, struck=order.struck)],
            [text(_place(lies, site, shown), 10, bold=True), text(item.barcode, 8)],
            text(written_number(units), 14, bold=True, struck=order.struck, right=True),
        ]
        for item, site, lies, units in order.units
    ]
    lines = [grid(rows, [8 * mm, 92 * mm, WIDTH - 118 * mm, 18 * mm])] if rows else []
    return KeepTogether([top, *lines, Spacer(0, 5 * mm)])


def _foot(code: str, now: datetime) -> Callable[[Any, Any], None]:
    said = gettext("Printed %(moment)s") % {"moment": written_moment(localtime(now), "short")}

    def draw(canvas: Any, document: Any) -> None:
        canvas.setFont(FONT, 8)
        canvas.drawString(MARGIN, 10 * mm, written(f"{code} · {said}"))
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, str(document.page))

    return draw
