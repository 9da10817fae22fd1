"""A label as a picture of black and white dots. Source: PNG specification, ISO/IEC 15948."""

import struct
import zlib

from amazon_simulator.buy_shipping import barcode
from amazon_simulator.buy_shipping.font import COLUMNS, GLYPHS
from amazon_simulator.buy_shipping.labels import BARCODE, HEIGHT, WIDTH, Label, Text, plain, rules, texts

DOTS = 203
"""To the inch: what label printers print."""
POINTS = 72
INCH_IN_METRES = 0.0254
AS_DIGITS = bytes.maketrans(b"\x00\x01", b"10")
"""A dot → its binary digit: 1 is white."""


def png(label: Label) -> bytes:
    dots = Dots(_at(WIDTH), _at(HEIGHT))
    for bar in rules():
        dots.fill(_at(bar.x), _at(bar.y), _at(bar.width), max(1, _at(bar.height)))
    for text in texts(label):
        _draw(dots, text)
    tracking = plain(label.tracking)
    module = max(1, _at(BARCODE.width) // barcode.width(tracking))
    for at, wide in barcode.modules(tracking):
        dots.fill(_at(BARCODE.x) + at * module, _at(BARCODE.y), wide * module, _at(BARCODE.height))
    return dots.png()


class Dots:
    """A white sheet; what lies outside is not drawn."""

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._rows = [bytearray(width) for _ in range(height)]

    def fill(self, x: int, y: int, width: int, height: int) -> None:
        left, right = max(0, x), min(self._width, x + width)
        for row in self._rows[max(0, y) : min(self._height, y + height)]:
            row[left:right] = b"\x01" * max(0, right - left)

    def png(self) -> bytes:
        """Grey, one bit a dot: 1 is white."""
        lines = b"".join(b"\x00" + _packed(row) for row in self._rows)
        a_metre = round(DOTS / INCH_IN_METRES)
        return (
            b"\x89PNG\r\n\x1a\n"
            + _chunk(b"IHDR", struct.pack(">IIBBBBB", self._width, self._height, 1, 0, 0, 0, 0))
            + _chunk(b"pHYs", struct.pack(">IIB", a_metre, a_metre, 1))
            + _chunk(b"IDAT", zlib.compress(lines, 9))
            + _chunk(b"IEND", b"")
        )


def _draw(dots: Dots, text: Text) -> None:
    """Letters of five dots by seven, and one below for tails, as large as fits the size; bold ones are a dot wider."""
    scale = max(1, round(_at(text.size) / 10))
    x, y = _at(text.x), _at(text.y) - 7 * scale
    for letter in plain(text.text):
        for column in range(COLUMNS):
            bits = GLYPHS[(ord(letter) - 32) * COLUMNS + column]
            for row in range(8):
                if bits >> row & 1:
                    dots.fill(x + column * scale, y + row * scale, scale + text.bold, scale)
        x += (COLUMNS + 1) * scale


def _at(points: float) -> int:
    return round(points * DOTS / POINTS)


def _packed(row: bytearray) -> bytes:
    """Eight dots a byte, the last ones white."""
    bits = row.translate(AS_DIGITS)
    bits += b"1" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
