"""Label printers: entered, tested, and labels sent to them by the worker."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from wharfinger.db.models import CourierLabel, Printer, PrintJob, User
from wharfinger.domain.sentences import Sentence
from wharfinger.domain.shipping.labels import LabelState
from wharfinger.domain.shipping.printers import (
    KEPT,
    NAME_AT_MOST,
    NOT_KNOWN,
    PORTS,
    PRINTERS_AT_MOST,
    PrinterLanguage,
    PrintState,
    is_host,
    language_of,
)
from wharfinger.operations import triggers
from wharfinger.operations.installation._history_steps import record_activity, record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping._label_steps import labels_locked, open_units, why_label_is_overtaken
from wharfinger.operations.transaction import operation


@dataclass(frozen=True, slots=True)
class PrinterEntry:
    """What a person entered."""

    name: str
    host: str
    port: int
    language: PrinterLanguage
    active: bool = True


@operation
def create_printer(entry: PrinterEntry, *, now: datetime, user: User) -> Printer:
    if Printer.objects.count() >= PRINTERS_AT_MOST:
        raise Refused("At most %(at_most)s printers. Remove one first.", at_most=PRINTERS_AT_MOST)
    row = Printer(made_at=now)
    _write(row, entry)
    record_audit("create", "Printer", row.pk, before=None, after=_facts(row), now=now, user=user)
    return row


@operation
def edit_printer(printer_id: int, entry: PrinterEntry, *, now: datetime, user: User) -> Printer:
    row = Printer.objects.select_for_update(no_key=True).get(pk=printer_id)
    before = _facts(row)
    _write(row, entry)
    record_audit("edit", "Printer", row.pk, before=before, after=_facts(row), now=now, user=user)
    return row


@operation
def remove_printer(printer_id: int, *, now: datetime, user: User) -> str:
    """What waits for it is not printed."""
    row = Printer.objects.select_for_update().get(pk=printer_id)
    record_audit("remove", "Printer", row.pk, before=_facts(row), after=None, now=now, user=user)
    row.delete()
    return row.name


def _write(row: Printer, entry: PrinterEntry) -> None:
    row.name, row.host = " ".join(entry.name.split()), entry.host.strip().lower()
    if not row.name or len(row.name) > NAME_AT_MOST or not row.name.isprintable():
        raise Refused("Give a name of at most 60 characters.", "name")
    if not is_host(row.host):
        raise Refused("Give the printer's address alone, such as 192.168.1.40 or printer.local.", "host")
    if entry.port not in PORTS:
        raise Refused("Printers take labels at port 9100, some at 9101 to 9109 or 6101. Choose one of these.", "port")
    row.port, row.language, row.active = entry.port, entry.language, entry.active
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "one_printer_of_a_name" not in str(error):
            raise
        raise Refused(
            "There is a printer “%(name)s” already. Give this one another name.", "name", name=row.name
        ) from error


def _facts(row: Printer) -> dict[str, str]:
    return {
        "name": row.name,
        "address": f"{row.host}:{row.port}",
        "language": row.language,
        "active": str(row.active),
    }


@operation
def request_test_page(printer_id: int, *, now: datetime, user: User) -> None:
    """The worker sends it; the page shows what became of it. One that waits already is enough."""
    row = Printer.objects.select_for_update(no_key=True).get(pk=printer_id)
    if not row.jobs.filter(label=None, state=PrintState.WANTED).exists():
        PrintJob.objects.create(printer=row, requested_by=user, requested_at=now)
    triggers.run_periodic_task(triggers.PRINTS_OUT)


@operation
def request_print(label_id: int, printer_id: int, *, now: datetime, user: User) -> PrintJob:
    """A label is to be printed there; refused where it may not be used, or the printer does not take it."""
    label = labels_locked().select_related("order__channel").defer(None).get(pk=label_id)
    document = _usable(label)
    printer = Printer.objects.filter(pk=printer_id, active=True).first()
    if printer is None:
        raise Refused("This printer is not in use any more. Choose another under “Labels print on”.")
    if language_of(document) is not printer.language:
        raise Refused(
            "%(printer)s takes %(takes)s, and this label is %(written)s. Choose another printer, or print it from the "
            "browser.",
            printer=printer.name,
            takes=printer.language.label,
            written=getattr(language_of(document), "label", "") or Sentence("in another form"),
        )
    waiting = PrintJob.objects.filter(label=label, printer=printer, state=PrintState.WANTED).first()
    job = waiting or PrintJob.objects.create(printer=printer, label=label, requested_by=user, requested_at=now)
    triggers.run_periodic_task(triggers.PRINTS_OUT)
    return job


def _usable(label: CourierLabel) -> bytes:
    """The label's document, while it may be used."""
    if label.state is not LabelState.READY or label.document is None:
        raise Refused("There is no valid label to print. See its state under Labels.")
    unsent = open_units([label.order_id])[label.order_id]
    why = "" if label.shipment_id else why_label_is_overtaken(label, label.order, unsent)
    if why:
        raise Refused("This label holds no longer: %(why)s Buy another.", why=why)
    return bytes(label.document)


# --- sent by the worker


@dataclass(frozen=True, slots=True)
class PrintToSend:
    """`document` None: a test page in the printer's language."""

    id: int
    printer: str
    host: str
    port: int
    language: PrinterLanguage
    document: bytes | None = field(default=None, repr=False)


@operation
def claim_print(*, now: datetime, machine_now: datetime, machine_before: datetime) -> PrintToSend | None:
    """The oldest that waits, written down before it is sent. What a dead worker held before `machine_before` has
    failed: whether it was printed is not known, so it is not sent again. A label that holds no longer fails too."""
    lost = PrintJob.objects.filter(state=PrintState.SENDING, started_at_machine__lt=machine_before)
    lost.update(state=PrintState.FAILED, error=NOT_KNOWN, ended_at=now)
    rows = PrintJob.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    rows = rows.filter(state=PrintState.WANTED).select_related("printer").order_by("pk")
    while (row := rows.first()) is not None:
        try:
            document = None if row.label_id is None else _usable(_label(row.label_id))
            if not row.printer.active:
                raise Refused("The printer is switched off in Settings, Printers.")
        except Refused as refused:
            row.state, row.error, row.ended_at = PrintState.FAILED, str(refused.message)[:300], now
            row.save(update_fields=["state", "error", "ended_at"])
            continue
        row.state, row.started_at_machine = PrintState.SENDING, machine_now
        row.save(update_fields=["state", "started_at_machine"])
        printer = row.printer
        return PrintToSend(row.pk, printer.name, printer.host, printer.port, printer.language, document)
    return None


def _label(label_id: int) -> CourierLabel:
    return CourierLabel.objects.select_related("order__channel").get(pk=label_id)


@operation
def remove_old_prints(*, now: datetime) -> int:
    """A month is enough to see what a printer did."""
    return PrintJob.objects.filter(requested_at__lt=now - KEPT).delete()[0]


@operation
def settle_print(job_id: int, *, error: str, now: datetime) -> None:
    """Empty `error`: the printer took all of it. A label counts as printed then. A job that is gone is nobody's."""
    rows = PrintJob.objects.select_for_update(of=("self",), no_key=True).select_related("printer", "requested_by")
    row = rows.filter(Q(state=PrintState.SENDING) | Q(error=NOT_KNOWN), pk=job_id).first()
    if row is None:
        return
    row.state = PrintState.FAILED if error else PrintState.SENT
    row.error, row.ended_at = error[:300], now
    row.save(update_fields=["state", "error", "ended_at"])
    if error or row.label_id is None:
        return
    label = labels_locked().get(pk=row.label_id)
    if label.printed_at is None:
        label.printed_at = now
        label.save(update_fields=["printed_at"])
        record_activity(
            f"Label {label.reference} printed on {row.printer.name}.",
            sales_order=label.order,
            channel=label.order.channel,
            now=now,
            user=row.requested_by,
        )
