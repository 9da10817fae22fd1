"""Doctor: no backup, an old one, an unproved one, one on the same disk, and a copy."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.factories.ground import NOW

from wharfinger.cli.backup_findings import look_at_backups
from wharfinger.db.queries.installation.backups import Standing
from wharfinger.db.queries.installation.live import LiveFacts
from wharfinger.domain.installation.backups import is_nightly_due

LIVE = LiveFacts(None, "1/2", "", "1/2", "")
GOOD = Standing(NOW - timedelta(days=90), NOW, None, NOW, "", same_disk=False, wanted=False, name="b")


@pytest.mark.parametrize(
    ("standing", "found"),
    [
        (GOOD, [("well", "verified")]),
        (replace(GOOD, last_made=None, last_verified=None), [("wrong", "there is none")]),
        (replace(GOOD, last_made=None, since=NOW), [("soon", "there is none")]),
        (replace(GOOD, last_made=NOW - timedelta(days=3)), [("wrong", "the newest is of")]),
        (replace(GOOD, last_error="The disk is full."), [("soon", "The disk is full.")]),
        (replace(GOOD, last_verified=None), [("soon", "none was verified ever")]),
        (replace(GOOD, last_verified=NOW - timedelta(days=9)), [("soon", "none was verified since")]),
        (replace(GOOD, same_disk=True), [("soon", "lost with it")]),
    ],
)
def test_what_is_not_well_is_said_with_its_remedy(standing, found):
    findings = list(look_at_backups(standing, LIVE, now=NOW + timedelta(hours=1)))
    assert [finding.verdict.value for finding in findings] == [verdict for verdict, _ in found]
    assert all(text in finding.detail for finding, (_, text) in zip(findings, found, strict=True))
    assert all(finding.remedy for finding in findings if finding.verdict.value != "well")


def test_a_copy_is_reported():
    first, *_ = look_at_backups(GOOD, replace(LIVE, live_place="3/4"), now=NOW)
    assert (first.verdict.value, "restored copy" in first.detail) == ("soon", True)


@pytest.mark.parametrize(
    ("hour", "age", "failed", "due"),
    [
        (3, 24, None, True),
        (3, 4, None, False),
        (12, 24, None, False),
        (12, 31, None, True),
        (3, 24, 0.5, False),
        (3, 24, 2, True),
        (12, -5, None, True),
    ],
)
def test_one_is_made_each_night_or_after_thirty_hours_and_an_hour_after_a_failure(hour, age, failed, due):
    now = NOW.replace(hour=hour)
    last_failed: datetime | None = None if failed is None else now - timedelta(hours=failed)
    made = now - timedelta(hours=age)
    assert is_nightly_due(now=now, last_made=made, last_failed=last_failed, since=now) is due
    assert is_nightly_due(now=now, last_made=None, last_failed=last_failed, since=made) is due
