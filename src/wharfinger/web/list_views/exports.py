"""What a list shows, as a file: its filter, its sort and its columns, every row of the selection."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path

from wharfinger.operations.installation.list_views import note_export
from wharfinger.web.access_log import note_download
from wharfinger.web.csv_files import csv_file
from wharfinger.web.list_views.state import ListState
from wharfinger.web.request_context import person, trade_now
from wharfinger.web.workbooks import xlsx_file

_WRITERS: dict[str, Callable[..., HttpResponseBase]] = {"csv": csv_file, "xlsx": xlsx_file}


def export(request: HttpRequest, shown: ListState[Any], rows: Iterable[Any], kind: str) -> HttpResponseBase:
    """The rows as a file of this kind; the audit log keeps who took it."""
    write = _WRITERS.get(kind)
    if write is None:
        raise Http404
    cells = [cell for column in shown.columns for cell in column.cells]
    headings = [cell.heading for cell in cells]
    note_export(shown.spec.code, kind, headings, shown.filters, user=person(request), now=trade_now())
    note_download(request, shown, kind)
    name = str(shown.spec.code).replace("_", "-")
    return write(name, headings, (tuple(cell.value(row) for cell in cells) for row in rows))


def export_routes(folder: str, view: Callable[..., HttpResponseBase], name: str) -> list[URLPattern]:
    """Beside the list itself, so that its page finds them by its own address."""
    return [path(f"{folder}export.{kind}", view, {"kind": kind}, name=f"{name}-{kind}") for kind in _WRITERS]
