"""Backups: requested, made by a worker or a command, their progress and end kept in rows. Machine time."""

from collections.abc import Sequence
from datetime import datetime

from wharfinger.db.models import Backup, User
from wharfinger.domain.installation.backups import ABANDONED_AFTER, BackupCause, BackupState
from wharfinger.domain.installation.people import Right
from wharfinger.operations import triggers
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

_TEXT_AT_MOST = 2000


@operation
def want_backup(*, user: User, now: datetime, machine_now: datetime) -> None:
    """Have a worker make one now. One that is wanted already is enough."""
    if not user.may(Right.ADMINISTER):
        raise Refused("Ask an administrator: a backup holds everything.")
    if Backup.objects.filter(state=BackupState.WANTED).exists():
        return
    Backup.objects.create(state=BackupState.WANTED, cause=BackupCause.PERSON, wanted_at=machine_now, user=user)
    record_audit("make a backup", "Installation", 1, before=None, after=None, now=now, user=user)
    triggers.run_periodic_task(triggers.BACK_UP)


@operation
def begin_backup(cause: BackupCause, *, place: str, version: str, same_disk: bool, machine_now: datetime) -> int:
    """The row of the backup that begins: the wanted one, else a new one. What a dead process began has failed."""
    for left in Backup.objects.select_for_update().filter(state=BackupState.RUNNING):
        if left.heard_at is None or machine_now - left.heard_at >= ABANDONED_AFTER:
            left.state, left.ended_at = BackupState.FAILED, machine_now
            left.error = "The process that made it ended before it was done. Another one is made."
            left.save(update_fields=["state", "ended_at", "error"])
    row = Backup.objects.select_for_update().filter(state=BackupState.WANTED).first()
    row = row or Backup(cause=cause, wanted_at=machine_now)
    row.state, row.place, row.version, row.same_disk = BackupState.RUNNING, place[:300], version, same_disk
    row.began_at = row.heard_at = machine_now
    row.save()
    return row.pk


@operation
def note_progress(backup_id: int, size: int, *, machine_now: datetime) -> None:
    Backup.objects.filter(pk=backup_id).update(size=size, heard_at=machine_now)


@operation
def end_backup(backup_id: int, *, name: str, size: int, rows: int, seconds: float, machine_now: datetime) -> None:
    Backup.objects.filter(pk=backup_id).update(
        state=BackupState.DONE, name=name, size=size, rows=rows, seconds=seconds, ended_at=machine_now, error=""
    )


@operation
def fail_backup(backup_id: int, error: str, *, machine_now: datetime) -> None:
    Backup.objects.filter(pk=backup_id).update(
        state=BackupState.FAILED, error=error[:_TEXT_AT_MOST], ended_at=machine_now
    )


@operation
def note_verified(name: str, *, error: str, machine_now: datetime) -> None:
    """`error`: why it could not be proved; empty = it was restored, and equal."""
    Backup.objects.filter(name=name).update(
        verified_at=None if error else machine_now, verify_error=error[:_TEXT_AT_MOST]
    )


@operation
def note_removed(names: Sequence[str], *, machine_now: datetime) -> None:
    Backup.objects.filter(name__in=names, removed_at=None).update(removed_at=machine_now)
