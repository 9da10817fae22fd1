"""An installation of an ordinary user's, in a folder with a space and other letters in its name; and root's."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
from tests.system.faults import OUTER_LIMIT, clean_environment, until

from wharfinger.cli.supervisor.processes import free_port

pytestmark = pytest.mark.system
NAME = "Łódź & Söhne's shop"


def who_runs():
    """Ourselves, and beside root an ordinary user."""
    if os.getuid() != 0:
        return [pytest.param(None, id="myself")]
    return [pytest.param(None, id="root"), pytest.param("nobody", id="nobody")]


@pytest.fixture
def place():
    folder = Path(tempfile.mkdtemp(prefix="wharfinger-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder / NAME
    shutil.rmtree(folder)


def interpreter_for(user):
    """What starts the program, and its environment: where this run's Python lies in root's own folder, the machine's of
    the same version with the same libraries. None where the user may run neither."""
    libraries = os.pathsep.join(path for path in sys.path if path)
    for python, more in ((sys.executable, {}), ("/usr/bin/python3", {"PYTHONPATH": libraries})):
        command = [
            python,
            "-c",
            f"import sys, wharfinger.cli.main; assert sys.version_info[:2] == {sys.version_info[:2]}",
        ]
        with suppress(OSError):
            if not subprocess.run(
                command, user=user, env=clean_environment(**more), cwd="/", capture_output=True, check=False
            ).returncode:
                return python, more
    return None


def is_ready(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


@pytest.mark.parametrize("user", who_runs())
def test_pages_and_a_worker_run_in_a_folder_of_any_name(place, user):
    found = interpreter_for(user)
    if found is None:
        pytest.skip(f"{user} may not read {sys.prefix}: an ordinary user's installation is not tried")
    python, more = found
    place.mkdir()
    if user is not None:
        owner = pwd.getpwnam(user)
        os.chown(place, owner.pw_uid, owner.pw_gid)
    port = free_port(0)
    environment = clean_environment(
        WHARFINGER_HOME=str(place / "home"), WHARFINGER_LISTEN=f"127.0.0.1:{port}", HOME=str(place),
        WHARFINGER_URL=f"http://127.0.0.1:{port}", PYTHONUNBUFFERED="1", **more,
    )  # fmt: skip
    command = [python, "-m", "wharfinger.cli.main"]
    said = place.with_name("said")
    with said.open("wb") as log:
        served = subprocess.Popen(
            [*command, "serve", "--workers", "1"], env=environment, user=user, cwd="/", stdout=log,
            stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        until(lambda: served.poll() is not None or is_ready(port), "the pages are ready")
        assert served.poll() is None, said.read_text()
        looked = subprocess.run(
            [*command, "doctor", "--offline"], env=environment, user=user, cwd="/", capture_output=True, text=True,
            timeout=OUTER_LIMIT, check=False,
        )  # fmt: skip
        assert "✓ Database: PostgreSQL" in looked.stdout, looked.stdout + looked.stderr
        assert "✓ Job queue: jobs can be added" in looked.stdout
        kept = subprocess.run(
            [*command, "backup"], env=environment, user=user, cwd="/", capture_output=True, text=True,
            timeout=OUTER_LIMIT, check=False,
        )  # fmt: skip
        assert kept.returncode == 0, kept.stderr
        assert list((place / "home/backups").glob("*.wharfinger"))
        secret = place / "home/secrets/encryption.key"
        assert (secret.stat().st_mode & 0o077, secret.stat().st_uid) == (0, place.stat().st_uid)
    finally:
        served.send_signal(signal.SIGTERM)
        began = time.monotonic()
        served.wait(OUTER_LIMIT)
    assert time.monotonic() - began < 60
    assert served.returncode == 0, said.read_text()
