from django.db import models

from wharfinger.db.fields import EnumField
from wharfinger.db.models.accounts import SellerAccount
from wharfinger.domain.orders.blindness import Whose


class FlowSchedule(models.Model):
    """One line of the timetable: this flow of this account is due at this trade time."""

    account = models.ForeignKey(SellerAccount, on_delete=models.CASCADE, related_name="flows")
    flow = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200, blank=True)  # counts in plain words
    waiting_for = models.CharField(max_length=200, blank=True)  # e.g. budget of searchOrders until 14:03
    error = models.TextField(blank=True)
    fault = EnumField(Whose, max_length=10, blank=True, default="", db_default="")  # whose the error is, while it is
    failures = models.PositiveIntegerField(default=0)  # in a row
    denied_call = models.CharField(max_length=60, blank=True, default="", db_default="")  # Amazon's 403, while it lasts
    denied_roles = models.CharField(max_length=200, blank=True, default="", db_default="")  # any opens it, by lines

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "flow"], name="one_line_of_the_timetable")]
        indexes = [models.Index(fields=["due_at"], name="flows_due")]


class PeriodicTaskSchedule(models.Model):
    """One line of the timetable that belongs to the whole installation and to no account. Trade time."""

    task = models.CharField(max_length=40, primary_key=True)
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    failures = models.PositiveIntegerField(default=0)  # in a row


class WorkerHeartbeat(models.Model):
    name = models.CharField(max_length=80, primary_key=True)
    seen_at = models.DateTimeField()  # machine time
    started_at = models.DateTimeField()  # machine time
    version = models.CharField(max_length=40, blank=True, default="")
    fault = models.TextField(blank=True, default="")  # what keeps it from waking what is due, while it does
    faulty_since = models.DateTimeField(null=True)  # machine time
