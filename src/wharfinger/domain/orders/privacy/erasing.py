"""Personal data by the clock: how long it is kept, and what of an order stays when it is erased. Pure.

Amazon's Data Protection Policy lets personal data be kept for at most 30 days after the delivery of an order. The clock
of an order starts

1. when its last parcel was delivered, as Amazon shows it;
2. else at Amazon's latest deliver-by, or when it was dispatched where that was later;
3. else `IN_TRANSIT` after its dispatch, and where nothing was dispatched either, `IN_TRANSIT` after its ship-by;
4. of a cancelled order of which no parcel was dispatched, at its cancellation.

`db.queries.orders.privacy.erasing` finds the orders by these rules, many at a time.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wharfinger.domain.orders.addresses import address_parts, read_address, read_buyer
from wharfinger.domain.orders.order import IncomingAddress, IncomingBuyer, IncomingOrder
from wharfinger.domain.vat_areas import area_of, tax_country

KEPT_DAYS = range(1, 31)
"""After delivery: a shop may shorten the time, never lengthen it."""
IN_TRANSIT = timedelta(days=14)
"""What a parcel takes at most, where nobody says when it was or is to be delivered."""
REASON_AT_MOST = 300
"""Characters of a legal hold's reason."""
AT_ONCE = timedelta(days=2)
"""By so much a clock does not go on between two hourly runs, unless the computer stood still or its clock is ahead."""
SECOND_LOOK = timedelta(days=1)


def may_be_ahead(last_run: datetime | None, now: datetime) -> bool:
    """Whether nothing is to be erased before a second look a day later: what is erased cannot be had again, and a
    clock that is years ahead is noticed by then."""
    return last_run is not None and now - last_run > AT_ONCE


@dataclass(frozen=True, slots=True)
class Remains:
    """What stays of where an order went and who bought it: evidence for VAT, and nothing about a person.

    `delivery`: an address with its country alone, as a row keeps it; None where the country is not known.
    """

    delivery: dict[str, str] | None
    vat_area: str
    buyer_vat_country: str


def remains_of(
    delivery: dict[str, str] | None, buyer: dict[str, str] | None, *, vat_area: str, buyer_vat_country: str
) -> Remains:
    """`delivery`, `buyer`: as the row keeps them. The area is worked out now where an earlier version kept none."""
    address = read_address(delivery)
    if address is None:
        return Remains(None, vat_area, buyer_vat_country)
    if not vat_area:
        vat_area = area_of(address.country, address.postcode)
        buyer_vat_country = tax_country(read_buyer(buyer).vat_number)
    stays = address_parts(IncomingAddress(country=address.country)) if address.country else None
    return Remains(stays, vat_area, buyer_vat_country)


def without_personal_data(incoming: IncomingOrder) -> IncomingOrder:
    """A message about an order whose personal data was erased: what it says of people is not kept again."""
    lines = tuple(
        replace(line, gift_message="", customisation_url="", cancel_reason="")
        if line.gift_message or line.customisation_url or line.cancel_reason
        else line
        for line in incoming.lines
    )
    return replace(incoming, address=None, buyer=IncomingBuyer(), lines=lines)
