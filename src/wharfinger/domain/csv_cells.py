"""Text in a cell of a CSV file, where a spreadsheet would run what begins like a formula."""

import re
from enum import StrEnum


class DecimalSign(StrEnum):
    """What stands before the hundredths in an exported file: a spreadsheet reads its own country's only."""

    POINT = "point"
    COMMA = "comma"

    @property
    def sign(self) -> str:
        return "," if self is DecimalSign.COMMA else "."

    @property
    def separator(self) -> str:
        """Between the columns: a country that writes 12,50 separates them with a semicolon."""
        return ";" if self is DecimalSign.COMMA else ","


_FORMULA = "=+\\-@\t\r\n＝＋－＠﹦﹢﹣﹫\u2212"
_DANGEROUS = re.compile(f"'*[{_FORMULA}]")
_GUARDED = re.compile(f"'+[{_FORMULA}]")


def guard_cell(text: str) -> str:
    """The text with an apostrophe in front where it would be run; `read_cell` takes just that one away again."""
    return f"'{text}" if _DANGEROUS.match(text) else text


_ZEROS_BEHIND = re.compile(r"\A([-\u2212]?\d+)[.,]0{1,2}\Z", re.ASCII)


def without_needless_zeros(text: str) -> str:
    """A whole number as a spreadsheet may show it, 12.0 or 12,00, without its decimals. 1,000 stays: it may be a
    thousand in one country and one in another."""
    found = _ZEROS_BEHIND.match(text)
    return found[1] if found else text


def read_cell(text: str) -> str:
    """What `guard_cell` was given. Numbers, negative ones too, and all other text stay as they are."""
    return text[1:] if _GUARDED.match(text) else text
