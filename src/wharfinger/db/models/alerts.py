"""Alerts: shown on the pages, and sent by e-mail."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from wharfinger.db.encryption import EncryptedText
from wharfinger.db.fields import EnumField
from wharfinger.db.stored_values import AlertKeyField, SubjectField
from wharfinger.domain.installation.alerts import AlertKind, MailSecurity
from wharfinger.domain.installation.destinations import DeliveryState, DestinationKind


class Alert(models.Model):
    """One thing that people must know in time. One open row for each `key`; closed when its cause is gone."""

    kind = EnumField(AlertKind, max_length=30)
    key = AlertKeyField(max_length=120)  # what it is about and on which occasion
    subject = SubjectField(max_length=120)  # what it is about, whatever the occasion
    text = models.TextField()
    remedy = models.TextField()
    account = models.ForeignKey("wharfinger.SellerAccount", on_delete=models.CASCADE, null=True)
    raised_at = models.DateTimeField()  # trade time
    closed_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)  # trade time; null = still to be sent, or nobody to send it to
    mail_error = models.TextField(blank=True)
    mail_again_at = models.DateTimeField(null=True)
    mail_failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="an_alert_is_raised_once")]
        indexes = [
            models.Index(fields=["-raised_at"], name="alerts_newest"),
            models.Index(fields=["subject"], condition=Q(closed_at__isnull=True), name="alerts_open"),
        ]


class TestMail(models.Model):
    """A test message that somebody requested, and what became of it."""

    __test__ = False  # pytest takes every class of this name for tests

    to = models.EmailField()
    requested_by = models.ForeignKey("wharfinger.User", on_delete=models.CASCADE)
    requested_at = models.DateTimeField()  # trade time
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    way = models.CharField(max_length=200, blank=True)  # where it went: server and port, or the file


class MailSettings(models.Model):
    """How e-mail leaves the installation: the one row. Without it nothing is sent (a demo writes files instead)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    host = models.CharField(max_length=200)
    port = models.PositiveIntegerField(default=587)
    security = EnumField(MailSecurity, max_length=10)
    username = models.CharField(max_length=200, blank=True)
    password = EncryptedText(blank=True, default="")
    password_last_four = models.CharField(max_length=4, blank=True)
    sender = models.EmailField()
    recipients = models.JSONField(default=list)  # addresses; empty = every administrator with an address

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_mail_settings")]


class AlertDestination(models.Model):
    """Where alerts go beside the pages: an address, which of them, and when. Trade time."""

    name = models.CharField(max_length=60)
    kind = EnumField(DestinationKind, max_length=10)
    address = EncryptedText()  # whoever knows a webhook's address may write there: it is a secret
    address_shown = models.CharField(max_length=250)
    kinds = models.JSONField(default=list)  # codes of kinds of alert; empty = all
    urgent_only = models.BooleanField(default=False)
    quiet_since = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    zone = models.CharField(max_length=60, default="UTC")
    urgent_breaks_quiet = models.BooleanField(default=True)
    digest = models.PositiveSmallIntegerField(default=0)  # minutes
    active = models.BooleanField(default=True)
    since = models.DateTimeField()  # alerts raised before it was there, or while it was off, are not sent
    test_wanted_at = models.DateTimeField(null=True)
    tested_at = models.DateTimeField(null=True)
    test_error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="one_alert_destination")]


class AlertDelivery(models.Model):
    """One alert to one destination: written before it is sent, settled after."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="deliveries")
    destination = models.ForeignKey(AlertDestination, on_delete=models.CASCADE, related_name="deliveries")
    state = EnumField(DeliveryState, max_length=10, default=DeliveryState.WAITING)
    due_at = models.DateTimeField()  # trade time
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "destination"], name="one_alert_delivery")]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state=DeliveryState.WAITING.value), name="alert_deliveries_waiting"
            )
        ]
