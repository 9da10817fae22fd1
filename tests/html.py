"""Markup as tests compare it, however its template is laid out."""

import re

_AS_WRITTEN = re.compile(r"(<(?:textarea|pre)\b.*?</(?:textarea|pre)>)", re.DOTALL)


def in_one_line(html: str) -> str:
    """Without white space that only lays it out: none within an element's edges or between two tags, else one space."""
    pieces = _AS_WRITTEN.split(html)
    return "".join(piece if index % 2 else _flat(piece) for index, piece in enumerate(pieces))


def _flat(html: str) -> str:
    html = re.sub(r"\s+", " ", html)
    html = re.sub(r"(<[a-zA-Z][^>]*>) ", r"\1", html)
    return re.sub(r" (</)", r"\1", html).replace("> <", "><")
