"""Amazon's verification of orders with regulated goods, and a person's answer on its way there."""

from django.db import models
from django.db.models import Q

from wharfinger.db.fields import EnumField
from wharfinger.domain.orders.verifying import REVIEWER_AT_MOST, VerificationAnswer, VerificationState


class Verification(models.Model):
    """One for each Amazon order with goods that are marked as regulated, or whose recipient's age is checked.

    What the buyer stated is not kept. An answer is kept until Amazon shows what it came to; `answered_at` is written
    before it is sent, and an answer that may have been sent is looked at before it is sent again.
    """

    imported = models.OneToOneField("wharfinger.ImportedOrder", on_delete=models.CASCADE, related_name="verification")
    account = models.ForeignKey(
        "wharfinger.SellerAccount", on_delete=models.CASCADE, db_index=False, related_name="verifications"
    )
    state = EnumField(VerificationState, max_length=10, default=VerificationState.UNREAD)
    requires_action = models.BooleanField(default=False)
    reasons = models.JSONField(default=list)  # [id, text] of each that Amazon takes for a rejection
    rejection = models.TextField(blank=True)
    reviewer = models.CharField(max_length=200, blank=True)  # as Amazon shows it
    made_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True)  # trade time: when it is looked at again; null = never
    attempts = models.PositiveSmallIntegerField(default=0)  # in a row without an answer of Amazon's
    error = models.TextField(blank=True)
    answer = EnumField(VerificationAnswer, max_length=10, blank=True)
    answer_reason = models.CharField(max_length=100, blank=True)
    answer_reviewer = models.CharField(max_length=REVIEWER_AT_MOST, blank=True)
    answer_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True, related_name="+")
    answer_sent_at = models.DateTimeField(null=True)  # trade time; written before the call

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "again_at"], condition=Q(again_at__isnull=False), name="verifications_to_look_at"
            )
        ]
