"""Backups for pages, monitors and the doctor."""

from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.models import Backup, Installation
from wharfinger.domain.installation.backups import BackupCause, BackupState

SHOWN = 60


@dataclass(frozen=True, slots=True)
class BackupRow:
    id: int
    name: str
    place: str
    state: BackupState
    cause: BackupCause
    at: datetime
    size: int
    expected: int
    """Bytes of the last one that was made: about how large this will be."""
    seconds: float
    error: str
    verified_at: datetime | None
    verify_error: str
    person: str

    @property
    def percent(self) -> int:
        return min(99, self.size * 100 // self.expected) if self.expected else 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How the installation is backed up. `since`: when it was made."""

    since: datetime
    last_made: datetime | None
    last_failed: datetime | None
    last_verified: datetime | None
    last_error: str
    same_disk: bool
    wanted: bool
    name: str = ""


def list_backups() -> tuple[BackupRow, ...]:
    """Newest first, without those whose files are gone."""
    rows = list(Backup.objects.filter(removed_at=None).select_related("user").order_by("-id")[:SHOWN])
    expected = next((row.size for row in rows if row.state == BackupState.DONE), 0)
    return tuple(
        BackupRow(
            row.pk,
            row.name,
            row.place,
            row.state,
            row.cause,
            row.began_at or row.wanted_at,
            row.size,
            expected,
            row.seconds,
            row.error,
            row.verified_at,
            row.verify_error,
            str(row.user) if row.user else "",
        )
        for row in rows
    )


def backup_standing() -> Standing:
    made = Backup.objects.filter(state=BackupState.DONE, removed_at=None).order_by("-id").first()
    failed = Backup.objects.filter(state=BackupState.FAILED).order_by("-id").first()
    verified = Backup.objects.filter(verified_at__isnull=False).order_by("-verified_at").first()
    is_newest_failed = failed is not None and (made is None or failed.pk > made.pk)
    return Standing(
        since=Installation.objects.values_list("made_at", flat=True).get(pk=1),
        last_made=made.began_at if made else None,
        last_failed=failed.ended_at if failed else None,
        last_verified=verified.verified_at if verified else None,
        last_error=failed.error if failed and is_newest_failed else "",
        same_disk=made.same_disk if made else True,
        wanted=Backup.objects.filter(state=BackupState.WANTED).exists(),
        name=made.name if made else "",
    )


def installation_uid() -> str:
    return str(Installation.objects.values_list("uid", flat=True).get(pk=1))
