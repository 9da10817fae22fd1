"""Steps that find or make the customers of a batch's orders; they need an open transaction."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never

from django.db import connection

from wharfinger.db.any_of import any_of
from wharfinger.db.encryption import keyed_hash
from wharfinger.db.models import Channel, Customer
from wharfinger.domain.channels.channel import CustomerPolicy
from wharfinger.domain.channels.options import OptionValues
from wharfinger.domain.days import day_of
from wharfinger.domain.orders.addresses import address_parts, doubts_of_tidy, has_street, masked
from wharfinger.domain.orders.customers import generic_code, month_of
from wharfinger.domain.orders.order import IncomingAddress, IncomingBuyer
from wharfinger.operations._rows import Rows, draw, new_row

NUMBERS = "wharfinger_customer_number"
"""The sequence of customers' codes; gaps are allowed."""


@dataclass(frozen=True, slots=True)
class People:
    """Who bought an order and where it goes, as far as Amazon has sent it."""

    address: IncomingAddress | None = None
    buyer: IncomingBuyer = IncomingBuyer()

    @property
    def name(self) -> str:
        return (self.address.name if self.address else "") or self.buyer.name


@dataclass(frozen=True, slots=True)
class Buyer:
    """A buyer who gets a record of his own, known by address line 1 + town + postcode, then by his name: hashes."""

    where: str
    who: str


@dataclass(frozen=True, slots=True)
class MonthsBuyers:
    """All buyers of a channel and a month (mmyy of its marketplace) that share one record."""

    channel_id: int
    month: str


Wanted = Buyer | MonthsBuyers | None


def wanted_customer(channel: Channel, people: People, options: OptionValues, *, placed_at: datetime) -> Wanted:
    """Whose record the buyer becomes by the channel's Customer policy; None while nothing is known of the buyer."""
    if options.customer_policy is CustomerPolicy.GENERIC:
        return months_buyers(channel, placed_at)
    return own_record(people)


def own_record(people: People) -> Buyer | None:
    """None without clear buyer data."""
    address = people.address
    name = _name(people)
    if address is None or not (has_street(address) and name) or doubts_of_tidy(address).masked or masked(name):
        return None
    where = keyed_hash("address", f"{address.line_1}|{address.town}|{address.postcode}")
    return Buyer(where, keyed_hash("name", name))


def months_buyers(channel: Channel, placed_at: datetime) -> MonthsBuyers:
    return MonthsBuyers(channel.pk, month_of(day_of(placed_at, channel.marketplace.time_zone)))


def _name(people: People) -> str:
    return people.name or (people.address.company if people.address else "")


class Customers:
    """Customers of a batch: those that are there, and those that it makes, each once."""

    def __init__(self, *, now: datetime) -> None:
        self._now = now
        self._known: dict[Buyer | MonthsBuyers, int] = {}
        self._rows = Rows(Customer)
        self._codes: set[str] = set()
        self._numbers: list[int] = []
        self.missing = 0
        """How many records are going to be made."""

    def read(self, wanted: Collection[Buyer | MonthsBuyers]) -> None:
        """Those of them that are there. Whoever is not is this transaction's to make until it ends: another batch that
        has an order of the same new buyer waits, and finds the record then."""
        self._find(wanted)
        unknown = [one for one in wanted if one not in self._known]
        if not unknown:
            return
        _lock(unknown)
        self._find(unknown)
        self.missing = sum(one not in self._known for one in unknown)
        buyers = [one for one in unknown if isinstance(one, Buyer) and one not in self._known]
        self._numbers = draw({NUMBERS: len(buyers)})[NUMBERS]
        months = {one.month for one in unknown if isinstance(one, MonthsBuyers)}
        if months:
            generic = Customer.objects.filter(generic=True, generic_month__in=months)
            self._codes = set(generic.values_list("code", flat=True))

    def _find(self, wanted: Collection[Buyer | MonthsBuyers]) -> None:
        buyers = [one for one in wanted if isinstance(one, Buyer)]
        months = [one for one in wanted if isinstance(one, MonthsBuyers)]
        if buyers:
            known = Customer.objects.filter(
                any_of("address_hash", {one.where for one in buyers}),
                any_of("name_hash", {one.who for one in buyers}),
                generic=False,
            )
            columns = ("pk", "merged_into", "address_hash", "name_hash")
            for pk, kept, where, who in known.order_by("-pk").values_list(*columns):
                self._known[Buyer(where, who)] = kept or pk
        if months:
            known = Customer.objects.filter(
                generic_channel__in={one.channel_id for one in months}, generic_month__in={one.month for one in months}
            )
            for pk, channel, month in known.values_list("pk", "generic_channel", "generic_month"):
                self._known[MonthsBuyers(channel or 0, month)] = pk

    def find_or_make(
        self, wanted: Wanted, channel: Channel, people: People, options: OptionValues, ids: Callable[[], int]
    ) -> int | None:
        """The customer's id. `ids`: draws one for a new record."""
        if wanted is None or wanted in self._known:
            return None if wanted is None else self._known[wanted]
        row = self._new(wanted, channel, people)
        row.pk, row.made_at, row.company_class_id = ids(), self._now, options.company_class
        self._rows.add(row)
        self._known[wanted] = row.pk
        return row.pk

    def _new(self, wanted: Buyer | MonthsBuyers, channel: Channel, people: People) -> Customer:
        match wanted:
            case Buyer(where, who):
                return new_row(
                    Customer,
                    code=f"C{self._numbers.pop(0):06d}",
                    name=_name(people),
                    email=people.buyer.email,
                    address=address_parts(people.address or IncomingAddress()),
                    address_hash=where,
                    name_hash=who,
                )
            case MonthsBuyers(_, month):
                code = generic_code(channel.name, month, self._codes)
                self._codes.add(code)
                return new_row(
                    Customer,
                    code=code,
                    generic=True,
                    generic_channel=channel,
                    generic_month=month,
                    name=f"{channel.name} {date(2000 + int(month[2:]), int(month[:2]), 1):%B %Y}",
                )
            case _:
                assert_never(wanted)

    def write(self) -> None:
        self._rows.write()


def _lock(unknown: Collection[Buyer | MonthsBuyers]) -> None:
    """Until the transaction's end. A month's codes are shared by all channels, hence one lock for the month."""
    names = {f"{one.where}{one.who}" if isinstance(one, Buyer) else f"generic {one.month}" for one in unknown}
    keys = sorted(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True) for name in names)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS wanted(key)", [keys])
