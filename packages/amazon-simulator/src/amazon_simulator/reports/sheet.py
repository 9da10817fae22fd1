"""Flat files as Amazon writes them: tabs, in the charset of the marketplace, what that cannot write is lost."""

from amazon_simulator.reports.report import Sheet

CODECS = {"UTF-8": "utf-8", "Cp1252": "cp1252", "ISO-8859-1": "latin-1", "windows-31j": "cp932"}
"""A charset as the download's header names it, the way Java does → Python's name (behaviours R01, R18)."""
BREAKS = str.maketrans(dict.fromkeys("\t\r\n", " "))


def written(sheet: Sheet) -> tuple[bytes, str, int]:
    """The file, its content type, and its rows without the header. Letters that a charset lacks become “?” (R02)."""
    lines, count = [_line(sheet.header, sheet.quoted)], 0
    for row in sheet.rows:
        lines.append(_line(row, sheet.quoted))
        count += 1
    content = "".join(lines).encode(CODECS[sheet.charset], "replace")
    return content, f"text/plain; charset={sheet.charset}", count


def _line(fields: tuple[str, ...], quoted: bool) -> str:
    clean = [field.translate(BREAKS) for field in fields]
    if quoted:
        clean = ['"' + field.replace('"', '""') + '"' for field in clean]
    return "\t".join(clean) + "\r\n"
