from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from wharfinger.db.encryption import EncryptedBytes, EncryptedJson, EncryptedText
from wharfinger.db.fields import EnumField
from wharfinger.domain.shipping.connections import (
    CheckKind,
    CheckState,
    ConnectionKind,
    LabelFormat,
    PackageFormat,
)
from wharfinger.domain.shipping.labels import LabelState
from wharfinger.domain.shipping.offers import OfferRule, Protection
from wharfinger.domain.shipping.printers import PrinterLanguage, PrintState
from wharfinger.domain.shipping.shipments import Tracking


class CourierConnection(models.Model):
    """An account with a courier that sells labels to programs. `sites` empty = all may use it.

    `account`: whose authorisation Amazon Buy Shipping is bought with; other kinds have a key of their own.
    """

    kind = EnumField(ConnectionKind, max_length=30)
    account = models.OneToOneField(
        "wharfinger.SellerAccount", on_delete=models.PROTECT, null=True, related_name="buy_shipping"
    )
    name = models.CharField(max_length=60)
    api_key = EncryptedText(blank=True)
    key_last_four = models.CharField(max_length=4, blank=True)
    carrier_name = models.CharField(max_length=50, blank=True)  # only where the account has several carriers
    active = models.BooleanField(default=True)
    sites = models.ManyToManyField("wharfinger.Site", related_name="+")
    checked_at = models.DateTimeField(null=True)  # trade time: the courier took the key
    refused_at = models.DateTimeField(null=True)  # trade time: it refused the key, or the account may not buy labels
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="one_courier_connection")]

    def __str__(self) -> str:
        return self.name


class ConnectionService(models.Model):
    """One line of a connection's table of service codes, which a person fills from the account.

    Where labels are chosen among offers it says which offer is taken: `rule`, `protection`, `extras`, the file of the
    label and the usual size of a parcel; `code` is then Amazon's id of a carrier or a service, empty = any.
    """

    connection = models.ForeignKey(CourierConnection, on_delete=models.CASCADE, related_name="services")
    code = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=80)
    package_format = EnumField(PackageFormat, max_length=20)
    grams_at_most = models.PositiveIntegerField(null=True)
    gives_tracking = models.BooleanField(default=True)
    active = models.BooleanField(default=True)
    taken_at = models.DateTimeField(null=True)  # trade time: the courier took the code for the first time
    rule = EnumField(OfferRule, max_length=10, blank=True, default="", db_default="")
    protection = EnumField(Protection, max_length=10, default=Protection.PREFERRED, db_default=Protection.PREFERRED)
    extras = models.CharField(max_length=200, blank=True, default="", db_default="")  # ids, with blanks between
    label_format = EnumField(LabelFormat, max_length=4, default=LabelFormat.PDF, db_default=LabelFormat.PDF)
    length_cm = models.PositiveSmallIntegerField(null=True)
    width_cm = models.PositiveSmallIntegerField(null=True)
    height_cm = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "code"], condition=Q(rule=""), name="one_service_code")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})" if self.code else self.name


class SenderAddress(models.Model):
    """From where a site's parcels are sent, as couriers print it; the country is the site's."""

    site = models.OneToOneField("wharfinger.Site", on_delete=models.CASCADE, related_name="sender_address")
    name = models.CharField(max_length=50)
    line_1 = models.CharField(max_length=60)
    line_2 = models.CharField(max_length=60, blank=True)
    town = models.CharField(max_length=60)
    county = models.CharField(max_length=60, blank=True)
    postcode = models.CharField(max_length=20)
    phone = models.CharField(max_length=20, blank=True)
    email = models.CharField(max_length=64, blank=True)


class ConnectionCheck(models.Model):
    """A check that somebody wants of a connection, and what became of it. The worker does it."""

    connection = models.ForeignKey(CourierConnection, on_delete=models.CASCADE, related_name="checks")
    kind = EnumField(CheckKind, max_length=20)
    state = EnumField(CheckState, max_length=10, default=CheckState.WANTED)
    reference = models.CharField(max_length=40)  # of its test orders, with a number behind it
    requested_by = models.ForeignKey("wharfinger.User", on_delete=models.CASCADE, related_name="+")
    requested_at = models.DateTimeField()  # trade time
    started_at_machine = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # trade time
    answer = models.TextField(blank=True)


class CourierService(models.Model):
    """A service of a courier. `tracking` says when its tracking number is known."""

    courier = models.CharField(max_length=60)
    name = models.CharField(max_length=80)
    tracking = EnumField(Tracking, max_length=30)
    gives_number = models.BooleanField(default=False)  # makes the tracking number itself (demo courier, an API)
    number_prefix = models.CharField(max_length=4, blank=True)
    amazon_carrier_code = models.CharField(max_length=60)
    amazon_carrier_name = models.CharField(max_length=60, blank=True)
    amazon_shipping_method = models.CharField(max_length=60, blank=True, default="")
    active = models.BooleanField(default=True)
    label_service = models.ForeignKey(
        ConnectionService, on_delete=models.PROTECT, null=True, related_name="courier_services"
    )  # by which its labels are bought; null = elsewhere

    class Meta:
        constraints = [models.UniqueConstraint(fields=["courier", "name"], name="one_courier_service")]

    def __str__(self) -> str:
        return f"{self.courier} {self.name}"


class CourierCutOff(models.Model):
    """By when a service's parcels must be ready at a site, on the wall clock of the site's zone; orders the board."""

    service = models.ForeignKey(CourierService, on_delete=models.CASCADE, db_index=False, related_name="cut_offs")
    site = models.ForeignKey("wharfinger.Site", on_delete=models.CASCADE, related_name="+")
    at = models.TimeField()
    weekdays = models.PositiveSmallIntegerField()  # domain.shipping.cut_offs.write_weekdays

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "site"], name="one_cut_off_of_a_site")]


class CourierGroup(models.Model):
    """Services among which an order's own is chosen, such as “Next Day”."""

    name = models.CharField(max_length=60)
    archived = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="courier_group_once")]

    def __str__(self) -> str:
        return self.name


class CourierGroupRule(models.Model):
    """One line of a group: this service, when the order fits. Empty = any; the first that fits counts."""

    group = models.ForeignKey(CourierGroup, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField()
    service = models.ForeignKey(CourierService, on_delete=models.PROTECT, related_name="group_rules")
    channel = models.ForeignKey("wharfinger.Channel", on_delete=models.CASCADE, null=True, related_name="+")
    service_level = models.CharField(max_length=40, blank=True)  # Amazon's, as it names it
    country = models.CharField(max_length=2, blank=True)
    grams_at_most = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["group", "position"], name="one_courier_group_rule")]


class CourierLevelMapping(models.Model):
    """Amazon's shipping service level in → our courier group, with the invoice priority that it stamps."""

    channel = models.ForeignKey("wharfinger.Channel", on_delete=models.CASCADE, related_name="courier_levels")
    service_level = models.CharField(max_length=40)  # Amazon's, as it names it
    group = models.ForeignKey(CourierGroup, on_delete=models.PROTECT, related_name="levels")
    invoice_priority = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "service_level"], name="one_courier_level")]


class CourierMapping(models.Model):
    """How a channel tells Amazon about one of our services: carrier code and name out."""

    channel = models.ForeignKey("wharfinger.Channel", on_delete=models.CASCADE, related_name="courier_mappings")
    service = models.ForeignKey(CourierService, on_delete=models.PROTECT, related_name="mappings")
    carrier_code = models.CharField(max_length=60)
    carrier_name = models.CharField(max_length=60, blank=True)
    shipping_method = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "service"], name="one_courier_mapping")]


class LabelBatch(models.Model):
    """Labels that somebody had bought together, for orders that were ticked or of a pick list. Trade time."""

    pick_list = models.ForeignKey(
        "wharfinger.PickList", on_delete=models.SET_NULL, null=True, db_index=False, related_name="+"
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, related_name="+")


class LabelBatchOrder(models.Model):
    """An order of the batch: its label, or why none was requested. `place`: in which order they are printed."""

    batch = models.ForeignKey(LabelBatch, on_delete=models.CASCADE, db_index=False, related_name="orders")
    order = models.ForeignKey("wharfinger.SalesOrder", on_delete=models.CASCADE, related_name="+")
    place = models.PositiveSmallIntegerField()
    label = models.OneToOneField("wharfinger.CourierLabel", on_delete=models.CASCADE, null=True, related_name="+")
    refused = models.TextField(blank=True)  # why no label was requested; names no person

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "place"], name="one_place_of_a_label_batch")]


class CourierLabel(models.Model):
    """One purchase of a label: the outbox row, written before the call, and the label itself.

    `document`: the file, with the buyer's address: encrypted, and erased with the order's personal data.

    Where it is chosen among offers: `offers` while one is to be chosen or bought (`operations.shipping._offer_steps`),
    `choice` what a person chose, `purchase` what is sent to buy it, under `purchase_key`, and sent again as it is until
    its outcome is known.
    """

    order = models.ForeignKey("wharfinger.SalesOrder", on_delete=models.PROTECT, related_name="labels")
    shipment = models.OneToOneField(
        "wharfinger.Shipment", on_delete=models.PROTECT, null=True, related_name="label"
    )  # the parcel that left with it
    service = models.ForeignKey(CourierService, on_delete=models.PROTECT, related_name="+")
    label_service = models.ForeignKey(ConnectionService, on_delete=models.PROTECT, related_name="labels")
    number = models.PositiveSmallIntegerField()  # of the parcel that the person saw
    reference = models.CharField(max_length=40, unique=True)  # ours, by which the courier's order is found again
    state = EnumField(LabelState, max_length=12, default=LabelState.WAITING)
    units = models.JSONField()  # [[line's id, units], …]
    grams = models.PositiveIntegerField()
    net_share = models.DecimalField(
        max_digits=20, decimal_places=18, null=True
    )  # of an amount, without its tax; null = requested before it was kept
    package_format = EnumField(PackageFormat, max_length=20)
    address_hash = models.CharField(max_length=64)  # keyed; of the very address it was bought for
    identifier = models.CharField(max_length=100, blank=True)  # the courier's
    tracking_number = models.CharField(max_length=60, blank=True)
    document = EncryptedBytes(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    attempted_at_machine = models.DateTimeField(null=True)  # an unknown outcome is looked up after the time-out
    look_ups = models.PositiveSmallIntegerField(default=0)  # that did not find this attempt
    again_at = models.DateTimeField()  # trade time: not before
    error = models.TextField(blank=True)
    void_why = models.CharField(max_length=200, blank=True)  # not empty = it is to be voided
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True, related_name="+")
    ready_at = models.DateTimeField(null=True)
    printed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # refused or voided
    label_format = EnumField(LabelFormat, max_length=4, default=LabelFormat.PDF, db_default=LabelFormat.PDF)
    by_hand = models.BooleanField(default=False, db_default=False)  # a person chooses the offer, whatever the rule
    length_cm = models.PositiveSmallIntegerField(null=True)
    width_cm = models.PositiveSmallIntegerField(null=True)
    height_cm = models.PositiveSmallIntegerField(null=True)
    offers = models.JSONField(null=True)
    choice = EncryptedJson(null=True)
    purchase = EncryptedJson(null=True)
    purchase_key = models.CharField(max_length=64, blank=True, default="", db_default="")
    purchase_calls = models.PositiveSmallIntegerField(default=0, db_default=0)  # under this key
    bought_service = models.CharField(max_length=120, blank=True, default="", db_default="")  # carrier and service
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True)  # with its extras
    currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    deliver_by = models.DateTimeField(null=True)  # as the courier promises
    protections = models.JSONField(null=True)  # {"included": [benefit], "excluded": [[benefit, [reason]]]}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "number"],
                condition=Q(state__in=["waiting", "choosing", "attempted", "ordered", "ready"], shipment__isnull=True),
                name="one_open_label_of_a_parcel",
            )
        ]
        indexes = [
            models.Index(
                fields=["again_at"],
                condition=Q(state__in=["waiting", "attempted", "ordered", "voiding"]),
                name="courier_labels_moving",
            ),
            models.Index(
                fields=["order"], condition=Q(state="ready", shipment__isnull=True), name="courier_labels_unused"
            ),
        ]


class Printer(models.Model):
    """A printer that takes raw data at a port of the own network."""

    name = models.CharField(max_length=60)
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField()
    language = EnumField(PrinterLanguage, max_length=10)
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="one_printer_of_a_name")]

    def __str__(self) -> str:
        return self.name


class PrintJob(models.Model):
    """One label, or a test page, for one printer. What is printed is read when it is sent."""

    printer = models.ForeignKey(Printer, on_delete=models.CASCADE, related_name="jobs", db_index=False)
    label = models.ForeignKey(
        "wharfinger.CourierLabel", on_delete=models.CASCADE, null=True, related_name="print_jobs"
    )  # null = a test page
    state = EnumField(PrintState, max_length=10, default=PrintState.WANTED)
    requested_by = models.ForeignKey("wharfinger.User", on_delete=models.CASCADE, related_name="+")
    requested_at = models.DateTimeField()  # trade time
    started_at_machine = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # trade time
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["printer", "-id"], name="print_jobs_of_printer"),
            models.Index(fields=["id"], condition=Q(state__in=["wanted", "sending"]), name="print_jobs_to_send"),
        ]
