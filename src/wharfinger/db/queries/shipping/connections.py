"""Connections to couriers as pages show them; never their keys."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from wharfinger.db.models import (
    ConnectionCheck,
    ConnectionService,
    CourierConnection,
    SellerAccount,
    SenderAddress,
    Site,
)
from wharfinger.domain.shipping.connections import (
    CAPABILITIES,
    Capabilities,
    CheckKind,
    CheckState,
    ConnectionKind,
    LabelFormat,
    PackageFormat,
)
from wharfinger.domain.shipping.offers import OfferRule, Protection


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    id: int
    kind: ConnectionKind
    name: str
    key_last_four: str
    carrier_name: str
    active: bool
    sites: tuple[tuple[int, str], ...]
    """Empty = all."""
    checked_at: datetime | None
    refused_at: datetime | None
    error: str
    codes: int
    account: str = ""
    """The seller account whose authorisation buys; empty where the connection has a key."""

    @property
    def can(self) -> Capabilities:
        return CAPABILITIES[self.kind]

    @property
    def by_offers(self) -> bool:
        """Its labels are chosen among offers."""
        return self.can.quotes

    def initial(self) -> dict[str, Any]:
        """The values of its form."""
        return {
            "name": self.name,
            "carrier_name": self.carrier_name,
            "active": self.active,
            "sites": [pk for pk, _ in self.sites],
        }


@dataclass(frozen=True, slots=True)
class CodeRow:
    id: int
    connection_id: int
    connection: str
    code: str
    name: str
    package_format: PackageFormat
    grams_at_most: int | None
    gives_tracking: bool
    active: bool
    taken_at: datetime | None
    services: tuple[str, ...]
    """Our courier services whose labels are bought by it."""
    rule: OfferRule | None
    """Which offer is taken; None = the code is bought."""
    protection: Protection
    extras: str
    label_format: LabelFormat
    length_cm: int | None
    width_cm: int | None
    height_cm: int | None

    def initial(self) -> dict[str, Any]:
        """The values of its form."""
        names = ("code", "name", "package_format", "grams_at_most", "gives_tracking", "active", "rule", "protection")
        more = ("extras", "label_format", "length_cm", "width_cm", "height_cm")
        return {name: getattr(self, name) for name in (*names, *more)}


@dataclass(frozen=True, slots=True)
class CheckRow:
    kind: CheckKind
    state: CheckState
    requested_at: datetime
    ended_at: datetime | None
    answer: str

    @property
    def settled(self) -> bool:
        return self.state in (CheckState.PASSED, CheckState.FAILED)


def list_connections() -> tuple[ConnectionRow, ...]:
    rows = (
        CourierConnection.objects.annotate(codes=Count("services"))
        .select_related("account")
        .prefetch_related("sites")
        .order_by("name")
    )
    return tuple(_row(row, row.codes) for row in rows)


def connection_row(connection_id: int) -> ConnectionRow | None:
    row = CourierConnection.objects.filter(pk=connection_id).select_related("account").first()
    return None if row is None else _row(row, row.services.count())


def _row(row: CourierConnection, codes: int) -> ConnectionRow:
    return ConnectionRow(
        id=row.pk,
        kind=row.kind,
        name=row.name,
        key_last_four=row.key_last_four,
        carrier_name=row.carrier_name,
        active=row.active,
        sites=tuple(sorted(((site.pk, site.name) for site in row.sites.all()), key=lambda site: site[1])),
        checked_at=row.checked_at,
        refused_at=row.refused_at,
        error=row.error,
        codes=codes,
        account=row.account.name if row.account else "",
    )


def codes_of(connection_id: int) -> tuple[CodeRow, ...]:
    rows = ConnectionService.objects.filter(connection=connection_id).select_related("connection")
    return tuple(_code(row) for row in rows.prefetch_related("courier_services").order_by("name", "code"))


def code_row(service_id: int) -> CodeRow | None:
    row = ConnectionService.objects.filter(pk=service_id).select_related("connection").first()
    return None if row is None else _code(row)


def _code(row: ConnectionService) -> CodeRow:
    return CodeRow(
        id=row.pk,
        connection_id=row.connection_id,
        connection=row.connection.name,
        code=row.code,
        name=row.name,
        package_format=row.package_format,
        grams_at_most=row.grams_at_most,
        gives_tracking=row.gives_tracking,
        active=row.active,
        taken_at=row.taken_at,
        services=tuple(sorted(map(str, row.courier_services.all()))),
        rule=row.rule or None,
        protection=row.protection,
        extras=row.extras,
        label_format=row.label_format,
        length_cm=row.length_cm,
        width_cm=row.width_cm,
        height_cm=row.height_cm,
    )


def code_choices() -> tuple[tuple[int, str], ...]:
    """(id, connection: name (code)) of the lines that a courier service may belong to."""
    rows = ConnectionService.objects.filter(active=True).select_related("connection")
    return tuple((row.pk, f"{row.connection}: {row}") for row in rows.order_by("connection__name", "name"))


def last_check(connection_id: int) -> CheckRow | None:
    row = ConnectionCheck.objects.filter(connection=connection_id).order_by("-pk").first()
    return None if row is None else CheckRow(row.kind, row.state, row.requested_at, row.ended_at, row.answer)


@dataclass(frozen=True, slots=True)
class SenderRow:
    """A site from which we send, and the address that couriers print for it; None = none was entered."""

    site_id: int
    site: str
    country: str
    sender: SenderAddress | None

    def initial(self) -> dict[str, Any]:
        """The values of its form."""
        names = ("name", "line_1", "line_2", "town", "county", "postcode", "phone", "email")
        return {name: getattr(self.sender, name) for name in names} if self.sender else {}


def senders() -> tuple[SenderRow, ...]:
    rows = Site.objects.filter(pool="", for_transfers=False).select_related("sender_address").order_by("name")
    return tuple(SenderRow(row.pk, row.name, row.country, getattr(row, "sender_address", None)) for row in rows)


def accounts_to_connect() -> tuple[tuple[int, str], ...]:
    """(id, name) of the seller accounts that have no connection yet."""
    rows = SellerAccount.objects.filter(buy_shipping=None).exclude(refresh_token="").order_by("name")
    return tuple(rows.values_list("pk", "name"))


def own_sites() -> tuple[tuple[int, str], ...]:
    """(id, name) of the sites from which we send."""
    return tuple(Site.objects.filter(pool="").order_by("name").values_list("pk", "name"))
