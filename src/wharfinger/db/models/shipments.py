from django.db import models
from django.db.models import Q

from wharfinger.db.fields import EnumField
from wharfinger.db.search_expressions import digits, squeezed
from wharfinger.domain.shipping.shipments import SETTLED, ConfirmationState


class Standing(models.Manager["Shipment"]):
    """Parcels that left and were not taken back."""

    def get_queryset(self) -> "models.QuerySet[Shipment]":
        return super().get_queryset().filter(undone_at=None)


class Shipment(models.Model):
    """One parcel that left. `package_reference` is the numeric string by which Amazon knows it.

    One that was undone stays for the ledger, whose movements name it, without lines and confirmation. `objects` leaves
    it out, and so does `order.shipments`; its number is not used again.
    """

    order = models.ForeignKey("wharfinger.SalesOrder", on_delete=models.PROTECT, related_name="shipments")
    package_reference = models.CharField(max_length=10)
    service = models.ForeignKey("wharfinger.CourierService", on_delete=models.PROTECT)
    tracking_number = models.CharField(max_length=60, blank=True)
    number_confirmed = models.BooleanField(default=False)  # a person looked at a number of an odd form
    shipped_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)  # trade time when Amazon first showed it as delivered
    user = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True)
    undo_until = models.DateTimeField(null=True)  # trade time: its confirmation waits so long; null = left at once
    undone_at = models.DateTimeField(null=True)  # trade time
    amazons_label = models.BooleanField(
        default=False, db_default=False
    )  # it bears a label bought from Amazon, which confirms the parcel itself

    objects = Standing()
    ever = models.Manager["Shipment"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "package_reference"], name="one_package_reference")]
        indexes = [
            models.Index(fields=["tracking_number"], name="shipments_by_tracking"),
            models.Index(squeezed("tracking_number"), name="shipments_tracking_begins"),
            models.Index(digits("tracking_number"), name="shipments_tracking_digits"),
        ]


class ShipmentLine(models.Model):
    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey("wharfinger.SalesOrderLine", on_delete=models.PROTECT, related_name="shipment_lines")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line"], name="one_shipment_line"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shipment_line_ships_something"),
        ]


class Confirmation(models.Model):
    """The outbox row of a shipment: what is to be sent about it, each version to Amazon exactly once.

    A correction is a new version under the same package reference; several that wait are one, the newest.
    """

    shipment = models.OneToOneField(Shipment, on_delete=models.CASCADE, related_name="confirmation")
    account = models.ForeignKey("wharfinger.SellerAccount", on_delete=models.PROTECT, related_name="confirmations")
    channel = models.ForeignKey(
        "wharfinger.Channel", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )  # of its order, for the channel's list; the database fills it
    state = EnumField(ConfirmationState, max_length=12, default=ConfirmationState.WAITING)
    version = models.PositiveSmallIntegerField(default=1)  # of the facts that Amazon is to hold
    attempted_version = models.PositiveSmallIntegerField(default=0)  # that the last attempt carried
    attempts = models.PositiveSmallIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True)  # trade time
    attempted_at_machine = models.DateTimeField(null=True)  # an unknown outcome is read back after the time-out
    again_at = models.DateTimeField()  # trade time: not before
    first_accepted_at = models.DateTimeField(null=True)  # of any version: Amazon lets it be edited for 24 hours
    accepted_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    sent_carrier = models.CharField(max_length=130, blank=True)  # code and name of the last attempt
    shown_carrier = models.CharField(max_length=120, blank=True)  # Amazon's own word for it when it was confirmed
    stale_carrier = models.CharField(max_length=120, blank=True)  # shown before the carrier was corrected
    read_backs = models.PositiveSmallIntegerField(default=0)
    resends = models.PositiveSmallIntegerField(default=0)  # of this version: accepted, never shown, sent again
    error = models.TextField(blank=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "again_at"],
                condition=Q(state__in=["waiting", "attempted", "accepted", "refused"]),
                name="confirmations_open",
            ),
            models.Index(
                fields=["id"],
                condition=~Q(state__in=[state.value for state in SETTLED]),
                name="confirmations_unsettled",
            ),
            models.Index(fields=["channel", "-id"], name="confirmations_of_a_channel"),
            models.Index(fields=["channel", "state", "-id"], name="confirmations_by_state"),
        ]
