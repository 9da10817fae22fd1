"""A label as a PDF of one page, written by hand. Source: ISO 32000-1."""

from amazon_simulator.buy_shipping import barcode
from amazon_simulator.buy_shipping.labels import BARCODE, HEIGHT, WIDTH, Bar, Label, Text, plain, rules, texts


def pdf(label: Label) -> bytes:
    """Helvetica needs no embedding; letters beyond Windows-1252 are folded to plain ones."""
    drawn = [_rectangle(bar) for bar in (*rules(), *_bars(label.tracking))] + [_line(text) for text in texts(label)]
    stream = b"\n".join(drawn)
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>" % (WIDTH, HEIGHT),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        font % b"Helvetica",
        font % b"Helvetica-Bold",
    ]
    return _file(objects)


def _file(objects: list[bytes]) -> bytes:
    """Header, objects, the table of where they are, trailer."""
    whole, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size, begins = len(objects) + 1, len(whole)
    whole += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return whole + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, begins)


def _bars(tracking: str) -> list[Bar]:
    module = BARCODE.width / barcode.width(plain(tracking))
    return [
        Bar(BARCODE.x + at * module, BARCODE.y, wide * module, BARCODE.height)
        for at, wide in barcode.modules(plain(tracking))
    ]


def _rectangle(bar: Bar) -> bytes:
    return b"%.3f %.3f %.3f %.3f re f" % (bar.x, HEIGHT - bar.y - bar.height, bar.width, bar.height)


def _line(text: Text) -> bytes:
    told = "".join(letter if _has(letter) else plain(letter) for letter in text.text).encode("cp1252")
    for sign in (b"\\", b"(", b")"):
        told = told.replace(sign, b"\\" + sign)
    font = b"/F2" if text.bold else b"/F1"
    return b"BT %s %.1f Tf %.1f %.1f Td (%s) Tj ET" % (font, text.size, text.x, HEIGHT - text.y, told)


def _has(letter: str) -> bool:
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return letter >= " "
