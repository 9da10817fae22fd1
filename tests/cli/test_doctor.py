"""doctor, as a person and as a script have it."""

import argparse
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpx2
import pytest
from django.db import connection

from wharfinger.amazon.regions import LIVE
from wharfinger.amazon.transport import Transport
from wharfinger.cli import doctor, external_checks
from wharfinger.cli.demo import demo_system
from wharfinger.cli.failures import CommandFailed
from wharfinger.cli.migrate import NotMigrated, migrate_if_needed, must_be_migrated
from wharfinger.db.models import AmazonApplication, WorkerHeartbeat
from wharfinger.domain.installation.health import Verdict

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
CLOCK = SimpleNamespace(now=lambda: NOW, machine_now=lambda: NOW)


def findings(*, answers):
    """What doctor finds when Amazon's addresses answer so: a datetime of the Date header, or an error."""

    def answer(request):
        reply = answers(str(request.url))
        if isinstance(reply, Exception):
            raise reply
        return httpx2.Response(403, headers={"date": reply})

    with Transport(http=httpx2.MockTransport(answer)) as transport:
        return list(external_checks.look_at_amazon(LIVE, CLOCK, transport))


def http_date(moment):
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")


def test_any_answer_shows_that_amazon_is_reached():
    found = findings(answers=lambda url: http_date(NOW))
    assert [(finding.verdict, finding.title) for finding in found] == [
        (Verdict.WELL, "Token endpoint"),
        (Verdict.WELL, "Amazon EU"),
        (Verdict.WELL, "Amazon NA"),
        (Verdict.WELL, "Clock skew"),
    ]


def test_an_address_that_does_not_answer_is_named():
    found = findings(answers=lambda url: httpx2.ConnectError("no") if "-na." in url else http_date(NOW))
    (silent,) = [finding for finding in found if finding.verdict is Verdict.WRONG]
    assert silent.title == "Amazon NA"
    assert "https://sellingpartnerapi-na.amazon.com does not answer" in silent.detail


@pytest.mark.parametrize(
    ("header", "verdict"),
    [
        (http_date(NOW - timedelta(seconds=9)), Verdict.WELL),
        (http_date(NOW + timedelta(seconds=60)), Verdict.SOON),
        (http_date(NOW - timedelta(minutes=3)), Verdict.WRONG),
        ("yesterday", Verdict.SOON),
    ],
)
def test_a_wrong_computer_clock_is_seen_by_amazons_date(header, verdict):
    assert findings(answers=lambda url: header)[-1].verdict is verdict


def examined(capsys, **words):
    given = argparse.Namespace(**{"json": False, "offline": True, "demo": False, **words})
    return doctor.run(given), capsys.readouterr().out


@pytest.mark.django_db
def test_a_new_house_is_reported_what_it_lacks_and_ends_with_1(capsys):
    code, report = examined(capsys)
    assert code == 1
    assert "✗ Workers: none was heard" in report
    assert "✗ Amazon application: none is entered\n  → enter yours under Settings" in report
    assert "✓ Database: PostgreSQL" in report


@pytest.mark.django_db
def test_in_a_demo_that_stands_still_the_remedies_are_the_demos(capsys, settings):
    configuration = replace(settings.WHARFINGER, system="demo", simulator_url="http://127.0.0.1:9")
    settings.WHARFINGER = configuration
    _, report = examined(capsys, offline=False)
    assert "✗ Workers: none was heard in 30 seconds\n  → start “wharfinger demo”, which has its own" in report
    assert "✗ Amazon EU: http://127.0.0.1:9/eu does not answer" in report
    assert "→ the demo's pretend Amazon does not run: start “wharfinger demo”" in report
    assert "firewall" not in report


@pytest.mark.django_db
def test_what_only_comes_soon_ends_with_0_and_programs_read_it(capsys):
    now = datetime.now(UTC)  # noqa: TID251 -- the process's own clock is what doctor reads
    WorkerHeartbeat.objects.create(name="w", seen_at=now, started_at=now)
    AmazonApplication.objects.create(
        application_id="amzn1.sp.solution.1",
        client_id="c",
        client_secret="s",
        secret_set_at=now,
        secret_expires_on=(now + timedelta(days=20)).date(),
    )
    code, report = examined(capsys, json=True)
    found = {row["title"]: row for row in json.loads(report)}
    assert code == 0
    assert found["Workers"]["verdict"] == "well"
    assert (found["Client secret of Wharfinger"]["verdict"], found["Seller accounts"]["verdict"]) == ("soon", "soon")


@pytest.mark.django_db
def test_a_key_that_does_not_open_the_secrets_is_wrong_and_nothing_behind_it_is_looked_at(capsys):
    AmazonApplication.objects.create(
        application_id="amzn1.sp.solution.1", client_id="c", client_secret="s", secret_set_at=NOW
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wharfinger_amazonapplication SET client_secret = %s", ["lost:AAAA"])
    code, report = examined(capsys)
    assert code == 1
    assert "✗ Encryption key: stored secrets cannot be read: A stored value needs the encryption key “lost”" in report
    assert "Client secret" not in report


@pytest.mark.django_db
def test_a_database_that_a_newer_version_made_is_refused_and_reported(capsys):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('wharfinger', '9999_later', now())")
    for command in (must_be_migrated, lambda: migrate_if_needed(print)):
        with pytest.raises(NotMigrated, match=r"newer than this program.* 1 step .* wharfinger\.9999_later"):
            command()
    assert "✗ Migrations: the database is newer than this program" in examined(capsys)[1]


def test_a_demo_that_was_never_started_is_reported(home, monkeypatch):
    monkeypatch.setenv("WHARFINGER_HOME", str(home))
    with pytest.raises(CommandFailed, match="start one with “wharfinger demo”"):
        demo_system.stand_in_the_demo()
