"""A list of tracking numbers: pasted, or a file of any spreadsheet; and the parcels that a person approves."""

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.domain.csv_reading import NoTable
from wharfinger.domain.shipping.number_lists import NamedService, NumberRow, read_number_list
from wharfinger.domain.workbook_reading import is_workbook, read_workbook
from wharfinger.operations.shipping.number_lists import CheckedRow
from wharfinger.operations.shipping.shipments import Parcel
from wharfinger.web.forms.choices import offer
from wharfinger.web.forms.stock.items import CsvForm


class NumberListForm(CsvForm):
    """`rows` once it is valid and its encoding is known."""

    service = forms.TypedChoiceField(
        label=gettext_lazy("Courier service of rows that name none"), coerce=int, empty_value=None, required=False
    )
    rows: tuple[NumberRow, ...] = ()

    def __init__(
        self,
        services: Sequence[NamedService],
        data: QueryDict | None = None,
        files: MultiValueDict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, files)
        self.fields["file"].label = gettext("CSV or XLSX file")
        self.fields["text"].label = gettext("Or paste the columns")
        chosen = gettext("As the courier rules choose")
        offer(self, "service", [(each.id, each.title) for each in services], chosen)

    def clean(self) -> dict[str, object]:
        cleaned = super().clean()
        if self.ask is None and not self.errors:
            found = read_number_list(str(cleaned["text"]))
            if isinstance(found, NoTable):
                self.add_error("text", found.reason)
            else:
                self.rows = found
        return cleaned

    def _read(self, body: bytes) -> str:
        if not is_workbook(body):
            return super()._read(body)
        found = read_workbook(body)
        if isinstance(found, NoTable):
            self.add_error("file", found.reason)
            return ""
        return found


_ROW, _ORDER, _SERVICE, _NUMBER, _PACKAGE = range(5)


def write_parcels(checked: Sequence[CheckedRow]) -> str:
    """The parcels that the page shows, to be sent back with the button: what is dispatched is what was shown."""
    shown = [(row.row, row.parcel) for row in checked if row.parcel is not None]
    return json.dumps(
        [[row, each.order_id, each.service_id, each.tracking_number, each.package] for row, each in shown],
        separators=(",", ":"),
    )


def read_parcels(text: str, asking: Sequence[str], right: Sequence[str]) -> dict[int, Parcel] | None:
    """By row. `asking`: rows whose number was in doubt; they leave when they are among `right`. None: not ours."""
    try:
        rows = json.loads(text)
        parcels = {int(row[_ROW]): _parcel(row) for row in rows}
    except (ValueError, TypeError, IndexError, KeyError, RecursionError):
        return None
    doubtful = {int(row) for row in asking if row.isdigit()}
    confirmed = {int(row) for row in right if row.isdigit()}
    return {
        row: Parcel(each.order_id, each.service_id, each.tracking_number, row in confirmed, package=each.package)
        for row, each in parcels.items()
        if row not in doubtful or row in confirmed
    }


def _parcel(row: Sequence[Any]) -> Parcel:
    return Parcel(int(row[_ORDER]), int(row[_SERVICE]), str(row[_NUMBER]), package=int(row[_PACKAGE]))
