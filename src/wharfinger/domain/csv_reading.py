"""Tables as people's spreadsheets write them: bytes to text, text to rows. Pure.

Spreadsheets write a first line `sep=;`, UTF-16 with its mark, the code page of their country, empty columns at the
end, line breaks inside of quotes, no-break spaces. Row numbers are those of the spreadsheet: 1 is the heading.
"""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from charset_normalizer import from_bytes

ENCODINGS = {
    "cp1252": "Windows-1252: Western Europe",
    "cp1250": "Windows-1250: Central Europe",
    "cp1254": "Windows-1254: Turkish",
    "mac_roman": "Mac OS Roman",
    "cp850": "DOS code page 850",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLES = 5
COLUMNS_AT_MOST = 200
_SEPARATORS = ",;\t|"
_SEP_LINE = re.compile(r'"?sep= ?([^\r\n])"?(?:\1| )*(?:\r\n|\r|\n|$)', re.IGNORECASE)
_UNSEEN = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
_FORMULA = frozenset("=+-@\t\r")


@dataclass(frozen=True, slots=True)
class AskEncoding:
    """Not UTF-8: a person says in which of these the words are right. (encoding, lines with other than ASCII)."""

    candidates: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class NoTable:
    """It cannot be read; `reason` says what to do."""

    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """`rows`: (row of the spreadsheet, cells); empty rows are left out, empty columns at the end too."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def decode(body: bytes) -> str | AskEncoding | NoTable:
    """By its mark, else as UTF-8, else by a person's word."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            try:
                return body.decode(encoding)
            except UnicodeDecodeError:
                return NoTable("The file is damaged: its end is missing. Save it again and choose it again.")
    if body.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return NoTable("This is a workbook, not a CSV file. Save it as “CSV UTF-8” in your spreadsheet.")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _ask(body)
    if "\0" in text:
        return NoTable("This is not a text file. Save it as “CSV UTF-8” in your spreadsheet.")
    return text


def decode_as(body: bytes, encoding: str) -> str | NoTable:
    """In the encoding that a person chose."""
    if encoding not in ENCODINGS:
        return NoTable("Choose one of the encodings that are offered.")
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        return NoTable(f"The file cannot be read as {ENCODINGS[encoding]}. Choose another.")


def _ask(body: bytes) -> AskEncoding | NoTable:
    guess = from_bytes(body[:100_000]).best()
    named = guess.encoding if guess else ""
    shown = []
    for encoding in sorted(ENCODINGS, key=lambda one: one != named and one != "cp1252"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        lines = [line.strip() for line in text.splitlines() if not line.isascii()]
        sample = tuple(dict.fromkeys(line[:100] for line in lines))[:_SAMPLES]
        if all(unicodedata.category(c) not in ("Cc", "Cn") for line in sample for c in line if c != "\t"):
            shown.append((encoding, sample))
    if not shown:
        return NoTable("The text of this file cannot be read. Save it as “CSV UTF-8” in your spreadsheet.")
    return AskEncoding(tuple(shown))


def read_table(text: str) -> Table | NoTable:
    """The rows of a text, whichever of comma, semicolon, tab or bar is between its cells."""
    body = text.removeprefix("\ufeff").lstrip("\ufeff")
    match = _SEP_LINE.match(body)
    if match:
        body = body[match.end() :]
    if not body.strip():
        return NoTable("The file is empty. Write a heading row and a row for each item.")
    separator = match.group(1) if match else _separator(body)
    try:
        lines = list(csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True))
    except (csv.Error, TypeError, ValueError) as error:
        return NoTable(f"This CSV file cannot be read ({error}). Save it as CSV (UTF-8).")
    cells = [tuple(clean(cell) for cell in line) for line in lines]
    first = next((place for place, row in enumerate(cells) if any(row)), 0)
    headings = _trimmed(cells[first])
    if len(headings) > COLUMNS_AT_MOST:
        return NoTable(f"There are {len(headings):,} columns; at most {COLUMNS_AT_MOST} can be read. Remove some.")
    width = len(headings)
    rows = tuple((number, _cut(row, width)) for number, row in enumerate(cells[first + 1 :], first + 2) if any(row))
    return Table(headings, rows)


def _separator(body: str) -> str:
    """The one that the heading has most of, outside of quotes."""
    quoted, counts = False, dict.fromkeys(_SEPARATORS, 0)
    for character in body.lstrip(f"\r\n {_SEPARATORS}"):
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "\r\n":
            break
        elif not quoted and character in counts:
            counts[character] += 1
    return max(counts, key=lambda one: counts[one])


def _trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    kept = list(cells)
    while kept and not kept[-1]:
        kept.pop()
    return tuple(kept)


def _cut(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Without the empty cells beyond the heading; one that is not empty there stays, for its row to be named."""
    return cells[:width] if not any(cells[width:]) else _trimmed(cells)


def clean(cell: str) -> str:
    """Without what cannot be seen, spaces as plain ones, without the apostrophe that keeps a formula from running."""
    seen = "".join(" " if unicodedata.category(c) == "Zs" else c for c in cell if c not in _UNSEEN)
    stripped = seen.strip(" \t\r\n")
    return stripped[1:] if stripped[:1] == "'" and stripped[1:2] in _FORMULA else stripped


# --- what a spreadsheet does to codes

_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+")
_SURELY_SCIENTIFIC = re.compile(r"[+-]?\d+[.,]\d+[eE][+-]?\d+|[+-]?\d+[eE][+-]\d+")
_WRAPPED = re.compile(r"""=?["'](.+)["']|=(?=\d+$)(.+)""")
_WHOLE = re.compile(r"\A(\d+)[.,]0+\Z")
_QUOTES = "'’‘‛`´＇"


def is_scientific(code: str) -> bool:
    """1.23457E+13: digits of a barcode are lost."""
    return _SCIENTIFIC.fullmatch(code) is not None


def is_surely_scientific(code: str) -> bool:
    """As above, but not 1E5, which a stock code may well be."""
    return _SURELY_SCIENTIFIC.fullmatch(code) is not None


def folded_code(code: str) -> str:
    """Equal for codes that differ only by case, leading zeros, spaces, an apostrophe, a wrapping ="…", or by what
    word processors and other alphabets' keyboards make of them: long hyphens, full-width letters, a number's `.0`."""
    bare = unwrapped(unicodedata.normalize("NFKC", code))
    seen = (c for c in bare.casefold() if not c.isspace() and c not in _QUOTES and unicodedata.category(c) != "Cf")
    letters = "".join("-" if unicodedata.category(c) == "Pd" or c == "\u2212" else c for c in seen)
    return letters.lstrip("0") or letters[:1]


def unwrapped(code: str) -> str:
    """Without what spreadsheets put round a code to keep it as text, and without the decimals of a whole number."""
    bare = code.strip()
    wrapped = _WRAPPED.fullmatch(bare)
    bare = (wrapped.group(1) or wrapped.group(2)) if wrapped else bare
    bare = bare.lstrip(_QUOTES) if bare[:1] in _QUOTES else bare
    return _WHOLE.sub(r"\1", bare)


def folded_heading(heading: str) -> str:
    """Equal for headings that differ only by case, spaces and signs."""
    return "".join(c for c in heading.casefold() if c.isalnum())
