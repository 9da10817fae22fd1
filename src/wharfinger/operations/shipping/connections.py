"""Connections to couriers: entered, checked, and their tables of service codes."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from wharfinger.db.models import (
    Channel,
    ConnectionCheck,
    ConnectionService,
    CourierConnection,
    CourierLabel,
    SellerAccount,
    SenderAddress,
    Site,
    User,
)
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutConnection
from wharfinger.domain.shipping.connections import (
    CAPABILITIES,
    CheckKind,
    CheckState,
    ConnectionKind,
    LabelFormat,
    PackageFormat,
)
from wharfinger.domain.shipping.labels import LabelState
from wharfinger.domain.shipping.offers import OfferRule, Protection
from wharfinger.operations import triggers
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

_CODE = re.compile(r"[A-Za-z0-9]+")
_TEXT_AT_MOST = 2000
CODES_IN_A_TEST = 10
SIDE_AT_MOST = 400


@dataclass(frozen=True, slots=True)
class ConnectionEntry:
    """What a person entered. Empty `api_key` = keep the stored one. No `sites` = all. `account_id`: whose authorisation
    Amazon Buy Shipping is bought with; it has no key, and is never changed."""

    kind: ConnectionKind
    name: str
    api_key: str = field(repr=False)
    carrier_name: str = ""
    active: bool = True
    sites: tuple[int, ...] = ()
    account_id: int | None = None


@operation
def create_connection(entry: ConnectionEntry, *, now: datetime, user: User) -> CourierConnection:
    row = CourierConnection(kind=entry.kind)
    if entry.kind is ConnectionKind.AMAZON:
        row.account = _account(entry.account_id)
    elif not entry.api_key.strip():
        raise Refused("Give the API key: in Click & Drop under Settings, Integrations, Click & Drop API.", "api_key")
    _write(row, entry)
    record_audit("create", "CourierConnection", row.pk, before=None, after=_facts(row, entry), now=now, user=user)
    return row


@operation
def edit_connection(connection_id: int, entry: ConnectionEntry, *, now: datetime, user: User) -> CourierConnection:
    """A new key is tried at once: what waited for it is due now."""
    row = CourierConnection.objects.select_for_update(no_key=True).get(pk=connection_id)
    before = _facts(row, None)
    _write(row, entry)
    record_audit("edit", "CourierConnection", row.pk, before=before, after=_facts(row, entry), now=now, user=user)
    if entry.api_key.strip():
        waiting = CourierLabel.objects.filter(label_service__connection=row, state=LabelState.WAITING)
        waiting.update(again_at=now)
        triggers.run_periodic_task(triggers.LABELS_OUT)
    return row


def _account(account_id: int | None) -> SellerAccount:
    row = SellerAccount.objects.select_for_update(no_key=True).filter(pk=account_id or 0).first()
    if row is None:
        raise Refused("Choose the seller account whose labels are bought.", "account_id")
    held = CourierConnection.objects.filter(account=row).first()
    if held is not None:
        raise Refused(
            "%(account)s has the connection “%(name)s” already. Open that one.",
            "account_id",
            account=row.name,
            name=held.name,
        )
    if not row.refresh_token:
        raise Refused(
            "%(account)s is not authorised. Press Authorise on the page of one of its channels first.",
            "account_id",
            account=row.name,
        )
    return row


def _write(row: CourierConnection, entry: ConnectionEntry) -> None:
    row.name = _text(entry.name, "name", 60)
    row.carrier_name = _text(entry.carrier_name, "carrier_name", 50, empty=True)
    row.active = entry.active
    key = entry.api_key.strip()
    if key:
        if len(key) > 400 or not key.isascii() or not key.isprintable() or " " in key:
            raise Refused(
                "The API key has spaces or signs that no key has. Copy it again from Click & Drop.", "api_key"
            )
        row.api_key, row.key_last_four = key, key[-4:] if len(key) > 12 else ""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "one_courier_connection" not in str(error):
            raise
        raise Refused(
            "There is a connection “%(name)s” already. Give this one another name.", "name", name=row.name
        ) from error
    row.sites.set(Site.objects.filter(pk__in=entry.sites))


def _text(text: str, name: str, at_most: int, *, empty: bool = False) -> str:
    cleaned = " ".join(text.split())
    if not cleaned and not empty:
        raise Refused("Give the name.", name)
    if len(cleaned) > at_most:
        raise Refused(
            "It has %(count)s characters; at most %(at_most)s fit. Shorten it.",
            name,
            count=len(cleaned),
            at_most=at_most,
        )
    return cleaned


def _facts(row: CourierConnection, entry: ConnectionEntry | None) -> dict[str, str]:
    """For the audit: of the key only that it is there, or was changed."""
    key = "changed" if entry is not None and entry.api_key.strip() else ("set" if row.api_key else "")
    return {
        "kind": row.kind,
        "account": row.account.name if row.account else "",
        "name": row.name,
        "API key": key,
        "carrier name": row.carrier_name,
        "active": str(row.active),
        "sites": ", ".join(row.sites.order_by("name").values_list("name", flat=True)) or "all",
    }


# --- the table of service codes


@dataclass(frozen=True, slots=True)
class CodeEntry:
    code: str
    name: str
    package_format: PackageFormat
    grams_at_most: int | None = None
    gives_tracking: bool = True
    active: bool = True
    rule: OfferRule | None = None
    protection: Protection = Protection.PREFERRED
    extras: str = ""
    label_format: LabelFormat = LabelFormat.PDF
    sides: tuple[int | None, int | None, int | None] = (None, None, None)


@operation
def create_code(connection_id: int, entry: CodeEntry, *, now: datetime, user: User) -> ConnectionService:
    connection = CourierConnection.objects.select_for_update(no_key=True).get(pk=connection_id)
    row = ConnectionService(connection=connection)
    _write_code(row, entry)
    record_audit("create", "ConnectionService", row.pk, before=None, after=_code_facts(row), now=now, user=user)
    return row


@operation
def edit_code(service_id: int, entry: CodeEntry, *, now: datetime, user: User) -> ConnectionService:
    row = (
        ConnectionService.objects.select_for_update(of=("self",), no_key=True)
        .select_related("connection")
        .get(pk=service_id)
    )
    before = _code_facts(row)
    if row.code != entry.code.strip():
        row.taken_at = None
    _write_code(row, entry)
    record_audit("edit", "ConnectionService", row.pk, before=before, after=_code_facts(row), now=now, user=user)
    return row


def _write_code(row: ConnectionService, entry: CodeEntry) -> None:
    can = CAPABILITIES[row.connection.kind]
    code = entry.code.strip()
    if can.quotes:
        _write_rule(row, entry)
    elif not _CODE.fullmatch(code) or len(code) > can.service_code_at_most:
        raise Refused(
            "A service code has at most %(at_most)s letters and digits, such as TPN24. Copy it from your account.",
            "code",
            at_most=can.service_code_at_most,
        )
    if entry.grams_at_most is not None and not 1 <= entry.grams_at_most <= can.grams_at_most:
        raise Refused(
            "The weight limit is a number of grams from 1 to %(most)s.", "grams_at_most", most=can.grams_at_most
        )
    row.code, row.name = code, _text(entry.name, "name", 80)
    row.package_format, row.grams_at_most = entry.package_format, entry.grams_at_most
    row.gives_tracking, row.active = entry.gives_tracking, entry.active
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "one_service_code" not in str(error):
            raise
        raise Refused("The code %(code)s is in the table already. Edit that line.", "code", code=code) from error


def _write_rule(row: ConnectionService, entry: CodeEntry) -> None:
    """Which offer is taken. The same code may stand on several lines, each with another rule."""
    can = CAPABILITIES[row.connection.kind]
    code = entry.code.strip()
    if code and (len(code) > can.service_code_at_most or not code.isascii() or not code.isprintable() or " " in code):
        raise Refused(
            "An id of Amazon's has no blanks, such as ROYAL_MAIL or ROYAL_MAIL_TRACKED_24: copy it from “Compare "
            "offers”.",
            "code",
        )
    extras = entry.extras.replace(",", " ").split()
    if any(not extra.isascii() or not extra.isprintable() for extra in extras) or len(" ".join(extras)) > 200:
        raise Refused("Give the extras by Amazon's ids, with blanks between, such as SIGNATURE_CONFIRMATION.", "extras")
    if entry.label_format not in can.label_formats:
        raise Refused("The connection gives no labels in this format. Choose another.", "label_format")
    given = [side for side in entry.sides if side is not None]
    if given and (len(given) < 3 or not all(1 <= side <= SIDE_AT_MOST for side in given)):
        raise Refused(
            "Give length, width and height in cm from 1 to %(most)s, or none of them.", "length_cm", most=SIDE_AT_MOST
        )
    row.rule, row.protection, row.extras = entry.rule or OfferRule.IN_TIME, entry.protection, " ".join(extras)
    row.label_format = entry.label_format
    row.length_cm, row.width_cm, row.height_cm = entry.sides


def _code_facts(row: ConnectionService) -> dict[str, str]:
    return {
        "connection": row.connection.name,
        "code": row.code,
        "name": row.name,
        "package format": row.package_format,
        "weight limit": str(row.grams_at_most or ""),
        "gives tracking": str(row.gives_tracking),
        "active": str(row.active),
        **({} if not row.rule else _rule_facts(row)),
    }


def _rule_facts(row: ConnectionService) -> dict[str, str]:
    return {
        "rule": row.rule,
        "claims protection": row.protection,
        "extras": row.extras,
        "label": row.label_format,
        "size in cm": " x ".join(str(side) for side in (row.length_cm, row.width_cm, row.height_cm) if side),
    }


# --- from where parcels are sent


@dataclass(frozen=True, slots=True)
class SenderEntry:
    name: str
    line_1: str
    town: str
    postcode: str
    line_2: str = ""
    county: str = ""
    phone: str = ""
    email: str = ""


@operation
def set_sender(site_id: int, entry: SenderEntry, *, now: datetime, user: User) -> None:
    """From where a site's parcels are sent, as couriers print it."""
    site = Site.objects.select_for_update(no_key=True).filter(pk=site_id, pool="").first()
    if site is None:
        raise Refused("This site is no longer there.")
    if not site.country:
        raise Refused("%(site)s has no country. Enter it on the site's page first.", site=site.name)
    row = SenderAddress.objects.filter(site=site).first() or SenderAddress(site=site)
    before = _sender_facts(row) if row.pk else None
    for name, at_most in _SENDER_AT_MOST.items():
        setattr(row, name, _text(getattr(entry, name), name, at_most, empty=name not in _SENDER_NEEDS))
    row.save()
    record_audit("edit", "SenderAddress", row.pk, before=before, after=_sender_facts(row), now=now, user=user)


_SENDER_AT_MOST = {
    "name": 50, "line_1": 60, "line_2": 60, "town": 60, "county": 60, "postcode": 20, "phone": 20, "email": 64
}  # fmt: skip
_SENDER_NEEDS = ("name", "line_1", "town", "postcode")


def _sender_facts(row: SenderAddress) -> dict[str, str]:
    return {"site": row.site.name, **{name: getattr(row, name) for name in _SENDER_AT_MOST}}


# --- checks


@operation
def request_check(connection_id: int, kind: CheckKind, *, now: datetime, user: User) -> int:
    """Have the worker try the connection; the page shows what becomes of it. One at a time."""
    row = CourierConnection.objects.select_for_update(no_key=True).get(pk=connection_id)
    under_way = row.checks.filter(state__in=[CheckState.WANTED, CheckState.RUNNING])
    if under_way.exists():
        raise Refused("A check of this connection is under way. Wait for its result.")
    if kind is CheckKind.TEST_ORDERS and row.kind is ConnectionKind.AMAZON:
        raise Refused("Amazon sells no label for a test. Press “Test connection”.")
    if kind is CheckKind.TEST_ORDERS and not row.services.filter(active=True).exists():
        raise Refused("There is no service code to test. Press New service code first.")
    check = ConnectionCheck.objects.create(
        connection=row,
        kind=kind,
        reference=f"wharfinger-test-{secrets.token_hex(4)}",
        requested_by=user,
        requested_at=now,
    )
    record_audit(
        "check",
        "CourierConnection",
        row.pk,
        before=None,
        after={"name": row.name, "check": kind.msgid},
        now=now,
        user=user,
    )
    triggers.run_periodic_task(triggers.LABELS_OUT)
    return check.pk


@dataclass(frozen=True, slots=True)
class CheckToMake:
    """`codes`: (id, code, package format) to test an order with, at most ten."""

    id: int
    connection_id: int
    kind: CheckKind
    reference: str
    carrier_name: str = ""
    codes: tuple[tuple[int, str, PackageFormat], ...] = ()
    marketplace_id: str = ""


@operation
def claim_check(*, machine_now: datetime, machine_before: datetime) -> CheckToMake | None:
    """The oldest that waits, or whose worker died before `machine_before`."""
    due = Q(state=CheckState.WANTED) | Q(state=CheckState.RUNNING, started_at_machine__lt=machine_before)
    rows = ConnectionCheck.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    row = rows.filter(due).select_related("connection").order_by("pk").first()
    if row is None:
        return None
    row.state, row.started_at_machine = CheckState.RUNNING, machine_now
    row.save(update_fields=["state", "started_at_machine"])
    codes: list[ConnectionService] = []
    if row.kind is CheckKind.TEST_ORDERS:
        codes = list(row.connection.services.filter(active=True).order_by("pk")[:CODES_IN_A_TEST])
    return CheckToMake(
        row.pk,
        row.connection_id,
        row.kind,
        row.reference,
        row.connection.carrier_name,
        tuple((one.pk, one.code, one.package_format) for one in codes),
        _marketplace_of(row.connection),
    )


def _marketplace_of(connection: CourierConnection) -> str:
    """One of the account's for whose orders labels are sold, that of its own channels first; empty = none."""
    if connection.account_id is None:
        return ""
    sold = CAPABILITIES[connection.kind].countries
    rows = Channel.objects.filter(account=connection.account_id, archived=False, marketplace__country__in=sold)
    return rows.order_by("pk").values_list("marketplace", flat=True).first() or ""


@operation
def settle_check(check_id: int, *, passed: bool, answer: str, taken: Sequence[int] = (), now: datetime) -> None:
    """`taken`: lines of the table whose code the courier took."""
    row = ConnectionCheck.objects.select_for_update(no_key=True).get(pk=check_id)
    row.state = CheckState.PASSED if passed else CheckState.FAILED
    row.answer, row.ended_at = answer[:_TEXT_AT_MOST], now
    row.save(update_fields=["state", "answer", "ended_at"])
    ConnectionService.objects.filter(pk__in=taken, taken_at=None).update(taken_at=now)
    if passed:
        _note_accepted(row.connection_id, now)


def _note_accepted(connection_id: int, now: datetime) -> None:
    CourierConnection.objects.filter(pk=connection_id).update(checked_at=now, refused_at=None, error="")
    solve_problem(ProblemKind.COURIER_REFUSES_KEY, AboutConnection(connection_id), now=now)


@operation
def note_accepted(connection_id: int, *, now: datetime) -> None:
    """The courier took the key."""
    if CourierConnection.objects.filter(pk=connection_id).exclude(refused_at=None).exists():
        _note_accepted(connection_id, now)


_REMEDY_OF_ACCESS = {
    ConnectionKind.CLICK_AND_DROP: "Create a key in Click & Drop and enter it as “API key”, then press “Test "
    "connection”. "
    "Labels that were requested wait, and are bought once the key is right. Only business (OBA) accounts may buy "
    "labels "
    "from here.",
    ConnectionKind.AMAZON: "The application at Amazon needs the role Direct-to-Consumer Shipping, and the "
    "seller account must be authorised after it was given: press Authorise on the page of one of its channels, then "
    "“Test "
    "connection” here. Labels that were requested wait, and are bought then.",
}


@operation
def note_refused(connection_id: int, *, error: str, now: datetime) -> None:
    """The courier refuses the key, or the account may not buy labels: no label is bought until that is corrected."""
    row = CourierConnection.objects.select_for_update(no_key=True).get(pk=connection_id)
    row.error, row.refused_at = error[:_TEXT_AT_MOST], row.refused_at or now
    row.save(update_fields=["error", "refused_at"])
    open_problem(
        ProblemKind.COURIER_REFUSES_KEY,
        AboutConnection(connection_id),
        cause=f"{row.name}: {error}"[:_TEXT_AT_MOST],
        remedy=_REMEDY_OF_ACCESS[row.kind],
        now=now,
    )
