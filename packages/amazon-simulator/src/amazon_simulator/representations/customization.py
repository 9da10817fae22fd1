"""What the buyer of a customised item wrote: an archive with a description as JSON, behind a presigned address."""

import io
import json
import zipfile

DOCUMENT = "document:"
"""Before the name of a document, where an item's address would stand: it has another address at each reading."""
EPOCH = (1980, 1, 1, 0, 0, 0)


def customization_archive(sku: str, text: str) -> bytes:
    """The same text, the same bytes."""
    written = json.dumps({"sku": sku, "customizationData": {"type": "TextPrinting", "text": text}}, indent=1)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("customization.json", EPOCH), written)
    return packed.getvalue()
