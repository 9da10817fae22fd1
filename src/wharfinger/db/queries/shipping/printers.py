"""Label printers as pages show them, each with what was printed last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from wharfinger.db.models import Printer, PrintJob
from wharfinger.domain.shipping.printers import PrinterLanguage, PrintState

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class JobRow:
    """`order_id` None: a test page."""

    state: PrintState
    requested_at: datetime
    who: str
    error: str
    order_id: int | None
    reference: str


@dataclass(frozen=True, slots=True)
class PrinterRow:
    id: int
    name: str
    host: str
    port: int
    language: PrinterLanguage
    active: bool
    last: JobRow | None = None

    def initial(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "host": self.host,
            "port": self.port,
            "language": self.language.value,
            "active": self.active,
        }


def list_printers() -> tuple[PrinterRow, ...]:
    """By name; two statements."""
    newest = PrintJob.objects.filter(printer=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    rows = list(Printer.objects.annotate(last=Subquery(newest)).order_by("name"))
    jobs = {job.pk: job for job in _jobs().filter(pk__in=[row.last for row in rows if row.last])}
    return tuple(_row(row, jobs.get(row.last)) for row in rows)


def printer_row(printer_id: int) -> PrinterRow | None:
    row = Printer.objects.filter(pk=printer_id).first()
    return None if row is None else _row(row, None)


def jobs_of_printer(printer_id: int) -> tuple[JobRow, ...]:
    """The newest first."""
    return tuple(_job(row) for row in _jobs().filter(printer=printer_id).order_by("-pk")[:_SHOWN])


def last_prints(label_ids: list[int]) -> dict[int, JobRow]:
    """By label the newest print of each that was sent to a printer."""
    return {row.label_id: _job(row) for row in _jobs().filter(label__in=label_ids).order_by("pk") if row.label_id}


def printers_in_use() -> tuple[tuple[int, str, PrinterLanguage], ...]:
    """(id, name, what it takes) of those that may be chosen."""
    return tuple(Printer.objects.filter(active=True).order_by("name").values_list("pk", "name", "language"))


def _jobs() -> Any:
    return PrintJob.objects.select_related("requested_by", "label").defer("label__document")


def _job(row: PrintJob) -> JobRow:
    label = row.label
    return JobRow(
        row.state,
        row.requested_at,
        str(row.requested_by),
        row.error,
        label.order_id if label else None,
        label.reference if label else "",
    )


def _row(row: Printer, last: PrintJob | None) -> PrinterRow:
    shown = _job(last) if last else None
    return PrinterRow(row.pk, row.name, row.host, row.port, row.language, row.active, shown)
