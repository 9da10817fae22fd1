"""Templates, style sheets and scripts are laid out for reading: short lines, short files of parts."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIMIT = 120


def _lines(suffix):
    for folder in ("src", "packages"):
        for path in sorted((ROOT / folder).rglob(f"*{suffix}")):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                yield f"{path.relative_to(ROOT)}:{number}", line


@pytest.mark.parametrize("suffix", [".css", ".js"])
def test_no_line_of_a_style_sheet_or_script_is_over_120_characters(suffix):
    lines = list(_lines(suffix))
    assert lines
    assert [where for where, line in lines if len(line) > LIMIT] == []


def test_under_two_in_a_hundred_lines_of_templates_are_over_120_characters_and_none_over_160():
    lines = list(_lines(".html"))
    assert lines
    assert [where for where, line in lines if len(line) > 160] == []
    long = [where for where, line in lines if len(line) > LIMIT]
    assert len(long) < 0.02 * len(lines), long


COUNTED = re.compile(r"\{% blocktranslate[^%]*?count (?P<name>\w+)=(?P<root>\w+)(?P<rest>.*?)%\}", re.DOTALL)


def test_no_plural_counts_a_name_that_its_own_with_makes_a_text():
    """Django resolves `count` after `with`: the number would be the text that stands in the sentence."""
    pages = sorted((ROOT / "src").rglob("*.html"))
    found = [
        f"{path.name}: {tag['root']}"
        for path in pages
        for tag in COUNTED.finditer(path.read_text(encoding="utf-8"))
        if re.search(rf"\b{tag['root']}=", tag["rest"])
    ]
    assert (bool(pages), found) == (True, [])
    assert (
        COUNTED.search("{% blocktranslate trimmed count counter=total with total=total|quantity %}")["root"] == "total"
    )
