"""A label as a picture of black and white dots."""

import io
from functools import cache
from pathlib import Path

import reportlab
from PIL import Image, ImageDraw, ImageFont

from amazon_simulator.buy_shipping import barcode
from amazon_simulator.buy_shipping.labels import BARCODE, HEIGHT, WIDTH, Label, Text, plain, printable, rules, texts

DOTS = 203
"""To the inch: what label printers print."""
POINTS = 72
BLACK, WHITE = 0, 1
FONTS = Path(reportlab.__file__).parent / "fonts"
"""Bitstream Vera lies in reportlab's own wheel: the same letters on every machine."""


def png(label: Label) -> bytes:
    image = Image.new("1", (_at(WIDTH), _at(HEIGHT)), WHITE)
    draw = ImageDraw.Draw(image)
    for bar in rules():
        _fill(draw, _at(bar.x), _at(bar.y), _at(bar.width), max(1, _at(bar.height)))
    for text in texts(label):
        _write(draw, text)
    tracking = plain(label.tracking)
    module = max(1, _at(BARCODE.width) // barcode.width(tracking))
    for at, wide in barcode.modules(tracking):
        _fill(draw, _at(BARCODE.x) + at * module, _at(BARCODE.y), wide * module, _at(BARCODE.height))
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(DOTS, DOTS))
    return out.getvalue()


def _fill(draw: ImageDraw.ImageDraw, x: int, y: int, width: int, height: int) -> None:
    draw.rectangle((x, y, x + width - 1, y + height - 1), fill=BLACK)


def _write(draw: ImageDraw.ImageDraw, text: Text) -> None:
    font = _font("VeraBd.ttf" if text.bold else "Vera.ttf", _at(text.size))
    draw.text((_at(text.x), _at(text.y)), printable(text.text), fill=BLACK, font=font, anchor="ls")


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / name), size, layout_engine=ImageFont.Layout.BASIC)


def _at(points: float) -> int:
    return round(points * DOTS / POINTS)
