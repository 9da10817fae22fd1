"""What stands on a label and where: 4 × 6 inches, in points (1/72 inch) from the upper left corner."""

import unicodedata
from dataclasses import dataclass

WIDTH, HEIGHT = 288, 432
MARGIN = 14
FOLDED = str.maketrans(
    {"ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "đ": "d", "Đ": "D", "œ": "oe", "Œ": "OE"}
)


@dataclass(frozen=True, slots=True)
class Label:
    """Addresses are lines as they are printed. `mark`: the seller's own text or the order's number."""

    carrier: str
    service: str
    tracking: str
    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    weight: str
    shipped: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """One line: its left end and its base line, the height of its letters."""

    x: float
    y: float
    size: float
    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle: rules and the bars of the barcode."""

    x: float
    y: float
    width: float
    height: float


BARCODE = Bar(MARGIN, 292, WIDTH - 2 * MARGIN, 84)
"""Where the barcode of the tracking number stands."""


def texts(label: Label) -> list[Text]:
    found = [
        Text(MARGIN, 34, 20, label.carrier, bold=True),
        Text(MARGIN, 52, 11, label.service),
        Text(MARGIN, 84, 7, "FROM"),
    ]
    found += [Text(MARGIN + 36, 84 + 10 * row, 8, line) for row, line in enumerate(label.sender[:6])]
    found.append(Text(MARGIN, 164, 9, "TO", bold=True))
    found += [
        Text(MARGIN + 36, 166 + 17 * row, 13, line, bold=row == 0) for row, line in enumerate(label.recipient[:6])
    ]
    found.append(Text(MARGIN, 282, 8, f"{label.weight}   {label.shipped}"))
    found.append(Text(MARGIN, 394, 13, label.tracking, bold=True))
    if label.mark:
        found.append(Text(MARGIN, 414, 9, label.mark))
    return found


def rules() -> list[Bar]:
    """The lines between the parts."""
    return [Bar(MARGIN, y, WIDTH - 2 * MARGIN, 1) for y in (66, 146, 268)]


def plain(text: str) -> str:
    """In ASCII, for what can print nothing else: ü becomes u, ß ss; what has no likeness becomes a question mark."""
    parted = unicodedata.normalize("NFKD", text.translate(FOLDED))
    letters = "".join(letter for letter in parted if not unicodedata.combining(letter))
    return "".join(letter if " " <= letter <= "~" else "?" for letter in letters)


def printable(text: str) -> str:
    """In the letters of Windows-1252, which fonts of the West have; others are folded to plain ones."""
    return "".join(letter if _is_western(letter) else plain(letter) for letter in text)


def _is_western(letter: str) -> bool:
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return letter.isprintable()
