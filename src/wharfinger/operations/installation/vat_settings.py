"""What VAT is worked out from: registrations, where goods leave from, and rates of single items."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from wharfinger.db.models import Site, StockItem, User, VatItemRate, VatRegistration
from wharfinger.domain.vat_areas import UNION
from wharfinger.domain.vat_facts import Registration, RegistrationKind
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

NUMBER_AT_MOST = 20
_WHERE = {
    RegistrationKind.VAT: UNION | {"GB"},
    RegistrationKind.UNION_OSS: UNION | {"XI"},
    RegistrationKind.IOSS: UNION | {"XI"},
    RegistrationKind.BELOW_THRESHOLD: UNION,
}
"""In which countries there is such a thing."""


@dataclass(frozen=True, slots=True)
class ItemRateEntry:
    """`code`: of the stock item; `rate`: per cent."""

    code: str
    country: str
    rate: Decimal
    since: date


@operation
def add_registration(entry: Registration, *, now: datetime, user: User) -> int:
    """Returns its id. Refused for a country that has no such registration, a last day before the first, one twice."""
    country = entry.country.strip().upper()
    if country not in _WHERE[entry.kind]:
        raise Refused(
            "“%(country)s” is no country of this kind: give two letters, such as GB or DE.",
            "country",
            country=entry.country[:20],
        )
    if entry.until is not None and entry.until < entry.since:
        raise Refused("The last day lies before the first one.", "until")
    if len(entry.number) > NUMBER_AT_MOST:
        raise Refused("A VAT number has at most %(at_most)s characters.", "number", at_most=NUMBER_AT_MOST)
    if VatRegistration.objects.filter(kind=entry.kind, country=country, since=entry.since).exists():
        raise Refused("It is there already: remove it first to change it.", "country")
    row = VatRegistration.objects.create(
        kind=entry.kind,
        country=country,
        number=entry.number.strip(),
        since=entry.since,
        until=entry.until,
        established=entry.established and entry.kind is RegistrationKind.VAT,
    )
    record_audit("create", "VAT registration", row.pk, before=None, after=_facts(row), now=now, user=user)
    return int(row.pk)


@operation
def remove_registration(registration_id: int, *, now: datetime, user: User) -> None:
    """For one that was wrong; one that ended has a last day."""
    row = VatRegistration.objects.select_for_update(no_key=True).filter(pk=registration_id).first()
    if row is None:
        raise Refused("This registration is not there any more.")
    record_audit("delete", "VAT registration", row.pk, before=_facts(row), after=None, now=now, user=user)
    row.delete()


@operation
def set_site_country(site_id: int, country: str, *, now: datetime, user: User) -> None:
    """From which country the site's goods leave; empty = not known, as for a pool of Amazon's in several countries."""
    code = country.strip().upper()
    if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise Refused("Give the country's two letters, such as GB, DE or XI (Northern Ireland).", "country")
    site = Site.objects.select_for_update(no_key=True).filter(pk=site_id).first()
    if site is None:
        raise Refused("This site is not there any more.")
    if site.country == code:
        return
    before, site.country = site.country, code
    site.save(update_fields=["country"])
    record_audit("change", "Site", site.pk, before={"country": before}, after={"country": code}, now=now, user=user)


@operation
def add_item_rate(entry: ItemRateEntry, *, now: datetime, user: User) -> int:
    """Returns its id. Refused for an item that is not there, a country without VAT here, a rate that is none."""
    item = StockItem.objects.filter(code=entry.code.strip()).first()
    if item is None:
        raise Refused("There is no stock item “%(entry)s”.", "code", entry=entry.code[:60])
    country = entry.country.strip().upper()
    if country not in UNION | {"GB"}:
        raise Refused(
            "“%(country)s” has no VAT rates here: give two letters, such as GB or DE.",
            "country",
            country=entry.country[:20],
        )
    if not 0 <= entry.rate <= 50:
        raise Refused("Give a rate from 0 to 50 per cent.", "rate")
    row, made = VatItemRate.objects.get_or_create(
        item=item, country=country, since=entry.since, defaults={"rate": entry.rate}
    )
    if not made:
        raise Refused("The item has a rate there from this day already: remove it first.", "since")
    after = {"item": item.code, "country": country, "rate": str(entry.rate), "since": entry.since.isoformat()}
    record_audit("create", "VAT rate", row.pk, before=None, after=after, now=now, user=user)
    return int(row.pk)


@operation
def remove_item_rate(rate_id: int, *, now: datetime, user: User) -> None:
    row = (
        VatItemRate.objects.select_for_update(no_key=True, of=("self",))
        .select_related("item")
        .filter(pk=rate_id)
        .first()
    )
    if row is None:
        raise Refused("This rate is not there any more.")
    before = {"item": row.item.code, "country": row.country, "rate": str(row.rate), "since": row.since.isoformat()}
    record_audit("delete", "VAT rate", row.pk, before=before, after=None, now=now, user=user)
    row.delete()


def _facts(row: VatRegistration) -> dict[str, Any]:
    return {
        "kind": row.kind.msgid,
        "country": row.country,
        "number": row.number,
        "since": row.since.isoformat(),
        "until": row.until.isoformat() if row.until else "",
        "established": row.established,
    }
