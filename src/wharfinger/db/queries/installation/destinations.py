"""Destinations of alerts, for pages and for the worker."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Min, Q

from wharfinger.db.models import Alert, AlertDelivery, AlertDestination
from wharfinger.db.queries.installation.alerts import with_channel
from wharfinger.domain.installation.alerts import AlertKind
from wharfinger.domain.installation.destinations import DeliveryState, DestinationKind, Quiet, Route
from wharfinger.domain.installation.subjects import Subject

_DELIVERIES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class DestinationRow:
    """What pages show: never the address. `error`: of what waits or was given up now."""

    id: int
    name: str
    kind: DestinationKind
    address_shown: str
    route: Route
    active: bool
    waiting: int
    failed: int
    last_sent_at: datetime | None
    error: str
    test_wanted_at: datetime | None
    tested_at: datetime | None
    test_error: str

    @property
    def tested(self) -> bool:
        """A test is not under way."""
        return self.test_wanted_at is None

    def initial(self) -> dict[str, Any]:
        quiet = self.route.quiet
        return {
            "name": self.name,
            "kind": self.kind.value,
            "kinds": sorted(self.route.kinds),
            "urgent_only": self.route.urgent_only,
            "quiet_since": quiet.since if quiet else None,
            "quiet_until": quiet.until if quiet else None,
            "zone": self.route.zone,
            "urgent_breaks_quiet": self.route.urgent_breaks_quiet,
            "digest": self.route.digest,
            "active": self.active,
        }


def route_of(row: AlertDestination) -> Route:
    quiet = Quiet(row.quiet_since, row.quiet_until, row.zone) if row.quiet_since and row.quiet_until else None
    return Route(frozenset(row.kinds), row.urgent_only, quiet, row.urgent_breaks_quiet, row.digest, row.zone)


def list_destinations() -> tuple[DestinationRow, ...]:
    return _rows(AlertDestination.objects.all())


def destination_row(destination_id: int) -> DestinationRow | None:
    return next(iter(_rows(AlertDestination.objects.filter(pk=destination_id))), None)


def _rows(found: Any) -> tuple[DestinationRow, ...]:
    waiting, failed = (Q(deliveries__state=state) for state in (DeliveryState.WAITING, DeliveryState.FAILED))
    rows = found.annotate(
        waiting=Count("deliveries", filter=waiting),
        failed=Count("deliveries", filter=failed),
        last_sent_at=Max("deliveries__sent_at"),
        error=Max("deliveries__error", filter=waiting | failed),
    )
    return tuple(
        DestinationRow(
            row.pk,
            row.name,
            row.kind,
            row.address_shown,
            route_of(row),
            row.active,
            row.waiting,
            row.failed,
            row.last_sent_at,
            row.error or "",
            row.test_wanted_at,
            row.tested_at,
            row.test_error,
        )
        for row in rows.defer("address").order_by("name", "pk")
    )


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    kind: AlertKind
    text: str
    state: DeliveryState
    due_at: datetime
    sent_at: datetime | None
    attempts: int
    error: str


def deliveries_of(destination_id: int) -> tuple[DeliveryRow, ...]:
    """The newest first."""
    rows = AlertDelivery.objects.filter(destination=destination_id).order_by("-pk")
    columns = ("alert__kind", "alert__text", "state", "due_at", "sent_at", "attempts", "error")
    return tuple(DeliveryRow(*row) for row in rows.values_list(*columns)[:_DELIVERIES_SHOWN])


@dataclass(frozen=True, slots=True)
class Destination:
    """For the worker: with the address, which repr does not show."""

    id: int
    name: str
    kind: DestinationKind
    address: str = field(repr=False)
    test_wanted: bool


def destinations_to_serve() -> tuple[Destination, ...]:
    """Those in use, and those whose test somebody waits for."""
    rows = AlertDestination.objects.filter(Q(active=True) | Q(test_wanted_at__isnull=False)).order_by("pk")
    return tuple(Destination(row.pk, row.name, row.kind, row.address, row.test_wanted_at is not None) for row in rows)


@dataclass(frozen=True, slots=True)
class AlertToSend:
    """`channel_id`: by which the page is found where it is fixed."""

    kind: AlertKind
    text: str
    remedy: str
    subject: Subject
    channel_id: int | None
    raised_at: datetime


def alerts_to_send(alert_ids: Sequence[int]) -> tuple[AlertToSend, ...]:
    rows = with_channel(Alert.objects.filter(pk__in=list(alert_ids))).order_by("raised_at", "pk")
    columns = ("kind", "text", "remedy", "subject", "channel_id", "raised_at")
    return tuple(AlertToSend(*row) for row in rows.values_list(*columns))


def next_delivery_at() -> datetime | None:
    """When the first of what waits is due; None = nothing waits."""
    rows = AlertDelivery.objects.filter(state=DeliveryState.WAITING, destination__active=True)
    found: datetime | None = rows.aggregate(at=Min(F("due_at")))["at"]
    return found
