"""Destinations of alerts: entered, tested, and what became of each alert there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from wharfinger.db.models import Alert, AlertDelivery, AlertDestination, User
from wharfinger.db.queries.installation.destinations import route_of
from wharfinger.db.queries.installation.live import is_copy
from wharfinger.domain.installation.alerts import AlertKind
from wharfinger.domain.installation.destinations import (
    ALERTS_IN_A_MESSAGE,
    ATTEMPTS_AT_MOST,
    DIGESTS,
    DeliveryState,
    DestinationKind,
    shown_address,
)
from wharfinger.domain.retry import pause_after
from wharfinger.operations import triggers
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

DESTINATIONS_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class DestinationEntry:
    """What a person entered. Empty `address` = keep the stored one. No `kinds` = all; `digest` in minutes."""

    name: str
    kind: DestinationKind
    address: str = field(repr=False)
    kinds: tuple[str, ...] = ()
    urgent_only: bool = False
    quiet_since: time | None = None
    quiet_until: time | None = None
    zone: str = "UTC"
    urgent_breaks_quiet: bool = True
    digest: int = 0
    active: bool = True


@operation
def create_destination(entry: DestinationEntry, *, plain_http: bool, now: datetime, user: User) -> AlertDestination:
    """`plain_http`: addresses without TLS are taken too (a demo system)."""
    if AlertDestination.objects.count() >= DESTINATIONS_AT_MOST:
        raise Refused("At most %(at_most)s destinations. Remove one first.", at_most=DESTINATIONS_AT_MOST)
    row = AlertDestination(since=now)
    if not entry.address.strip():
        raise Refused("Give the address.", "address")
    _write(row, entry, plain_http=plain_http)
    record_audit("create", "AlertDestination", row.pk, before=None, after=_facts(row), now=now, user=user)
    return row


@operation
def edit_destination(
    destination_id: int, entry: DestinationEntry, *, plain_http: bool, now: datetime, user: User
) -> AlertDestination:
    """What waits goes out by the new address at once; switched on again, it gets what is raised from now on."""
    row = AlertDestination.objects.select_for_update(no_key=True).get(pk=destination_id)
    before, was_active, kind = _facts(row), row.active, row.kind
    if kind is not entry.kind and not entry.address.strip():
        raise Refused("Another kind has another address: give it.", "address")
    _write(row, entry, plain_http=plain_http)
    if row.active and not was_active:
        AlertDestination.objects.filter(pk=row.pk).update(since=now)
    after = _facts(row) | ({"address": "changed"} if entry.address.strip() else {})
    record_audit("edit", "AlertDestination", row.pk, before=before, after=after, now=now, user=user)
    if entry.address.strip():
        failed = row.deliveries.filter(state__in=[DeliveryState.WAITING, DeliveryState.FAILED], attempts__gt=0)
        failed.update(state=DeliveryState.WAITING, due_at=now, attempts=0)
    triggers.run_periodic_task(triggers.ALERTS_OUT)
    return row


@operation
def remove_destination(destination_id: int, *, now: datetime, user: User) -> str:
    row = AlertDestination.objects.select_for_update().get(pk=destination_id)
    record_audit("remove", "AlertDestination", row.pk, before=_facts(row), after=None, now=now, user=user)
    row.delete()
    return row.name


@operation
def request_test(destination_id: int, *, now: datetime) -> None:
    """The worker sends it; the page shows what became of it. Refused for a restored copy, whose worker tells nobody."""
    if is_copy():
        raise Refused(
            "This is a restored copy, which sends nothing: no message would leave. Stop the former installation, then "
            "press “This is the live one” under Settings, Backups."
        )
    AlertDestination.objects.filter(pk=destination_id).update(test_wanted_at=now, tested_at=None, test_error="")
    triggers.run_periodic_task(triggers.ALERTS_OUT)


@operation
def settle_test(destination_id: int, *, error: str, now: datetime) -> None:
    wanted = AlertDestination.objects.filter(pk=destination_id)
    wanted.update(test_wanted_at=None, tested_at=now, test_error=error)


def _write(row: AlertDestination, entry: DestinationEntry, *, plain_http: bool) -> None:
    row.name = " ".join(entry.name.split())
    if not row.name or len(row.name) > 60 or not row.name.isprintable():
        raise Refused("Give a name of at most 60 characters.", "name")
    row.kind = entry.kind
    if entry.address.strip():
        row.address = _checked_address(entry.kind, entry.address.strip(), plain_http=plain_http)
        row.address_shown = shown_address(entry.kind, row.address)[:250]
    row.kinds = [kind.value for kind in AlertKind if kind.value in entry.kinds]
    row.urgent_only, row.urgent_breaks_quiet, row.active = entry.urgent_only, entry.urgent_breaks_quiet, entry.active
    if (entry.quiet_since is None) is not (entry.quiet_until is None):
        raise Refused("Give both ends of the quiet hours, or neither.", "quiet_until")
    if entry.quiet_since is not None and entry.quiet_since == entry.quiet_until:
        raise Refused("Quiet hours end at another time than they begin. To send nothing, switch it off.", "quiet_until")
    row.quiet_since, row.quiet_until = entry.quiet_since, entry.quiet_until
    if entry.zone not in available_timezones():
        raise Refused("Choose a time zone from the list.", "zone")
    if entry.digest not in DIGESTS:
        raise Refused("Choose from the list how alerts are collected.", "digest")
    row.zone, row.digest = entry.zone, entry.digest
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "one_alert_destination" not in str(error):
            raise
        raise Refused(
            "There is a destination “%(name)s” already. Give this one another name.", "name", name=row.name
        ) from error


def _checked_address(kind: DestinationKind, address: str, *, plain_http: bool) -> str:
    """A sentence never quotes the address: it is a secret."""
    if kind is DestinationKind.EMAIL:
        try:
            validate_email(address)
        except ValidationError as error:
            raise Refused("This is not an e-mail address. Write it as name@example.com.", "address") from error
        return address
    try:
        parts = urlsplit(address)
        named, _ = parts.hostname, parts.port
    except ValueError:
        named, parts = None, urlsplit("")
    lawful = ("https", "http") if plain_http else ("https",)
    if not named or parts.scheme not in lawful or not address.isascii() or not address.isprintable() or " " in address:
        raise Refused("Paste the whole address of the webhook; it begins with https://.", "address")
    if parts.username is not None or parts.password is not None or len(address) > 1000:
        raise Refused("The address has a user name or password in it, or is longer than 1000 characters.", "address")
    return address


def _facts(row: AlertDestination) -> dict[str, str]:
    """For the audit: of the address only where it leads."""
    quiet = f"{row.quiet_since:%H:%M}–{row.quiet_until:%H:%M} {row.zone}" if row.quiet_since and row.quiet_until else ""
    return {
        "name": row.name,
        "kind": row.kind,
        "address": row.address_shown,
        "alerts": ", ".join(row.kinds) or "all",
        "urgent only": str(row.urgent_only),
        "quiet hours": quiet,
        "urgent breaks quiet hours": str(row.urgent_breaks_quiet),
        "digest": f"{row.digest} minutes" if row.digest else "",
        "active": str(row.active),
    }


# --- what goes out


@operation
def plan_deliveries(*, now: datetime) -> None:
    """A row for each open alert and each destination that takes it, and the end of those whose alert was closed."""
    AlertDelivery.objects.filter(state=DeliveryState.WAITING, alert__closed_at__isnull=False).update(
        state=DeliveryState.CLOSED
    )
    destinations = list(AlertDestination.objects.filter(active=True))
    alerts = list(Alert.objects.filter(closed_at=None).only("kind", "raised_at")) if destinations else []
    known = set(AlertDelivery.objects.filter(alert__in=alerts).values_list("alert_id", "destination_id"))
    AlertDelivery.objects.bulk_create(_missing(destinations, alerts, known, now), ignore_conflicts=True)


def _missing(
    destinations: Iterable[AlertDestination], alerts: Sequence[Alert], known: set[tuple[int, int]], now: datetime
) -> list[AlertDelivery]:
    found = []
    for destination in destinations:
        route = route_of(destination)
        for alert in alerts:
            new = alert.raised_at >= destination.since and (alert.pk, destination.pk) not in known
            if new and route.takes(alert.kind):
                due_at = route.due_at(alert.kind, now)
                found.append(AlertDelivery(alert=alert, destination=destination, due_at=due_at))
    return found


@operation
def claim_deliveries(destination_id: int, *, now: datetime) -> tuple[int, ...]:
    """Write the attempt before the sending: what is due there now, at most one message full; empty = nothing is."""
    rows = AlertDelivery.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).filter(
        destination=destination_id, destination__active=True, state=DeliveryState.WAITING, due_at__lte=now
    )
    claimed = list(rows.order_by("alert__raised_at", "pk")[:ALERTS_IN_A_MESSAGE])
    for row in claimed:
        row.attempts, row.due_at = row.attempts + 1, now + pause_after(row.attempts + 1)
    AlertDelivery.objects.bulk_update(claimed, ["attempts", "due_at"])
    return tuple(row.alert_id for row in claimed)


@operation
def settle_deliveries(destination_id: int, alert_ids: Sequence[int], *, error: str, now: datetime) -> None:
    """Sent; or not, with the reason: it is tried again, less often each time, and given up in the end."""
    rows = AlertDelivery.objects.filter(
        destination=destination_id, alert__in=list(alert_ids), state=DeliveryState.WAITING
    )
    if not error:
        rows.update(state=DeliveryState.SENT, sent_at=now, error="")
        return
    rows.filter(attempts__gte=ATTEMPTS_AT_MOST).update(state=DeliveryState.FAILED, error=error)
    rows.update(error=error)
