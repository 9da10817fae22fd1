"""Courier services: what there is, when each gives its tracking number, and how Amazon knows its carrier."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from wharfinger.db.models import CourierService, User
from wharfinger.domain.sentences import Sentence
from wharfinger.domain.shipping.carriers import carrier_fault
from wharfinger.domain.shipping.shipments import Tracking
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """What a person entered. `gives_number`: the service makes the tracking number itself, at once."""

    courier: str
    name: str
    tracking: Tracking
    gives_number: bool
    number_prefix: str
    amazon_carrier_code: str
    amazon_carrier_name: str = ""
    amazon_shipping_method: str = ""
    active: bool = True
    carrier_seen_at_amazon: bool = False
    """A person saw the code in Seller Central although our table of carriers does not hold it."""
    label_service_id: int | None = None
    """The line of a courier connection by which its labels are bought; None = elsewhere."""


@operation
def create_service(entry: ServiceEntry, *, now: datetime, user: User | None = None) -> CourierService:
    service = CourierService()
    _refuse_files(entry, before=None)
    _write(service, _checked(entry))
    record_audit("create", "CourierService", service.pk, before=None, after=_facts(service), now=now, user=user)
    return service


@operation
def edit_service(service_id: int, entry: ServiceEntry, *, now: datetime, user: User | None = None) -> CourierService:
    service = CourierService.objects.select_for_update(no_key=True).get(pk=service_id)
    before = _facts(service)
    _refuse_files(entry, before=service.tracking)
    _write(service, _checked(entry))
    record_audit("edit", "CourierService", service.pk, before=before, after=_facts(service), now=now, user=user)
    return service


def _refuse_files(entry: ServiceEntry, *, before: str | None) -> None:
    """A service that was made with it keeps it, and is not offered."""
    if entry.tracking is Tracking.LATER and before != Tracking.LATER:
        raise Refused(
            "Exchanging files with a courier is not available yet. Choose “Later, typed on the order”.", "tracking"
        )


def _checked(entry: ServiceEntry) -> ServiceEntry:
    checked = ServiceEntry(
        courier=_text(entry.courier, "courier", 60),
        name=_text(entry.name, "name", 80),
        tracking=entry.tracking,
        amazon_carrier_code=_text(entry.amazon_carrier_code, "amazon_carrier_code", 60),
        amazon_carrier_name=_text(entry.amazon_carrier_name, "amazon_carrier_name", 60, empty=True),
        amazon_shipping_method=_text(entry.amazon_shipping_method, "amazon_shipping_method", 60, empty=True),
        gives_number=entry.gives_number,
        number_prefix=_text(entry.number_prefix, "number_prefix", 4, empty=True),
        active=entry.active,
        carrier_seen_at_amazon=entry.carrier_seen_at_amazon,
        label_service_id=entry.label_service_id,
    )
    fault = carrier_fault(
        checked.amazon_carrier_code, checked.amazon_carrier_name, seen_at_amazon=entry.carrier_seen_at_amazon
    )
    if fault is not None:
        raise Refused(fault[1], f"amazon_{fault[0]}")
    if checked.gives_number and checked.tracking is not Tracking.AT_ONCE:
        raise Refused("A service that generates the tracking number gives it at once. Choose “At once”.", "tracking")
    if checked.gives_number and checked.label_service_id is not None:
        raise Refused("A bought label brings its own number. Untick “Generates the tracking number”.", "gives_number")
    return checked


def _text(text: str, field: str, at_most: int, *, empty: bool = False) -> str:
    cleaned = " ".join(text.split())
    words = Sentence(field.replace("_", " "))
    if not cleaned and not empty:
        raise Refused("Give the %(words)s.", field, words=words)
    if len(cleaned) > at_most:
        raise Refused(
            "The %(words)s has %(count)s characters; at most %(at_most)s fit. Shorten it.",
            field,
            words=words,
            count=len(cleaned),
            at_most=at_most,
        )
    return cleaned


def _write(service: CourierService, entry: ServiceEntry) -> None:
    service.courier, service.name, service.tracking = entry.courier, entry.name, entry.tracking
    service.gives_number, service.number_prefix = entry.gives_number, entry.number_prefix
    service.amazon_carrier_code = entry.amazon_carrier_code
    service.amazon_carrier_name = entry.amazon_carrier_name
    service.amazon_shipping_method = entry.amazon_shipping_method
    service.active = entry.active
    service.label_service_id = entry.label_service_id
    try:
        with transaction.atomic():
            service.save()
    except IntegrityError as error:
        if "one_courier_service" not in str(error):
            raise
        raise Refused(
            "%(courier)s already has a service “%(entry)s”. Give this one another name.",
            "name",
            courier=entry.courier,
            entry=entry.name,
        ) from error


def _facts(service: CourierService) -> dict[str, str]:
    return {
        "courier": service.courier,
        "name": service.name,
        "tracking": service.tracking,
        "carrier code": service.amazon_carrier_code,
        "carrier name": service.amazon_carrier_name,
        "shipping method": service.amazon_shipping_method,
        "active": str(service.active),
        "labels": str(service.label_service or ""),
    }
