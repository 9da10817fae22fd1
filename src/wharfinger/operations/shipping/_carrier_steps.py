"""Steps about carriers and tracking numbers, as they are sent to Amazon; they only read."""

from dataclasses import dataclass

from wharfinger.db.models import Channel, CourierMapping, CourierService
from wharfinger.domain.shipping.shipments import Tracking
from wharfinger.domain.shipping.tracking_numbers import NotATrackingNumber, TrackingNumber, read_tracking_number
from wharfinger.operations.refusals import Refused


@dataclass(frozen=True, slots=True)
class SentCarrier:
    """Amazon's code, the name where the code is Other, and the shipping method where the mapping has one."""

    code: str
    name: str
    method: str = ""

    @property
    def shown(self) -> str:
        """As Amazon would show it: the name where it has no code."""
        return carrier_sent(self.code, self.name).removeprefix("Other ")


def carrier_of(channel_id: int, service: CourierService) -> SentCarrier:
    """By the channel's own mapping of the service, else by the service.

    A mapping that names no method takes the service's, as long as it names the service's carrier too.
    """
    own = SentCarrier(service.amazon_carrier_code, service.amazon_carrier_name, service.amazon_shipping_method)
    mapping = CourierMapping.objects.filter(channel=channel_id, service=service).first()
    if mapping is None:
        return own
    same = carrier_sent(mapping.carrier_code, mapping.carrier_name) == carrier_sent(own.code, own.name)
    method = mapping.shipping_method or (own.method if same else "")
    return SentCarrier(mapping.carrier_code, mapping.carrier_name, method)


def carrier_sent(code: str, name: str) -> str:
    """Both as one text, to be compared with what is sent next."""
    return f"{code} {name}".strip()


def service_in_use(channel: Channel, service_id: int) -> CourierService:
    """A service that a parcel of the channel may leave with."""
    service = CourierService.objects.filter(pk=service_id, active=True).first()
    if service is None:
        raise Refused("This courier service is no longer in use. Choose another.", "service_id")
    if service.tracking == Tracking.LATER:
        raise Refused(
            "%(service)s exchanges files, which is not available yet. Choose another service.",
            "service_id",
            service=service,
        )
    if not service.amazon_carrier_code and not channel.courier_mappings.filter(service=service).exists():
        raise Refused(
            "%(channel)s has no carrier code for %(service)s. Map it on the channel's tab Courier mapping.",
            "service_id",
            channel=channel.name,
            service=service,
        )
    return service


def checked_number(typed: str, channel_id: int, service: CourierService, *, confirmed: bool) -> TrackingNumber:
    """The number of a typed text. One that does not fit its carrier needs a person's word: `confirmed`."""
    carrier = carrier_of(channel_id, service)
    found = read_tracking_number(typed, carrier.name or carrier.code)
    if isinstance(found, NotATrackingNumber):
        raise Refused(found.reason, "tracking_number")
    if found.doubt and not confirmed:
        raise Refused("%(doubt)s If it is right, tick “The number is right”.", "number_confirmed", doubt=found.doubt)
    return found
