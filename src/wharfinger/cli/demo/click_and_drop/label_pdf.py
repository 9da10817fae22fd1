"""The label of an order as a PDF: A6, its tracking number as Code 128. No post office would take it."""

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A6
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

_LEFT = 8 * mm
_BAR = 0.42 * mm


def label_pdf(*, service: str, reference: str, address: list[str], tracking_number: str) -> bytes:
    """The same label has the same bytes. Without a tracking number there is no barcode."""
    canvas = Canvas(reference, pagesize=A6, invariant=1)
    canvas.setTitle(reference)
    top = A6[1] - 14 * mm
    canvas.setFont("Helvetica-Bold", 13)
    canvas.drawString(_LEFT, top, "Pretend Royal Mail")
    canvas.drawRightString(A6[0] - _LEFT, top, _drawn(service))
    canvas.setFont("Helvetica", 8)
    canvas.drawString(_LEFT, top - 5 * mm, "A label of a demo system: it pays no postage.")
    canvas.line(_LEFT, top - 8 * mm, A6[0] - _LEFT, top - 8 * mm)
    if tracking_number:
        code = Code128(tracking_number, barHeight=22 * mm, barWidth=_BAR, quiet=False)
        code.drawOn(canvas, (A6[0] - code.width) / 2, top - 36 * mm)
        canvas.setFont("Helvetica-Bold", 11)
        canvas.drawCentredString(A6[0] / 2, top - 42 * mm, tracking_number)
    canvas.setFont("Helvetica", 11)
    for place, line in enumerate(address):
        canvas.drawString(_LEFT, top - 56 * mm - place * 5 * mm, _drawn(line[:44]))
    canvas.setFont("Helvetica", 8)
    canvas.drawString(_LEFT, 8 * mm, _drawn(reference))
    document: bytes = canvas.getpdfdata()
    return document


def _drawn(text: str) -> str:
    """In letters that the PDF's own fonts have."""
    return text.encode("latin-1", "replace").decode("latin-1")
