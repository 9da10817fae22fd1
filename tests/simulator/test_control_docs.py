"""The page of the simulator names every control call, and none that is not there."""

import ast
import inspect
import re
from pathlib import Path

from amazon_simulator.control import router as door

PAGE = Path(__file__).resolve().parents[2] / "docs" / "simulator.md"


def told():
    """The calls in the first column of the table under “Control”; what is written large stands for anything."""
    control = PAGE.read_text(encoding="utf-8").split("\n## Control\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`.+?`) \|", control, re.MULTILINE)
    calls = [call for cell in cells for call in re.findall(r"`(GET|POST) /_simulator/([\w/]+)`", cell)]
    return {(method, *re.sub(r"\b[A-Z]+\b", "*", path).split("/")) for method, path in calls}


def answered():
    """The cases of the door, from its source."""
    cases = [node for node in ast.walk(ast.parse(inspect.getsource(door))) if isinstance(node, ast.MatchSequence)]
    return {
        tuple(one.value.value if isinstance(one, ast.MatchValue) else "*" for one in case.patterns) for case in cases
    }


def test_the_page_names_every_control_call():
    assert len(answered()) > 25
    assert answered() | {("POST", "world")} == told()  # a world that comes is taken before its body is read as JSON
