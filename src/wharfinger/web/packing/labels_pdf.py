"""Labels of many orders as one file: each on pages of its own, in the size that its courier gave it."""

from collections.abc import Sequence
from io import BytesIO

from django.utils.translation import gettext
from PIL import Image, UnidentifiedImageError
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from reportlab.lib.pagesizes import A6
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from wharfinger.operations.shipping.label_batches import Printed
from wharfinger.web.packing.paper import letters, written

_PNG = b"\x89PNG"
_DPI = 203


class UnreadablePicture(Exception):
    """The label's file is no picture that can be read."""


def labels_pdf(labels: Sequence[Printed]) -> bytes:
    """In their order. One that holds no longer, or that cannot be read, has a page that says so: none is left out in
    silence, and no parcel gets the label of the next."""
    writer = PdfWriter()
    for label in labels:
        pages = _pages(label)
        writer.append(pages, import_outline=False)
    body = BytesIO()
    writer.write(body)
    return body.getvalue()


def _pages(label: Printed) -> PdfReader:
    if label.document is None:
        said = gettext("This label holds no longer: do not use it.")
        return _instead(label, said)
    try:
        document = as_pdf(label.document) if label.document.startswith(_PNG) else label.document
        found = PdfReader(BytesIO(document))
        if len(found.pages):
            return found
    except (UnreadablePicture, PyPdfError, ValueError, KeyError, TypeError, AttributeError, OSError):
        pass  # what pypdf raises on a file that is none
    return _instead(label, gettext("This label cannot be joined with others: print it on the order's page."))


def as_pdf(picture: bytes) -> bytes:
    """A label that is a picture as a page of its own size: by its own resolution, else by that of label printers.

    What is no picture raises UnreadablePicture.
    """
    try:
        with Image.open(BytesIO(picture)) as image:
            image.load()
            dpi = image.info.get("dpi", (_DPI, _DPI))[0]
            size = (image.width * 72 / (dpi or _DPI), image.height * 72 / (dpi or _DPI))
            canvas = Canvas("label", pagesize=size)
            canvas.drawImage(ImageReader(image), 0, 0, *size)
            found: bytes = canvas.getpdfdata()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as fault:
        raise UnreadablePicture from fault
    return found


def _instead(label: Printed, said: str) -> PdfReader:
    letters()
    canvas = Canvas(label.reference, pagesize=A6)
    canvas.setFont("VeraBd", 14)
    canvas.drawString(24, A6[1] - 60, written(label.order))
    canvas.setFont("Vera", 9)
    canvas.drawString(24, A6[1] - 80, written(label.reference))
    for place, line in enumerate(_wrapped(said)):
        canvas.drawString(24, A6[1] - 110 - 14 * place, written(line))
    return PdfReader(BytesIO(canvas.getpdfdata()))


def _wrapped(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > 44:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
