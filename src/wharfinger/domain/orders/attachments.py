"""Files that people attach to a sales order: which, how large, and under which name they are given back. Pure."""

import re
from enum import StrEnum

LARGEST = 5 * 1024 * 1024
"""Bytes of one file: a scan of a few pages, a photograph."""
AT_MOST = 20
"""Files of one order."""
NAME_AT_MOST = 120
_UNFIT = re.compile(r"[^\w .,()+&-]+")


class AttachmentKind(StrEnum):
    """By the first bytes, never by the name or by what the browser says. The value is the content type."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    TEXT = "text/plain; charset=utf-8"

    @property
    def ending(self) -> str:
        return _ENDINGS[self][0]


_ENDINGS = {
    AttachmentKind.PDF: (".pdf",),
    AttachmentKind.PNG: (".png",),
    AttachmentKind.JPEG: (".jpg", ".jpeg"),
    AttachmentKind.TEXT: (".txt", ".csv"),
}
_BEGINNINGS = (
    (b"%PDF-", AttachmentKind.PDF),
    (b"\x89PNG\r\n\x1a\n", AttachmentKind.PNG),
    (b"\xff\xd8\xff", AttachmentKind.JPEG),
)


def kind_of(content: bytes) -> AttachmentKind | None:
    """None for what is not taken: programs, pages, archives. Text is UTF-8 without control signs, and no markup."""
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    plain = all(letter.isprintable() or letter in "\r\n\t" for letter in text)
    markup = text.lstrip()[:1] in ("<", "%") or text.startswith("#!")
    return AttachmentKind.TEXT if text.strip() and plain and not markup else None


def safe_name(name: str, kind: AttachmentKind) -> str:
    """Without folders and signs that mean something to a shell or a header; with the ending of what it really is."""
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem, _, _ = bare.rpartition(".") if "." in bare.lstrip(".") else (bare, "", "")
    ending = next((each for each in _ENDINGS[kind] if bare.lower().endswith(each)), kind.ending)
    tidy = " ".join(_UNFIT.sub(" ", stem).split()).strip(". ") or "attachment"
    return f"{tidy[:NAME_AT_MOST]}{ending}"
