"""`make wheel-test`: what a person gets who has Python alone. Both wheels are built, installed in a fresh environment,
and the main job is run with the program that lies there: no source of the checkout is in reach.

The environment's and the home's folders have a space and other letters in their
names. It needs a package index, as `make` does; versions are those of `requirements/runtime.txt`. The last line says
what was done. Exit 1 when a wheel lacks a file, cannot be installed, or its main job fails (`demo-once` judges itself).
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable
from pathlib import Path

from tests.system.faults import clean_environment
from tests.wheel.build import ROOT, SIMULATOR, build_wheels, known_files

FOLDER = "Lagerhaus für alle"
"""Python's own environments, PostgreSQL's sockets and the supervisor have to bear it."""
OUTER_LIMIT = 900.0
_LOCKED = re.compile(r"^([A-Za-z0-9_.\[\]-]+==\S+)", re.MULTILINE)


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="wheel-"))
    folder.chmod(0o711)  # the database's user passes through when the run is root's
    try:
        return _try(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _try(folder: Path) -> int:
    product, simulator = build_wheels(folder / "dist")
    lacking = lacking_files(product, "src/") + lacking_files(simulator, f"{SIMULATOR}/src/")
    if lacking:
        _say(f"The wheels lack {len(lacking)} files, {', '.join(lacking[:5])} among them.")
        return 1
    began = time.monotonic()
    programs = _install(folder, (product, simulator))
    installed = time.monotonic() - began
    home = folder / f"{FOLDER} (home)"
    home.mkdir(mode=0o711)
    answer = folder / "out.json"
    environment = clean_environment(WHARFINGER_HOME=str(home), PYTHONPATH="")
    _run([str(programs / "wharfinger"), "demo-once", "--json", str(answer)], folder, environment)
    done = json.loads(answer.read_text(encoding="utf-8"))
    orders, took = done["orders"], time.monotonic() - began
    counted = f"{orders['imported']} of {orders['placed']} orders imported"
    for version, python in other_interpreters().items():
        _try_on(python, version, folder, (product, simulator))
    _say(f"{product.name}: installed in {installed:.0f} s, {counted}, {took:.0f} s")
    return 0


def lacking_files(wheel: Path, source: str) -> list[str]:
    """What lies under version control in a package of the product and not in its wheel."""
    with zipfile.ZipFile(wheel) as opened:
        held = set(opened.namelist())
    return sorted(wanted_files(known_files(), source) - held)


def wanted_files(names: Iterable[str], source: str) -> set[str]:
    """Every file of a package, but those from which others are made: catalogues' sources."""
    made_from = (".pot",)
    return {name.removeprefix(source) for name in names if name.startswith(source) and not name.endswith(made_from)}


def other_interpreters() -> dict[str, str]:
    """Of each other version that the product runs on and that is here: on the path, or installed beside this one."""
    candidates = [shutil.which(f"python3.{minor}") for minor in range(11, 20)]
    candidates += [str(found) for found in sorted(Path(sys.base_prefix).parent.glob("*/bin/python3"))]
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    known = {own: sys.executable}
    for python in filter(None, candidates):
        said = subprocess.run([python, "--version"], capture_output=True, text=True, check=False).stdout
        match = re.match(r"Python (3\.(\d+))\.", said)
        if match and int(match[2]) >= 11:
            known.setdefault(match[1], python)
    del known[own]
    return known


def _try_on(python: str, version: str, folder: Path, wheels: Iterable[Path]) -> None:
    """Both wheels there, and the database made: its server, the locks' wheels and every module of rows are met."""
    began = time.monotonic()
    programs = _install(folder, wheels, python, f"{FOLDER} {version}")
    home = folder / f"{FOLDER} (home {version})"
    home.mkdir(mode=0o711)
    environment = clean_environment(WHARFINGER_HOME=str(home), PYTHONPATH="")
    _run([str(programs / "wharfinger"), "migrate"], folder, environment)
    _say(f"Python {version}: installed, and its database made, in {time.monotonic() - began:.0f} s")


def _install(folder: Path, wheels: Iterable[Path], python: str = sys.executable, name: str = FOLDER) -> Path:
    """The folder of programs of a fresh environment. By file: nobody else's package can come under their names."""
    place = folder / name
    _run([python, "-m", "venv", str(place)], folder, clean_environment())
    locked = folder / "constraints.txt"
    lock = (ROOT / "requirements/runtime.txt").read_text(encoding="utf-8")
    locked.write_text("".join(f"{one}\n" for one in _LOCKED.findall(lock)), encoding="utf-8")
    command = [str(place / "bin/python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    _run([*command, "-c", str(locked), *map(str, wheels)], folder, clean_environment(PYTHONPATH=""))
    return place / "bin"


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    ended = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=OUTER_LIMIT, check=False
    )
    if ended.returncode:
        _say(f"{' '.join(command)}\n{ended.stdout}{ended.stderr}")
        raise SystemExit(1)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}{os.linesep}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
