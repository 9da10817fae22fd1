from django.db import models

from wharfinger.db.encryption import EncryptedBytes


class Customisation(models.Model):
    """What the buyer of a customised line wrote or drew: Amazon's archive, fetched while its address lives.

    Personal data, encrypted. `again_at` None: nothing is to be fetched. All trade time.
    """

    line = models.OneToOneField("wharfinger.SalesOrderLine", on_delete=models.CASCADE, related_name="customisation")
    body = EncryptedBytes(null=True)
    size = models.PositiveIntegerField(default=0)  # bytes of the archive
    fetched_at = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["again_at"], condition=models.Q(again_at__isnull=False), name="customisations_waiting")
        ]
