from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.stock.warehouse.transfers import TransferLineRow, items_written
from wharfinger.domain.csv_reading import NoTable
from wharfinger.domain.stock.transfer_lists import read_transfer_list
from wharfinger.domain.stock.transfers import UNITS_AT_MOST, Remainder
from wharfinger.domain.workbook_reading import is_workbook, read_workbook
from wharfinger.operations.stock.warehouse.transfers import NOTE_AT_MOST, TransferEntry
from wharfinger.web.forms.choices import labelled, offer
from wharfinger.web.forms.stock.items import CsvForm

_SHOWN = 5


class NewTransferForm(forms.Form):
    source = forms.TypedChoiceField(label=gettext_lazy("From"), coerce=int)
    target = forms.TypedChoiceField(
        label=gettext_lazy("To"),
        coerce=int,
        help_text=gettext_lazy("At an FBA site Amazon counts what arrives: its level is read from Amazon."),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=NOTE_AT_MOST, required=False)

    def __init__(
        self,
        sources: Sequence[tuple[int, str]],
        targets: Sequence[tuple[int, str]],
        data: QueryDict | None = None,
    ) -> None:
        super().__init__(data)
        offer(self, "source", sources)
        offer(self, "target", targets, gettext("Choose a site"))

    def entry(self) -> TransferEntry:
        return TransferEntry(self.cleaned_data["source"], self.cleaned_data["target"], self.cleaned_data["note"])


class UnitsForm(forms.Form):
    """Units of a scanned item in the draft, in all."""

    item = forms.IntegerField(widget=forms.HiddenInput)
    quantity = forms.IntegerField(
        label=gettext_lazy("Units in this transfer"),
        help_text=gettext_lazy("In all; 0 takes the item out."),
        min_value=0,
        max_value=UNITS_AT_MOST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autofocus": True, "autocomplete": "off"}),
    )


class TransferListForm(CsvForm):
    """Stock codes or barcodes with units, pasted or as a CSV or XLSX file: taken whole, or not at all."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["file"].label = gettext("CSV or XLSX file")
        self.units: dict[int, int] = {}

    def clean(self) -> dict[str, object]:
        cleaned = super().clean()
        if self.ask is None and not self.errors:
            self._read_rows(str(cleaned["text"]))
        return cleaned

    def _read_rows(self, text: str) -> None:
        found = read_transfer_list(text)
        if isinstance(found, NoTable):
            self.add_error("file", found.reason)
            return
        known = items_written([row.code for row in found])
        faults = []
        for row in found:
            item = known.get(row.code)
            if item is None:
                said = gettext("Row %(row)s: there is no stock item with the code or barcode %(code)s.")
                faults.append(said % {"row": row.row, "code": row.code[:60]})
            elif row.units is None:
                faults.append(gettext("Row %(row)s: the units must be a whole number.") % {"row": row.row})
            else:
                self.units[item] = self.units.get(item, 0) + row.units
        for fault in faults[:_SHOWN]:
            self.add_error("file", fault)
        if len(faults) > _SHOWN:
            self.add_error("file", gettext("And %(more)s more.") % {"more": len(faults) - _SHOWN})

    def _read(self, body: bytes) -> str:
        if not is_workbook(body):
            return super()._read(body)
        found = read_workbook(body)
        if isinstance(found, NoTable):
            self.add_error("file", found.reason)
            return ""
        return found


class ArrivalForm(forms.Form):
    """Units received, in all, of each item; `item-<id>`. An empty field leaves the item as it is."""

    def __init__(self, lines: Sequence[TransferLineRow], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self._items = [line.item_id for line in lines]
        for line in lines:
            self.fields[f"item-{line.item_id}"] = forms.IntegerField(
                label=line.code,
                required=False,
                initial=line.received or None,
                min_value=0,
                max_value=UNITS_AT_MOST,
                widget=forms.NumberInput(
                    attrs={"inputmode": "numeric", "aria-label": gettext("Received of %(item)s") % {"item": line.code}}
                ),
            )

    def arrived(self) -> dict[int, int]:
        """By item."""
        cleaned = self.cleaned_data
        return {item: units for item in self._items if (units := cleaned[f"item-{item}"]) is not None}


class CloseForm(forms.Form):
    became = forms.ChoiceField(label=gettext_lazy("The missing units are"), choices=labelled(Remainder))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=NOTE_AT_MOST,
        help_text=gettext_lazy("For example: pallet damaged, never loaded. It stays in the ledger."),
    )
