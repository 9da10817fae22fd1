"""The form that a driver signs for a day's parcels, as a PDF."""

import io
from collections.abc import Sequence

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

LEFT, TOP, LINE, LOWEST = 56, 780, 16, 60


def collection_form(carrier: str, tracking_numbers: Sequence[str], created: str) -> bytes:
    """The same bytes for the same parcels."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=0, invariant=1)
    canvas.setTitle(f"Collection form {carrier}")
    at = TOP
    for line in (f"Collection form: {carrier}", f"{created}, {len(tracking_numbers)} parcels", "", *tracking_numbers):
        if at < LOWEST:
            canvas.showPage()
            at = TOP
        canvas.drawString(LEFT, at, line)
        at -= LINE
    canvas.save()
    return out.getvalue()
