"""A seller account's queue of notifications, what was read from it, and what could not be read."""

from django.db import models

from wharfinger.db.encryption import EncryptedBytes, EncryptedText
from wharfinger.db.fields import EnumField
from wharfinger.db.models.accounts import SellerAccount
from wharfinger.domain.orders.notifications import NotificationState, QueueTest


class NotificationQueue(models.Model):
    """The user's own queue, the subscription into it, and how it goes. Trade time, but for ages of messages."""

    account = models.OneToOneField(SellerAccount, on_delete=models.CASCADE, related_name="notification_queue")
    url = models.CharField(max_length=300)
    region = models.CharField(max_length=30)  # of AWS
    key_id = models.CharField(max_length=128)
    secret = EncryptedText()
    last_four = models.CharField(max_length=4)
    state = EnumField(NotificationState, max_length=16, default=NotificationState.OFF)
    replace_other = models.BooleanField(default=False)  # a person said so: another subscription is in the way
    destination_id = models.CharField(max_length=100, blank=True)
    subscription_id = models.CharField(max_length=100, blank=True)
    subscribed_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    queue_error = models.TextField(blank=True)  # while the queue cannot be read
    test = EnumField(QueueTest, max_length=8, default=QueueTest.NONE)
    test_id = models.CharField(max_length=60, blank=True)
    test_at = models.DateTimeField(null=True)
    last_message_at = models.DateTimeField(null=True)
    last_delay_seconds = models.IntegerField(null=True)  # from Amazon's event to our commit
    counted_on = models.DateField(null=True)  # in UTC
    today = models.PositiveIntegerField(default=0)
    received = models.PositiveBigIntegerField(default=0)
    repeated = models.PositiveBigIntegerField(default=0)


class SeenNotification(models.Model):
    """A notification that was taken: the same id again is the same one again."""

    account = models.ForeignKey(SellerAccount, on_delete=models.CASCADE, related_name="+")
    notification_id = models.CharField(max_length=60)
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "notification_id"], name="a_notification_is_taken_once")
        ]
        indexes = [models.Index(fields=["taken_at"], name="seen_notifications_oldest")]


class UnreadNotification(models.Model):
    """A message of the queue that cannot be understood, kept as it came."""

    account = models.ForeignKey(SellerAccount, on_delete=models.CASCADE, related_name="+")
    body = EncryptedBytes()
    body_hash = models.CharField(max_length=64)
    error = models.TextField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "body_hash"], name="an_unread_notification_is_kept_once")
        ]
