"""Markup as tests compare it, however its template is laid out."""

import re


def in_one_line(html: str) -> str:
    """Without white space that only lays it out: none within an element's edges or between two tags, else one space."""
    html = re.sub(r"\s+", " ", html)
    html = re.sub(r"(<[a-zA-Z][^>]*>) ", r"\1", html)
    return re.sub(r" (</)", r"\1", html).replace("> <", "><")
