"""A label as a PDF of one page."""

import io

from reportlab.pdfgen.canvas import Canvas

from amazon_simulator.buy_shipping import barcode
from amazon_simulator.buy_shipping.labels import BARCODE, HEIGHT, WIDTH, Bar, Label, plain, printable, rules, texts


def pdf(label: Label) -> bytes:
    """The same bytes for the same label. Helvetica needs no embedding: it has the letters of Windows-1252."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), pageCompression=0, invariant=1, pdfVersion=(1, 4))
    canvas.setTitle(f"{label.carrier} {plain(label.tracking)}")
    for bar in (*rules(), *_bars(plain(label.tracking))):
        canvas.rect(bar.x, HEIGHT - bar.y - bar.height, bar.width, bar.height, stroke=0, fill=1)
    for text in texts(label):
        canvas.setFont("Helvetica-Bold" if text.bold else "Helvetica", text.size)
        canvas.drawString(text.x, HEIGHT - text.y, printable(text.text))
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _bars(tracking: str) -> list[Bar]:
    module = BARCODE.width / barcode.width(tracking)
    return [
        Bar(BARCODE.x + at * module, BARCODE.y, wide * module, BARCODE.height) for at, wide in barcode.modules(tracking)
    ]
