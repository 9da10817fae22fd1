"""Whether the checkout may be released: nothing uncommitted, one version everywhere, and the changelog says it."""

import re
import subprocess
import tomllib
from pathlib import Path

_HEADING = re.compile(r"^## \[([^\]]+)\](.*)$", re.MULTILINE)
_DAY = re.compile(r" - \d{4}-\d{2}-\d{2}")


def hindrances(root: Path) -> list[str]:
    """What stands against a release, a sentence each; none: it may be made."""
    found = []
    if changed := _git(root, "status", "--porcelain").splitlines():
        found.append(
            f"The tree is not clean: {len(changed)} files differ, {changed[0][3:]} among them. Commit or remove."
        )
    version = version_of(root)
    simulator = _project(root / "packages/amazon-simulator")["version"]
    if simulator != version:
        found.append(f"pyproject.toml says {version}, packages/amazon-simulator/pyproject.toml {simulator}.")
    requested = (root / "requirements/simulator.in").read_text(encoding="utf-8").strip()
    if requested != f"wharfinger-amazon-simulator=={version}":
        found.append(f"requirements/simulator.in asks for {requested}; the version is {version}.")
    return found + _of_the_changelog((root / "CHANGELOG.md").read_text(encoding="utf-8"), version)


def version_of(root: Path) -> str:
    return str(_project(root)["version"])


def made_at(root: Path) -> str:
    """Seconds of the epoch of the commit: what is made of it bears this time, whenever it is made."""
    return _git(root, "log", "-1", "--format=%ct").strip()


def _of_the_changelog(changelog: str, version: str) -> list[str]:
    """The newest heading is the version's, with its day. `[Unreleased]` may stand above it, empty."""
    headings = list(_HEADING.finditer(changelog))
    if headings and headings[0][1] == "Unreleased":
        end = headings[1].start() if len(headings) > 1 else len(changelog)
        if changelog[headings[0].end() : end].strip():
            return ["CHANGELOG.md has entries under [Unreleased]: give them a version and a day (docs/releasing.md)."]
        del headings[0]
    if not headings or headings[0][1] != version:
        newest = headings[0][1] if headings else "none"
        return [f"pyproject.toml says {version}; the newest version of CHANGELOG.md is {newest}."]
    if not _DAY.fullmatch(headings[0][2]):
        return [f"The heading of {version} in CHANGELOG.md has no day: ## [{version}] - YYYY-MM-DD."]
    return []


def _project(folder: Path) -> dict[str, str]:
    with (folder / "pyproject.toml").open("rb") as opened:
        project: dict[str, str] = tomllib.load(opened)["project"]
    return project


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout
