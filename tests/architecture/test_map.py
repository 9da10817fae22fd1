"""The map from question to file at the top of ARCHITECTURE.md leads to files that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "wharfinger"


def the_map():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    section = text.split("## Where is")[1].split("\n## ")[0]
    return [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]


def test_every_question_has_a_file_and_every_file_is_there():
    rows = the_map()
    named = {question: re.findall(r"`([^`]+)`", files) for question, files in rows}
    assert len(named) >= 15
    assert [question for question, files in named.items() if not files] == []
    assert [path for files in named.values() for path in files if not (PACKAGE / path).exists()] == []


def test_the_recipes_lead_to_files_that_are_there():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## Three recipes")[1]
    named = {path for path in re.findall(r"`([\w/-]+/[\w/.-]+)`", text) if "NAME" not in path}
    places = (ROOT, PACKAGE, ROOT / "packages" / "amazon-simulator" / "src" / "amazon_simulator")
    assert len(named) > 20
    assert {path for path in named if not any((place / path).exists() for place in places)} == set()


def test_large_rooms_have_the_same_areas():
    areas = {"access", "channels", "orders", "stock", "shipping", "installation"}
    for room in ("domain", "db/queries", "operations", "web/views"):
        folders = {path.name for path in (PACKAGE / room).iterdir() if (path / "__init__.py").exists()}
        assert folders - {"after_sale"} == areas, room


def test_no_room_is_a_heap():
    """A room, or an area of one, holds about 25 files at most: more of them get folders."""
    heaps = {
        str(folder.relative_to(PACKAGE)): len(files)
        for folder in PACKAGE.rglob("*")
        if folder.is_dir() and folder.name != "migrations" and len(files := list(folder.glob("*.py"))) > 27
    }
    assert not heaps
