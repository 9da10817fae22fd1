"""Steps that find or make the customer of an order; they need an open transaction."""

from dataclasses import asdict
from datetime import datetime

from django.db.models import F

from wharfinger.db.encryption import keyed_hash
from wharfinger.db.models import Channel, Customer, Installation
from wharfinger.domain.orders import IncomingAddress, IncomingOrder
from wharfinger.operations._invoice_steps import INSTALLATION_ID


def surname(name: str) -> str:
    parts = name.split()
    return parts[-1] if parts else ""


def hashes_of(order: IncomingOrder) -> dict[str, str]:
    """The keyed hashes by which an order is found again: postcode, surname, e-mail."""
    address = order.address or IncomingAddress()
    return {
        "postcode_hash": keyed_hash("postcode", address.postcode),
        "surname_hash": keyed_hash("surname", surname(address.name or order.buyer.name)),
        "email_hash": keyed_hash("email", order.buyer.email),
    }


def find_or_make_customer(order: IncomingOrder, *, now: datetime) -> Customer | None:
    """By address line 1 + town + postcode, then forename + surname, else a new one. None without buyer data."""
    address = order.address
    name = (address.name if address else "") or order.buyer.name
    if address is None or not (address.line_1 and name):
        return None
    where = keyed_hash("address", f"{address.line_1}|{address.town}|{address.postcode}")
    who = keyed_hash("name", name)
    known = Customer.objects.filter(address_hash=where, name_hash=who, generic=False)
    customer = known.order_by("pk").first()
    if customer is not None:
        return customer
    return Customer.objects.create(
        code=_next_code(),
        name=name,
        email=order.buyer.email,
        address=asdict(address),
        address_hash=where,
        name_hash=who,
        made_at=now,
        **hashes_of(order),
    )


def generic_customer(channel: Channel, placed_at: datetime, *, now: datetime) -> Customer:
    """The month's one customer of a channel, for orders whose buyer Amazon does not tell."""
    code = f"{channel.name[:8].strip()}-{channel.pk}-{placed_at:%m%y}"  # names of channels may begin alike
    customer, _made = Customer.objects.get_or_create(
        code=code, defaults={"generic": True, "name": f"{channel.name} {placed_at:%B %Y}", "made_at": now}
    )
    return customer


def _next_code() -> str:
    Installation.objects.filter(pk=INSTALLATION_ID).update(next_customer=F("next_customer") + 1)
    return f"C{Installation.objects.get(pk=INSTALLATION_ID).next_customer - 1:06d}"
