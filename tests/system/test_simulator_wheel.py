"""The simulator's wheel, installed alone in a fresh environment, does what its README says.

It needs a package index, as `make` does. Skipped, aloud, where none answers.
"""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.system.faults import clean_environment

pytestmark = pytest.mark.system
ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "packages/amazon-simulator"
README = (PACKAGE / "README.md").read_text(encoding="utf-8")
ITS_OWN = {"wharfinger-amazon-simulator", "uvicorn", "httptools", "jinja2", "msgspec", "reportlab", "pillow"}
THEIRS = {"click", "h11", "markupsafe", "typing-extensions", "colorama", "charset-normalizer"}
"""What those bring, on one system or another."""
PIP = {"pip", "setuptools", "wheel"}
OUTER_LIMIT = 300.0


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """The folder of programs of an environment that holds the wheel, what it brings, and pip."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "-d",
        str(folder / "probe"),
        "setuptools>=77",
    ]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=OUTER_LIMIT, check=False)
    if answer.returncode:
        pytest.skip(f"no package index answers: {answer.stderr.strip().splitlines()[-1]}")
    source = folder / "source"  # setuptools would leave its build folder in the checkout, and take old modules from it
    shutil.copytree(PACKAGE, source, ignore=shutil.ignore_patterns("build", "dist", "*.egg-info", "__pycache__"))
    run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder / "dist"), str(source)], folder)
    run([sys.executable, "-m", "venv", str(folder / "venv")], folder)
    programs = folder / "venv" / "bin"
    (wheel,) = (folder / "dist").glob("*.whl")
    run([str(programs / "python"), "-m", "pip", "install", "-q", str(wheel)], folder)
    return programs


def run(command, folder, **more):
    ended = subprocess.run(
        command,
        cwd=folder,
        env=clean_environment(**more),
        capture_output=True,
        text=True,
        timeout=OUTER_LIMIT,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_it_brings_what_it_needs_and_nothing_of_the_product(environment, tmp_path):
    listed = run([str(environment / "python"), "-m", "pip", "list", "--format", "freeze"], tmp_path)
    held = {line.split("==")[0].lower().replace("_", "-") for line in listed.split()}
    assert ITS_OWN <= held <= ITS_OWN | THEIRS | PIP
    assert "usage: amazon_simulator" in run([str(environment / "amazon-simulator"), "--help"], tmp_path)


def test_the_commands_of_its_readme_do_what_they_say(environment, tmp_path):
    install, *calls = blocks("sh")
    install_command, start = install.strip().splitlines()
    assert install_command == "pip install ./packages/amazon-simulator"
    port_file, log = tmp_path / "port", tmp_path / "log"
    command = start.replace("~", str(tmp_path)).split()
    command[0] = str(environment / command[0])
    command += ["--port", "0", "--port-file", str(port_file)]  # 9700 may be somebody's
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=tmp_path, stdout=out, stderr=out)
    try:
        port = listens_at(port_file, process, log)
        script = f"set -eu\nbase=http://127.0.0.1:{port}\n" + "".join(calls)
        script = script.replace("base=http://127.0.0.1:9700\n", "").replace("curl ", "curl -sSf ")
        said = run(["sh", "-c", script], tmp_path)
        assert '"orderId"' in said
        assert '"scenario":"oversold"' in said.replace(" ", "")
    finally:
        process.terminate()
        assert process.wait(OUTER_LIMIT) == 0, log.read_text()


def listens_at(port_file, process, log):
    ends = time.monotonic() + OUTER_LIMIT
    while not port_file.exists():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < ends, log.read_text()
        time.sleep(0.1)  # noqa: TID251 -- another process is at work
    return port_file.read_text().strip()


def test_the_test_of_its_readme_passes(environment, tmp_path):
    conftest, test = blocks("python")
    (tmp_path / "conftest.py").write_text(conftest, encoding="utf-8")
    (tmp_path / "test_theirs.py").write_text(test, encoding="utf-8")
    run([str(environment / "python"), "-m", "pip", "install", "-q", "pytest"], tmp_path)
    said = run([str(environment / "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider"], tmp_path)
    assert "1 passed" in said
