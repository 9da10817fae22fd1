"""`wharfinger demo` as a person starts it: everything up, a second start refused, a clean end."""

import os
import re
import signal
import subprocess
import sys
import urllib.request

import pytest

pytestmark = pytest.mark.system


@pytest.fixture
def environ(home):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("WHARFINGER_")}  # noqa: TID251 -- a child's environment
    return inherited | {"WHARFINGER_HOME": str(home), "DATABASE_URL": "", "PYTHONUNBUFFERED": "1"}


def wharfinger(*words):
    return [sys.executable, "-m", "wharfinger.cli.main", *words]


def answer(url):
    with urllib.request.urlopen(url, timeout=20) as response:
        return response.status, response.headers, response.read().decode()


def read_until(stream, words):
    lines = []
    for line in stream:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError(f"It ended before it said {words!r}: {''.join(lines)}")


def processes_of(home):
    listed = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(home) in line and "[" not in line]


def test_demo_starts_everything_and_ends_cleanly(home, environ):
    command = wharfinger("demo", "--port", "0", "--simulator-port", "0", "--workers", "1")
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as parent:
        try:
            banner = read_until(parent.stdout, "Ctrl-C")
            pages = re.search(r"Pages\s+(http\S+)", banner)[1]
            amazon = re.search(r"Pretend Amazon\s+(http\S+)", banner)[1]
            status, headers, text = answer(pages)
            assert status == 200
            assert "Wharfinger" in text
            assert "unsafe" not in headers["Content-Security-Policy"]
            assert answer(amazon)[0] == 200
            royal_mail = re.search(r"Pretend Royal Mail\s+(http\S+)", banner)[1]
            assert "Pretend Click &amp; Drop" in answer(royal_mail)[2]

            second = subprocess.run(wharfinger("demo"), env=environ, capture_output=True, text=True, check=False)
            assert second.returncode == 3
            assert "already runs" in second.stderr
        finally:
            parent.send_signal(signal.SIGTERM)
        output = parent.stdout.read()
        assert parent.wait() == 0, output
    assert "Stopped" in output
    assert processes_of(home) == []
