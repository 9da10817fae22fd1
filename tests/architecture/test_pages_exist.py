"""A page that a comment, a page or a sentence of ours names is in the repository."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("src", "packages", "docs", "tests", "benchmarks")
_PAGE = re.compile(r"(?<![\w-])([\w-]+\.md)\b")
_OUTSIDE = re.compile(r"\blesson [A-Z]\d+\b|\bsp-api-(?:more|details)\b")


def _sources():
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".html", ".md", ".js", ".css") and path != Path(__file__):
                yield path
    yield from ROOT.glob("*.md")


def test_every_page_that_is_named_is_here():
    known = {path.name for path in _sources() if path.suffix == ".md"}
    texts = {path: path.read_text(encoding="utf-8") for path in _sources()}
    missing = {
        f"{path.relative_to(ROOT)}: {named}"
        for path, text in texts.items()
        for named in _PAGE.findall(text) + _OUTSIDE.findall(text)
        if named not in known
    }
    assert not missing
