"""Commands as the console has them: what they say, where, and what they end with."""

import os
import re
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.db import connection

from wharfinger.cli import main
from wharfinger.config import environment
from wharfinger.db.models import SetupLink, User
from wharfinger.domain.installation.people import Role

NOBODY = 65534
AS_ROOT = os.getuid() == 0


@pytest.fixture
def installed(db, home, settings):
    """This process's configuration: a live system in `home` whose database is that of the tests."""
    before = environment.current()
    at = connection.settings_dict
    url = f"postgresql://{at['USER']}@/{at['NAME']}?host={at['HOST']}&port={at['PORT']}"

    def install(**environ):
        variables = {"WHARFINGER_HOME": str(home), "DATABASE_URL": url, "WHARFINGER_SYSTEM": "live", **environ}
        settings.WHARFINGER = environment.adopt(environment.read(variables))

    install()
    yield install
    environment.adopt(before)


def run(capsys, *words):
    code = main.main(words)
    output = capsys.readouterr()
    return code, output.out, output.err


# --- set-up-link


def test_set_up_link_prints_nothing_but_the_link_and_the_last_one_counts(installed, capsys):
    installed(WHARFINGER_URL="https://shop.example")
    links = [run(capsys, "set-up-link") for _ in range(2)]
    assert [(code, err) for code, _, err in links] == [(0, ""), (0, "")]
    assert all(re.fullmatch(r"https://shop\.example/setup/#[\w-]{43}\n", out) for _, out, _ in links)
    assert links[0] != links[1]
    assert SetupLink.objects.filter(used_at=None).count() == 1


def test_set_up_link_ends_with_4_where_there_is_an_administrator(installed, capsys):
    User.objects.create(username="olga", full_name="Olga Owner", role=Role.ADMINISTRATOR.value)
    sentence = "wharfinger: There is already an administrator, who creates links under Settings, Users.\n"
    assert run(capsys, "set-up-link") == (4, "", sentence)
    assert not SetupLink.objects.exists()


# --- doctor, Transport


def transport_lines(capsys):
    """The lines of doctor about what goes readable over a network, each with its remedy."""
    _, out, _ = run(capsys, "doctor", "--offline")
    return re.findall(r"^(. Transport: .*(?:\n  → .*)?)$", out, re.MULTILINE)


def test_doctor_says_that_nothing_goes_readable_over_a_network(installed, capsys):
    assert transport_lines(capsys) == ["✓ Transport: no unencrypted connections over a network"]


def test_doctor_names_pages_over_plain_http_and_the_remedy(installed, capsys):
    installed(WHARFINGER_URL="http://shop.example", WHARFINGER_LISTEN="0.0.0.0:8000")
    (line,) = transport_lines(capsys)
    assert line == (
        "✗ Transport: pages, passwords and buyers' addresses go over plain http (http://shop.example, listening on "
        "0.0.0.0)\n  → put a reverse proxy with a certificate in front and set WHARFINGER_URL to its https address"
    )


def test_what_its_owner_allows_doctor_names_with_the_variable_that_allows_it(installed, capsys):
    installed(WHARFINGER_URL="http://shop.example", WHARFINGER_ALLOW_PLAIN_HTTP="yes")
    (line,) = transport_lines(capsys)
    assert line.startswith("✗ Transport: pages, passwords and buyers' addresses go over plain http")
    assert "(WHARFINGER_ALLOW_PLAIN_HTTP allows it)" in line


# --- a home that cannot be written


@contextmanager
def as_nobody():
    """Root may write everywhere: for this while the process is another user's."""
    if AS_ROOT:
        os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        if AS_ROOT:
            os.setresuid(0, 0, 0)


def test_a_home_that_its_own_user_may_not_write_is_reported_with_the_way_out(installed, home, capsys):
    if AS_ROOT:
        os.chown(home, NOBODY, NOBODY)
    home.chmod(0o500)
    with as_nobody():
        ended = run(capsys, "migrate")
    home.chmod(0o700)
    sentence = f"WHARFINGER_HOME, {home}, may not be written by its own user: “chmod u+rwx {home}”, or name another"
    assert ended == (2, "", f"wharfinger: {sentence} folder.\n")


@pytest.mark.skipif(not AS_ROOT, reason="only root has a folder that belongs to somebody else")
def test_a_home_of_another_user_is_reported_as_such(installed, home, capsys):
    with as_nobody():
        ended = run(capsys, "migrate")
    sentence = f"WHARFINGER_HOME, {home}, belongs to another user: run as that user, or name another folder."
    assert ended == (2, "", f"wharfinger: {sentence}\n")


def test_a_home_on_a_read_only_file_system_is_reported_as_such(installed, home, capsys, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_flag=os.ST_RDONLY))
    sentence = f"WHARFINGER_HOME, {home}, lies on a file system that is mounted read-only: mount it for writing, or"
    assert run(capsys, "migrate") == (2, "", f"wharfinger: {sentence} name another folder.\n")
