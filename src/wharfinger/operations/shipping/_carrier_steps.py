"""Steps about carriers and tracking numbers, as they are sent to Amazon; they only read."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from wharfinger.db.any_of import any_of
from wharfinger.db.models import Channel, CourierMapping, CourierService, Shipment
from wharfinger.db.search_expressions import squeezed
from wharfinger.domain.search_codes import squeeze
from wharfinger.domain.shipping.dispatching import ServiceToUse, Stays, judge_number, why_service_is_refused
from wharfinger.domain.shipping.tracking_numbers import TrackingNumber
from wharfinger.operations.refusals import Refused


def refusal(stays: Stays) -> Refused:
    """What the domain decided, as an operation says it."""
    return Refused(stays.sentence, stays.field, **stays.values)


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
    return _carrier(service, CourierMapping.objects.filter(channel=channel_id, service=service).first())


def _carrier(service: CourierService, mapping: CourierMapping | None) -> SentCarrier:
    own = SentCarrier(service.amazon_carrier_code, service.amazon_carrier_name, service.amazon_shipping_method)
    if mapping is None:
        return own
    same = carrier_sent(mapping.carrier_code, mapping.carrier_name) == carrier_sent(own.code, own.name)
    method = mapping.shipping_method or (own.method if same else "")
    return SentCarrier(mapping.carrier_code, mapping.carrier_name, method)


def carrier_sent(code: str, name: str) -> str:
    """Both as one text, to be compared with what is sent next."""
    return f"{code} {name}".strip()


class Carriers:
    """Courier services and what channels call them at Amazon, read for many parcels: two statements."""

    def __init__(self, service_ids: Collection[int], channel_ids: Collection[int]) -> None:
        self.services = CourierService.objects.in_bulk(list(service_ids))
        mappings = CourierMapping.objects.filter(any_of("channel", channel_ids), any_of("service", service_ids))
        self._mappings = {(row.channel_id, row.service_id): row for row in mappings}

    def to_use(self, channel: Channel, service_id: int) -> ServiceToUse:
        """A service that a parcel of the channel may leave with; else refused."""
        row = self.services.get(service_id)
        found = None if row is None else self._facts(channel.pk, row)
        stays = why_service_is_refused(found, channel.name)
        if found is None or stays is not None:
            raise refusal(stays or Stays(""))
        return found

    def _facts(self, channel_id: int, row: CourierService) -> ServiceToUse:
        carrier = _carrier(row, self._mappings.get((channel_id, row.pk)))
        return ServiceToUse(
            title=str(row),
            active=row.active,
            tracking=row.tracking,
            carrier=carrier.name or carrier.code,
            gives_number=row.gives_number,
            number_prefix=row.number_prefix,
        )


def service_in_use(channel: Channel, service_id: int) -> CourierService:
    """A service that a parcel of the channel may leave with."""
    carriers = Carriers([service_id], [channel.pk])
    carriers.to_use(channel, service_id)
    return carriers.services[service_id]


def checked_number(
    typed: str, channel_id: int, service: CourierService, *, confirmed: bool, parcel_id: int | None = None
) -> TrackingNumber:
    """The number of a typed text. One that is in doubt needs a person's word: `confirmed`.

    `parcel_id`: the parcel itself, which may bear it already.
    """
    carrier = carrier_of(channel_id, service)
    elsewhere = parcels_with([typed], but=parcel_id).get(squeeze(typed), "")
    found = judge_number(typed, carrier.name or carrier.code, elsewhere=elsewhere, confirmed=confirmed)
    if isinstance(found, Stays):
        raise refusal(found)
    return found


def parcels_with(numbers: Iterable[str], *, but: int | None = None) -> dict[str, str]:
    """Which parcel bears each of these tracking numbers already, by the squeezed number. One statement."""
    wanted = {bare for number in numbers if (bare := squeeze(number))}
    if not wanted:
        return {}
    rows = Shipment.objects.annotate(bare=squeezed("tracking_number")).filter(~Q(pk=but or 0), bare__in=wanted)
    named = rows.order_by("-pk").values_list("bare", "package_reference", "order__code")
    return {bare: f"parcel {reference} of {code}" for bare, reference, code in named}
