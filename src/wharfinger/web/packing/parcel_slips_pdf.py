"""Packing slips and gift receipts on paper: A4, in the buyer's language, the order's code as a barcode."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, SimpleDocTemplate, Spacer

from wharfinger.domain.orders.addresses import in_form
from wharfinger.domain.shipping.parcel_slips import SlipKind, SlipLine, SlipOrder, sums
from wharfinger.domain.shipping.slip_words import locale_of, words_of
from wharfinger.web.packing.paper import FONT, MARGIN, WIDTH, barcode, grid, letters, text, written

_PRICE, _UNITS = 30 * mm, 22 * mm


def parcel_slips_pdf(orders: Sequence[SlipOrder], kind: SlipKind | None = None) -> bytes:
    """One after the other, each on pages of its own. `kind` None: the usual one of each order."""
    if len(orders) == 1:
        return _slip(orders[0], kind or orders[0].usual_kind)
    writer = PdfWriter()
    for order in orders:
        writer.append(PdfReader(BytesIO(_slip(order, kind or order.usual_kind))), import_outline=False)
    body = BytesIO()
    writer.write(body)
    return body.getvalue()


def _slip(order: SlipOrder, kind: SlipKind) -> bytes:
    letters()
    locale = locale_of(order.country)
    words = words_of(locale)
    body = BytesIO()
    document = SimpleDocTemplate(
        body,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=16 * mm,
        bottomMargin=18 * mm,
        title=f"{words[kind.value]} {order.code}",
        author="Wharfinger",
        lang=locale.replace("_", "-"),
    )
    story = [_head(order, kind, words), Spacer(0, 6 * mm), _addresses(order, words, locale), Spacer(0, 8 * mm)]
    story.append(_lines(order, kind, words, locale))
    if kind is SlipKind.PACKING_SLIP and (below := sums(order)):
        story.append(_sums(below, order, words, locale))
    if order.apart:
        story += [Spacer(0, 5 * mm), _whole_width([text(words["apart"])])]
    story += _messages(order, words)
    foot = _foot(order.code)
    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return body.getvalue()


def _head(order: SlipOrder, kind: SlipKind, words: Mapping[str, str]) -> Flowable:
    said = [text(words[kind.value], 18, bold=True), text(f"{words['seller']}: {order.seller}", 10)]
    said += [text(line, 8) for line in order.site_address.splitlines() if line.strip()]
    return grid([[said, barcode(order.code, 12 * mm)]], [WIDTH - 62 * mm, 62 * mm], lines=False)


def _addresses(order: SlipOrder, words: Mapping[str, str], locale: str) -> Flowable:
    to = [text(words["deliver_to"], 8, bold=True)]
    to += [text(line, 10) for line in (in_form(order.address) if order.address else ())]
    day = format_date(order.placed_at.astimezone(ZoneInfo(order.zone)), "long", locale=locale)
    facts = [
        text(words["order"], 8, bold=True),
        text(order.order_ref, 10),
        text(words["ordered_on"], 8, bold=True),
        text(day, 10),
    ]
    return grid([[to, facts]], [WIDTH - 62 * mm, 62 * mm], lines=False)


def _lines(order: SlipOrder, kind: SlipKind, words: Mapping[str, str], locale: str) -> Flowable:
    priced = kind is SlipKind.PACKING_SLIP
    head = [text(words["item"], 8, bold=True), text(words["units"], 8, bold=True, right=True)]
    head += [text(words["price"], 8, bold=True, right=True)] if priced else []
    rows: list[list[Any]] = [head]
    for line in order.in_parcel:
        row = [_item(line, words), text(format_decimal(line.units, locale=locale), 11, bold=True, right=True)]
        if priced:
            row.append(text(_money(line.price, order.currency, locale), 10, right=True))
        rows.append(row)
    widths = [WIDTH - _UNITS - (_PRICE if priced else 0), _UNITS, *([_PRICE] if priced else [])]
    return grid(rows, widths, head=1)


def _item(line: SlipLine, words: Mapping[str, str]) -> list[Flowable]:
    said = [text(line.title, 10), text(line.sku, 8)]
    return [*said, text(words["gift_wrap"], 8)] if line.gift_wrapped else said


def _sums(below: Sequence[tuple[str, Decimal]], order: SlipOrder, words: Mapping[str, str], locale: str) -> Flowable:
    rows = [
        [
            "",
            text(words[word], bold=word == "total", right=True),
            text(_money(amount, order.currency, locale), 10, bold=word == "total", right=True),
        ]
        for word, amount in below
    ]
    return KeepTogether([grid(rows, [WIDTH - 60 * mm - _PRICE, 60 * mm, _PRICE], lines=False)])


def _messages(order: SlipOrder, words: Mapping[str, str]) -> list[Flowable]:
    """Each once: Amazon repeats a gift's message on every line."""
    said = dict.fromkeys(line.gift_message.strip() for line in order.in_parcel)
    parts: list[Flowable] = []
    for message in filter(None, said):
        lines = [text(line, 12) for line in message.splitlines()]
        parts += [Spacer(0, 8 * mm), _whole_width([text(words["gift_message"], 8, bold=True), *lines])]
    return parts


def _whole_width(parts: list[Flowable]) -> Flowable:
    """In line with the tables."""
    return grid([[parts]], [WIDTH], lines=False)


def _money(amount: Decimal | None, currency: str, locale: str) -> str:
    return "" if amount is None else format_currency(amount, currency, locale=locale) if currency else str(amount)


def _foot(code: str) -> Callable[[Any, Any], None]:
    def draw(canvas: Any, document: Any) -> None:
        canvas.setFont(FONT, 8)
        canvas.drawString(MARGIN, 10 * mm, written(code))
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, str(document.page))

    return draw
