"""Backups that were made, or could not be. The files lie elsewhere."""

from django.db import models
from django.db.models import Q

from wharfinger.db.fields import EnumField
from wharfinger.domain.installation.backups import BackupCause, BackupState


class Backup(models.Model):
    """One backup. Every time is the machine's."""

    name = models.CharField(max_length=120, blank=True)  # of its file, once it has one
    place = models.CharField(max_length=300, blank=True)  # folder or bucket
    state = EnumField(BackupState, max_length=10)
    cause = EnumField(BackupCause, max_length=10)
    wanted_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)  # the last word of who makes it
    ended_at = models.DateTimeField(null=True)
    size = models.PositiveBigIntegerField(default=0)  # bytes, so far
    rows = models.PositiveBigIntegerField(default=0)
    seconds = models.FloatField(default=0)
    version = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)
    verified_at = models.DateTimeField(null=True)  # restored into a scratch database, and equal
    verify_error = models.TextField(blank=True)
    same_disk = models.BooleanField(default=True)  # as the installation: lost together
    removed_at = models.DateTimeField(null=True)  # its file is older than backups are kept
    user = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="wanted"), name="one_backup_is_wanted"),
        ]
        indexes = [models.Index(fields=["-id"], condition=Q(state="done"), name="backups_made")]
