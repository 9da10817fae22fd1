"""Barcodes of printed paper, read as a scanner does."""

import pypdfium2
import zxingcpp

SCALE = 3
"""Of 72 dots an inch: label printers have 203."""


def barcodes_of(pdf):
    """What is on each page, from the top of it down."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_read(page) for page in document]
    finally:
        document.close()


def _read(page):
    found = zxingcpp.read_barcodes(page.render(scale=SCALE).to_pil())
    return [code.text for code in sorted(found, key=lambda code: code.position.top_left.y)]
