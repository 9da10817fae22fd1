"""Text in a cell of a CSV file, where a spreadsheet would run what begins like a formula."""

import re

_FORMULA = "=+\\-@\t\r\n＝＋－＠﹦﹢﹣﹫\u2212"
_DANGEROUS = re.compile(f"'*[{_FORMULA}]")
_GUARDED = re.compile(f"'+[{_FORMULA}]")


def guard_cell(text: str) -> str:
    """The text with an apostrophe in front where it would be run; `read_cell` takes just that one away again."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def read_cell(text: str) -> str:
    """What `guard_cell` was given. Numbers, negative ones too, and all other text stay as they are."""
    return text[1:] if _GUARDED.match(text) else text
