"""Cancellations on their way to Amazon, and the feeds that carry them."""

from django.db import models
from django.db.models import Q

from wharfinger.db.fields import EnumField
from wharfinger.domain.orders.cancelling import OPEN, UNDER_WAY, CancellationState, CancelReason, FeedState

_OPEN = [state.value for state in OPEN]
_UNDER_WAY = [state.value for state in UNDER_WAY]


class OrderFeed(models.Model):
    """A feed of cancellations; one of an account is under way at a time, as Amazon advises."""

    account = models.ForeignKey("wharfinger.SellerAccount", on_delete=models.CASCADE, related_name="order_feeds")
    state = EnumField(FeedState, max_length=12, default=FeedState.PREPARING)
    feed_id = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()
    attempted_at = models.DateTimeField(null=True)  # trade time: written before createFeed
    attempted_at_machine = models.DateTimeField(null=True)  # an unknown outcome is settled after the time-out
    ended_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state__in=_UNDER_WAY), name="one_order_feed_under_way"
            )
        ]


class Cancellation(models.Model):
    """The outbox row of a cancellation: that an order is to be cancelled at Amazon, and what became of it."""

    order = models.ForeignKey("wharfinger.SalesOrder", on_delete=models.CASCADE, related_name="cancellations")
    account = models.ForeignKey("wharfinger.SellerAccount", on_delete=models.CASCADE, related_name="cancellations")
    reason = EnumField(CancelReason, max_length=20)
    state = EnumField(CancellationState, max_length=12, default=CancellationState.WAITING)
    feed = models.ForeignKey(OrderFeed, on_delete=models.SET_NULL, null=True, related_name="cancellations")
    number = models.PositiveIntegerField(default=0)  # of its message in the feed
    sent = models.PositiveSmallIntegerField(default=0)  # in how many feeds
    made_at = models.DateTimeField()
    user = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, related_name="+")
    again_at = models.DateTimeField()  # trade time: not sent or read back before
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(state__in=_OPEN), name="one_open_cancellation")
        ]
        indexes = [
            models.Index(fields=["account", "again_at"], condition=Q(state__in=_OPEN), name="cancellations_open")
        ]
