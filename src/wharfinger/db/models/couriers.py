from django.db import models

from wharfinger.domain.shipments import Tracking


class CourierService(models.Model):
    """A service of a courier. `tracking` says when its tracking number is known."""

    courier = models.CharField(max_length=60)
    name = models.CharField(max_length=80)
    tracking = models.CharField(max_length=30, choices=[(t.value, t.value) for t in Tracking])
    gives_number = models.BooleanField(default=False)  # makes the tracking number itself (demo courier, an API)
    number_prefix = models.CharField(max_length=4, blank=True)
    amazon_carrier_code = models.CharField(max_length=60)
    amazon_carrier_name = models.CharField(max_length=60, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["courier", "name"], name="one_courier_service")]

    def __str__(self) -> str:
        return f"{self.courier} {self.name}"


class CourierMapping(models.Model):
    """How a channel tells Amazon about one of our services: carrier code and name out."""

    channel = models.ForeignKey("wharfinger.Channel", on_delete=models.CASCADE, related_name="courier_mappings")
    service = models.ForeignKey(CourierService, on_delete=models.PROTECT, related_name="mappings")
    carrier_code = models.CharField(max_length=60)
    carrier_name = models.CharField(max_length=60, blank=True)
    shipping_method = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "service"], name="one_courier_mapping")]
