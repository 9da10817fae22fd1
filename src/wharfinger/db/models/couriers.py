from django.db import models
from django.db.models.functions import Lower

from wharfinger.db.fields import EnumField
from wharfinger.domain.shipping.shipments import Tracking


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
