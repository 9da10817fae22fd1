"""The two distributions of this repository fit each other."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SIMULATOR = ROOT / "packages/amazon-simulator"


def _project(folder):
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_product_asks_for_the_simulator_of_its_own_version():
    product, simulator = _project(ROOT), _project(SIMULATOR)
    requirement = (ROOT / "requirements/simulator.in").read_text(encoding="utf-8").strip()
    assert requirement == f"{simulator['name']}=={simulator['version']}"
    assert (product["version"], product["license"], product["requires-python"]) == (
        simulator["version"],
        simulator["license"],
        simulator["requires-python"],
    )


def test_the_locks_hold_all_that_both_need_and_never_the_simulator_itself():
    wanted = (SIMULATOR / "requirements.in").read_text(encoding="utf-8").split()
    for lock in ("runtime.txt", "dev.txt"):
        text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
        held = {line.split("==")[0] for line in text.splitlines() if "==" in line}
        assert set(wanted) <= held
        assert _project(SIMULATOR)["name"] not in text


def test_both_carry_the_same_licence():
    assert (ROOT / "LICENSE").read_bytes() == (SIMULATOR / "LICENSE").read_bytes()
