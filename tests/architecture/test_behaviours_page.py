"""docs/behaviours.md: the tests that it names exist, and so does each behaviour that a comment names."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "behaviours.md"
_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
_ID = re.compile(r"\b(?:SH|FD|[OSIFATRNM])\d\d\b")
_NAMED = re.compile(r"behaviours? ((?:(?:SH|FD|[OSIFATRNM])\d\d(?:, | and )?)+)")


@pytest.mark.parametrize(("path", "name"), sorted(set(_TEST.findall(PAGE.read_text()))))
def test_a_test_that_the_page_names_exists(path, name):
    source = ROOT / path
    assert source.is_file()
    assert not name or re.search(rf"def {name}\(", source.read_text())


def test_each_behaviour_stands_there_once():
    rows = [line.split("|") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    listed = [found for cells in rows for found in _ID.findall(cells[1] if _ID.search(cells[1]) else cells[2])]
    assert sorted(listed) == sorted(set(listed))


def test_a_behaviour_that_a_comment_names_is_on_the_page():
    known = set(_ID.findall(PAGE.read_text()))
    missing = {
        f"{path.relative_to(ROOT)}: {found}"
        for folder in ("src/wharfinger", "tests")
        for path in (ROOT / folder).rglob("*.py")
        for group in _NAMED.findall(path.read_text())
        for found in _ID.findall(group)
        if found not in known
    }
    assert not missing
