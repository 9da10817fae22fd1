"""What doctor says of backups, and of a restored copy."""

from collections.abc import Iterator
from datetime import datetime

from wharfinger.db.queries.installation.backups import Standing
from wharfinger.db.queries.installation.live import LiveFacts
from wharfinger.domain.installation.backups import LONGEST_WITHOUT, OLD_AFTER, UNVERIFIED_AFTER
from wharfinger.domain.installation.health import Finding, soon, well, wrong

MAKE_ONE = "run “wharfinger backup --verify”, or press “Make one now” under Settings, Backups"
ELSEWHERE = "name a folder on another disk, or s3://bucket/folder, in WHARFINGER_BACKUP_TO"


def look_at_backups(standing: Standing, facts: LiveFacts, *, now: datetime) -> Iterator[Finding]:
    """Machine time. There is one, it is young, it was proved, and it is not lost together with the installation."""
    if facts.is_copy:
        remedy = "stop the former installation, then press “This is the live one” under Settings, Backups"
        yield soon("Installation", "this is a restored copy: it reads from Amazon and sends nothing", remedy)
    found = [*_age(standing, now), *_proof(standing, now)]
    yield from found or [well("Backups", f"the newest is of {standing.last_made:%d %b %H:%M} UTC, and verified")]


def _age(standing: Standing, now: datetime) -> Iterator[Finding]:
    why = f" (the last try: {standing.last_error})" if standing.last_error else ""
    if standing.last_made is None:
        young = now - standing.since < LONGEST_WITHOUT
        yield (soon if young and not why else wrong)("Backups", f"there is none{why}", MAKE_ONE)
    elif now - standing.last_made > OLD_AFTER:
        yield wrong("Backups", f"the newest is of {standing.last_made:%d %b %Y %H:%M} UTC{why}", MAKE_ONE)
    elif why:
        yield soon("Backups", f"the newest is of {standing.last_made:%d %b %H:%M} UTC{why}", MAKE_ONE)


def _proof(standing: Standing, now: datetime) -> Iterator[Finding]:
    if standing.last_made is None:
        return
    if standing.last_verified is None or now - standing.last_verified > UNVERIFIED_AFTER:
        since = f"since {standing.last_verified:%d %b %Y}" if standing.last_verified else "ever"
        remedy = f"run “wharfinger backup --verify {standing.name}”"
        yield soon("Backups", f"none was verified {since}: whether one can be restored is not known", remedy)
    if standing.same_disk:
        yield soon("Backups", "they lie on the disk of the installation, and are lost with it", ELSEWHERE)
