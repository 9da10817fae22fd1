"""The checklist of ASVS on docs/security.md is whole, and what it names is here."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
COUNTS = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16}
"""Requirements of levels 1 and 2 in each chapter of version 5.0; 10 (OAuth), 17 (WebRTC): nothing of theirs is here."""
STANDS = {"yes", "partly", "no", "owner", "none"}


def rows():
    return re.findall(r"^\| (\d+\.\d+\.\d+) \| (\S+) \| (.+) \|$", PAGE, re.MULTILINE)


def numbers():
    listed = re.findall(r"^\| ((?:\d+\.\d+\.\d+(?:, )?){2,}) \|", PAGE, re.MULTILINE)
    return [number for number, _, _ in rows()] + [number for line in listed for number in line.split(", ")]


def test_every_requirement_is_there_once():
    found = numbers()
    assert [number for number, count in Counter(found).items() if count > 1] == []
    assert dict(Counter(int(number.split(".")[0]) for number in found)) == COUNTS


def test_what_stands_otherwise_says_why():
    assert {stands for _, stands, _ in rows()} == STANDS
    assert [number for number, stands, why in rows() if stands != "yes" and len(why) < 6] == []


def test_every_place_that_is_named_is_here():
    named = re.findall(r"`((?:tests|docs|src|requirements)/[^`]*)`", PAGE)
    assert len(named) > 150
    assert [place for place in named if not (ROOT / place).exists()] == []
