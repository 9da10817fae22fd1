"""Steps that find or make the customer of an order; they need an open transaction."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from wharfinger.db.encryption import keyed_hash
from wharfinger.db.models import Channel, Customer, Installation
from wharfinger.domain.channels.channel import CustomerPolicy
from wharfinger.domain.channels.options import OptionValues
from wharfinger.domain.days import day_of
from wharfinger.domain.orders.addresses import doubts, has_street, masked
from wharfinger.domain.orders.customers import generic_code, month_of
from wharfinger.domain.orders.order import IncomingAddress, IncomingBuyer
from wharfinger.operations.after_sale._invoice_steps import INSTALLATION_ID

_TRIES = 5
"""Two orders of a new month at once: whoever is second finds the first one's customer, or takes the next code."""


def surname(name: str) -> str:
    parts = name.split()
    return parts[-1] if parts else ""


@dataclass(frozen=True, slots=True)
class People:
    """Who bought an order and where it goes, as far as Amazon has sent it."""

    address: IncomingAddress | None = None
    buyer: IncomingBuyer = IncomingBuyer()

    @property
    def name(self) -> str:
        return (self.address.name if self.address else "") or self.buyer.name


def hashes_of(people: People) -> dict[str, str]:
    """The keyed hashes by which an order is found again: postcode, surname, e-mail; of a masked part none."""
    postcode = people.address.postcode if people.address else ""
    return {
        "postcode_hash": "" if masked(postcode, "postcode") else keyed_hash("postcode", postcode),
        "surname_hash": "" if masked(people.name) else keyed_hash("surname", surname(people.name)),
        "email_hash": "" if masked(people.buyer.email) else keyed_hash("email", people.buyer.email),
    }


def customer_for(
    channel: Channel, people: People, options: OptionValues, *, placed_at: datetime, now: datetime
) -> Customer | None:
    """Whose record the buyer becomes by the channel's Customer policy; None while nothing is known of the buyer."""
    if options.customer_policy is CustomerPolicy.GENERIC:
        return generic_customer(channel, placed_at, company_class=options.company_class, now=now)
    return find_or_make_customer(people, company_class=options.company_class, now=now)


def find_or_make_customer(people: People, *, company_class: int | None = None, now: datetime) -> Customer | None:
    """By address line 1 + town + postcode, then forename + surname, else a new one. None without clear buyer data."""
    address = people.address
    name = people.name or (address.company if address else "")
    if address is None or not (has_street(address) and name) or doubts(address).masked or masked(name):
        return None
    where = keyed_hash("address", f"{address.line_1}|{address.town}|{address.postcode}")
    who = keyed_hash("name", name)
    known = Customer.objects.filter(address_hash=where, name_hash=who, generic=False)
    customer = known.order_by("pk").first()
    if customer is not None:
        return customer
    return Customer.objects.create(
        code=_next_code(),
        company_class_id=company_class,
        name=name,
        email=people.buyer.email,
        address=asdict(address),
        address_hash=where,
        name_hash=who,
        made_at=now,
        **hashes_of(people),
    )


def generic_customer(
    channel: Channel, placed_at: datetime, *, company_class: int | None = None, now: datetime
) -> Customer:
    """The one customer of a channel and a month of its marketplace, for orders whose buyer Amazon does not tell."""
    day = day_of(placed_at, channel.marketplace.time_zone)
    month = month_of(day)
    for _ in range(_TRIES):
        known = Customer.objects.filter(generic_channel=channel, generic_month=month).first()
        if known is not None:
            return known
        taken = set(Customer.objects.filter(code__endswith=f"-{month}").values_list("code", flat=True))
        try:
            with transaction.atomic():
                return Customer.objects.create(
                    code=generic_code(channel.name, month, taken),
                    generic=True,
                    generic_channel=channel,
                    generic_month=month,
                    company_class_id=company_class,
                    name=f"{channel.name} {day:%B %Y}",
                    made_at=now,
                )
        except IntegrityError as error:
            if not any(name in str(error) for name in ("one_generic_customer_a_month", "customer_code")):
                raise
    raise RuntimeError(f"no code is free for the generic customer of channel {channel.pk} in {month}")


def _next_code() -> str:
    Installation.objects.filter(pk=INSTALLATION_ID).update(next_customer=F("next_customer") + 1)
    return f"C{Installation.objects.get(pk=INSTALLATION_ID).next_customer - 1:06d}"
