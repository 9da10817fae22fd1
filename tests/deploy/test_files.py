"""What `deploy/` holds fits the program: units, image, compose file and the pages that name their commands."""

import argparse
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wharfinger.cli.arguments import parser

ROOT = Path(__file__).parents[2]
DEPLOY, DOCS = ROOT / "deploy", ROOT / "docs"
UNITS = ("wharfinger.service", "wharfinger-worker@.service")
_TOOLS = Path(sys.executable).parent
FILE_FORMAT = {("backup", " 1"), ("backup", " x25519"), ("backup", " chunks")}
"""Words of docs/backup.md that are no commands."""
_VARIABLE = re.compile(r"\b(?:WHARFINGER_[A-Z0-9_]+|DATABASE(?:_OWNER)?_URL)\b")


def run(*command):
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def commands():
    (found,) = [action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)]
    return found.choices


@pytest.fixture
def units(tmp_path):
    """The units with a program that is here in the installed one's place: systemd looks whether it can be run."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze here: units are not verified")
    for name in UNITS:
        text = (DEPLOY / "systemd" / name).read_text(encoding="utf-8")
        assert "/opt/wharfinger/bin/wharfinger " in text
        changed = text.replace("/opt/wharfinger/bin/wharfinger", shlex.quote(sys.executable))
        (tmp_path / name.replace("@", "@1")).write_text(changed, encoding="utf-8")
    return tmp_path


def test_systemd_finds_nothing_to_say_of_the_units(units):
    for path in units.iterdir():
        code, said = run("systemd-analyze", "verify", "--man=no", str(path))
        ours = [line for line in said.splitlines() if path.name.split(".")[0] in line]
        assert (code, ours) == (0, []), said


def test_the_units_are_shut_in(units):
    """Exposure by systemd's own marks, from 0 (shut in) to 10 (open)."""
    for path in units.iterdir():
        code, said = run("systemd-analyze", "security", "--offline=true", "--threshold=25", "--no-pager", str(path))
        assert code == 0, said


def test_the_image_is_linted_and_runs_as_an_ordinary_user():
    dockerfile = DEPLOY / "docker/Dockerfile"
    assert run(str(_TOOLS / "hadolint"), str(dockerfile)) == (0, "")
    users = re.findall(r"^USER (\S+)", dockerfile.read_text(encoding="utf-8"), re.MULTILINE)
    assert users == ["10001:10001"]


def test_the_linter_of_images_has_something_to_say(tmp_path):
    bad = tmp_path / "Dockerfile"
    bad.write_text("FROM python\nRUN cd /tmp\n", encoding="utf-8")
    assert run(str(_TOOLS / "hadolint"), str(bad))[0] != 0


def test_the_compose_file_is_one():
    schema = (str(_TOOLS / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec")
    code, said = run(*schema, str(DEPLOY / "docker/compose.yaml"))
    assert code == 0, said


def test_every_setting_that_is_named_is_read():
    """By the program, or by the compose file's own Caddy."""
    read = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/wharfinger/config").glob("*.py"))
    known = {*_VARIABLE.findall(read), "WHARFINGER_HOST"}
    known |= {f"{name}_FILE" for name in known}
    for path in [*DEPLOY.rglob("*"), *DOCS.glob("install.md"), *(DOCS / "proxies").iterdir()]:
        if path.is_file():
            assert set(_VARIABLE.findall(path.read_text(encoding="utf-8"))) - known == set(), path


def in_code(path):
    """A page's blocks of code and what stands between backquotes; of a unit, what it starts."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".md":
        return "\n".join(re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE))
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", text)])


def test_every_command_of_the_pages_exists():
    known, seen = commands(), set()
    for path in (*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *DEPLOY.rglob("*.service")):
        for name, rest in re.findall(
            r"(?:^|[\s/])wharfinger ([a-z][a-z-]+)(?![\w/])(.*)$", in_code(path), re.MULTILINE
        ):
            words = re.split(r"  |#|&&", rest)[0]
            if name == "demo-once" or (name, words) in FILE_FORMAT:  # its words are read by a parser of its own
                continue
            assert name in known, f"{path.name}: wharfinger {name}"
            lawful = {option for action in known[name]._actions for option in action.option_strings}
            assert set(re.findall(r"--[a-z-]+", words)) <= lawful, f"{path.name}: wharfinger {name}{words}"
            seen.add(name)
    assert seen >= {"serve", "worker", "migrate", "restore", "set-up-link", "doctor", "backup", "demo"}
