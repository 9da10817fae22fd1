"""Backups as their list shows them, and when the nightly one is due. Machine time throughout."""

from datetime import datetime, timedelta

from wharfinger.domain.labels import Labelled

NIGHT_FROM, NIGHT_TO = 1, 5
"""Hours of UTC within which the nightly backup is made."""
BETWEEN_NIGHTS = timedelta(hours=20)
LONGEST_WITHOUT = timedelta(hours=30)
"""Where no night came (the machine was off), one is made at any hour."""
AFTER_A_FAILURE = timedelta(hours=1)
OLD_AFTER = timedelta(hours=48)
"""The newest backup is old: doctor says so."""
UNVERIFIED_AFTER = timedelta(days=8)
VERIFY_EVERY = timedelta(days=7)
ABANDONED_AFTER = timedelta(minutes=10)
"""Without a word of progress for so long, the process that made it is gone."""


class BackupState(Labelled):
    WANTED = "wanted", "Queued"
    RUNNING = "running", "Being made"
    DONE = "done", "Made"
    FAILED = "failed", "Failed"


class BackupCause(Labelled):
    NIGHTLY = "nightly", "Nightly"
    PERSON = "person", "Made now"
    UPGRADE = "upgrade", "Before an upgrade"
    COMMAND = "command", "By command"


def is_nightly_due(*, now: datetime, last_made: datetime | None, last_failed: datetime | None, since: datetime) -> bool:
    """`since`: when the installation was made, which counts as the first backup's time."""
    if last_failed is not None and timedelta(0) <= now - last_failed < AFTER_A_FAILURE:
        return False
    age = now - (last_made or since)
    at_night = NIGHT_FROM <= now.hour < NIGHT_TO and age >= BETWEEN_NIGHTS
    return age < timedelta(0) or age >= LONGEST_WITHOUT or at_night


def is_verification_due(*, now: datetime, last_verified: datetime | None) -> bool:
    return last_verified is None or not timedelta(0) <= now - last_verified < VERIFY_EVERY
