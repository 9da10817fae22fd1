import base64
from collections.abc import Sequence
from typing import assert_never

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.stock.stock_items import StockItemPage, item_by_code
from wharfinger.domain.csv_reading import ENCODINGS, AskEncoding, NoTable, decode, decode_as
from wharfinger.domain.sentences import N_
from wharfinger.operations.stock.items import ItemEntry
from wharfinger.web.forms.choices import offer

_SHOW = (
    ("", gettext_lazy("All items")),
    ("oversold", gettext_lazy("Oversold")),
    ("short", gettext_lazy("Orders wait for it")),
    ("uncounted", gettext_lazy("Never counted")),
    ("kits", gettext_lazy("Kits")),
)
_CSV_AT_MOST = 5 * 1024 * 1024


class StockFilterForm(forms.Form):
    site = forms.TypedChoiceField(label=gettext_lazy("Site"), required=False, coerce=int, empty_value=None)
    show = forms.ChoiceField(label=gettext_lazy("Show"), required=False, choices=_SHOW)
    q = forms.CharField(
        label=gettext_lazy("Code, name or barcode"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def __init__(self, data: QueryDict, *, sites: Sequence[tuple[int, str]]) -> None:
        super().__init__(data)
        offer(self, "site", sites, gettext("All sites"))


class MovementForm(forms.Form):
    """Receive, count or adjust: at a site, some units, and why."""

    site_id = forms.TypedChoiceField(label=gettext_lazy("Site"), coerce=int)
    quantity = forms.IntegerField(widget=forms.NumberInput(attrs={"inputmode": "numeric"}))
    note = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)

    def __init__(self, verb: str, sites: Sequence[tuple[int, str]], data: QueryDict | None = None) -> None:
        super().__init__(data, prefix=verb)
        self.verb = verb
        offer(self, "site_id", sites)
        self.fields["quantity"].label, self.fields["quantity"].help_text = map(gettext, _QUANTITY[verb])
        if verb == "adjust":
            self.fields["note"].required = True
            self.fields["note"].help_text = gettext("For example: broken, found, sample. It stays in the ledger.")


_QUANTITY = {
    "receive": (N_("Units received"), N_("Added to what is on hand.")),
    "count": (
        N_("Units counted"),
        N_("What is on the shelf now, allocated units included. The difference is recorded."),
    ),
    "adjust": (N_("Change by"), N_("Use a minus sign to reduce it, for example -2.")),
}


class ItemForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Stock code"),
        max_length=400,
        strip=True,
        help_text=gettext_lazy("Compared exactly with Amazon SKUs, case included."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=300)
    other_reference = forms.CharField(label=gettext_lazy("Other reference"), max_length=120, required=False)
    weight_grams = forms.IntegerField(
        label=gettext_lazy("Weight in grams"), min_value=0, max_value=1_000_000, required=False
    )
    length_mm = forms.IntegerField(label=gettext_lazy("Length in mm"), min_value=1, required=False)
    width_mm = forms.IntegerField(label=gettext_lazy("Width in mm"), min_value=1, required=False)
    height_mm = forms.IntegerField(label=gettext_lazy("Height in mm"), min_value=1, required=False)
    case_size = forms.IntegerField(
        label=gettext_lazy("Units in a case"),
        min_value=2,
        required=False,
        help_text=gettext_lazy("What is proposed to be sent to Amazon is whole cases."),
    )
    cost = forms.DecimalField(
        label=gettext_lazy("Cost of a unit"),
        min_value=0,
        max_digits=12,
        decimal_places=4,
        required=False,
        help_text=gettext_lazy("Without VAT."),
    )
    cost_currency = forms.CharField(
        label=gettext_lazy("Currency of the cost"),
        max_length=3,
        required=False,
        help_text=gettext_lazy("Three letters, such as GBP."),
    )
    has_serials = forms.BooleanField(label=gettext_lazy("Each unit has a serial number"), required=False)
    has_batches = forms.BooleanField(label=gettext_lazy("Units have a batch or a use-by date"), required=False)
    commodity_code = forms.CharField(label=gettext_lazy("Commodity code"), max_length=20, required=False)
    country_of_origin = forms.RegexField(
        label=gettext_lazy("Country of origin"),
        regex=r"^[A-Za-z]{2}$",
        required=False,
        help_text=gettext_lazy("Two letters, such as GB."),
        error_messages={"invalid": gettext_lazy("Give the country as two letters, such as GB.")},
    )
    regulated = forms.BooleanField(
        label=gettext_lazy("Regulated: needs an approval at Amazon"),
        required=False,
        help_text=gettext_lazy(
            "An order with it is dispatched only after a person has approved its verification in Seller Central."
        ),
    )
    barcodes = forms.CharField(
        label=gettext_lazy("Barcodes"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One per line, with its type in front: EAN 5012345678900, or Amazon SKU BLUE-MUG."),
    )
    components = forms.CharField(
        label=gettext_lazy("Kit of"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For a kit only. One component per line, units first: 2 MUG-BLUE."),
    )

    def clean_country_of_origin(self) -> str:
        country: str = self.cleaned_data["country_of_origin"]
        return country.upper()

    def clean_barcodes(self) -> tuple[tuple[str, str], ...]:
        return tuple(_barcode(line, number) for number, line in _lines(self.cleaned_data["barcodes"]))

    def clean_components(self) -> tuple[tuple[int, int], ...]:
        """(stock item, units) pairs."""
        return tuple(_component(line, number) for number, line in _lines(self.cleaned_data["components"]))

    def entry(self) -> ItemEntry:
        return ItemEntry(**self.cleaned_data)


BARCODE_TYPES = ("EAN", "UPC", "GTIN", "ISBN", "Amazon SKU", "ASIN", "FNSKU", "Other")


def _lines(text: str) -> list[tuple[int, str]]:
    return [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def _barcode(line: str, number: int) -> tuple[str, str]:
    for kind in BARCODE_TYPES:
        if line.casefold().startswith(f"{kind.casefold()} "):
            return kind, line[len(kind) :].strip(" :")
    raise forms.ValidationError(
        gettext("Line %(number)s: begin with the type, one of %(types)s.")
        % {"number": number, "types": ", ".join(BARCODE_TYPES)}
    )


def _component(line: str, number: int) -> tuple[int, int]:
    units, _, code = line.partition(" ")
    if not (units.isascii() and units.isdigit() and len(units) < 7 and code.strip()):
        raise forms.ValidationError(
            gettext("Line %(number)s: write the units and then the stock code, for example 2 MUG-BLUE.")
            % {"number": number}
        )
    item = item_by_code(code)
    if item is None:
        raise forms.ValidationError(
            gettext("Line %(number)s: there is no stock item with the code %(code)s.")
            % {"number": number, "code": code.strip()[:60]}
        )
    return item.id, int(units)


def initial_of_item(item: StockItemPage) -> dict[str, object]:
    """The item as its form shows it."""
    return {
        "code": item.code,
        "name": item.name,
        "other_reference": item.other_reference,
        "weight_grams": item.weight_grams,
        "length_mm": item.length_mm,
        "width_mm": item.width_mm,
        "height_mm": item.height_mm,
        "case_size": item.case_size,
        "cost": item.cost,
        "cost_currency": item.cost_currency,
        "has_serials": item.has_serials,
        "has_batches": item.has_batches,
        "commodity_code": item.commodity_code,
        "country_of_origin": item.country_of_origin,
        "regulated": item.regulated,
        "barcodes": "\n".join(f"{kind} {code}" for kind, code in item.barcodes),
        "components": "\n".join(f"{part.quantity} {part.code}" for part in item.components),
    }


class CsvForm(forms.Form):
    """A file, or text pasted from a spreadsheet."""

    file = forms.FileField(label=gettext_lazy("CSV file"), required=False, allow_empty_file=True)
    text = forms.CharField(
        label=gettext_lazy("Or paste the rows"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )

    raw = forms.CharField(required=False, widget=forms.HiddenInput)
    encoding = forms.CharField(required=False, widget=forms.HiddenInput)
    ask: AskEncoding | None = None
    """The file is not UTF-8: a person says in which encoding its words are right."""
    bytes_as_text = ""
    """Then the upload in base64, to be sent back with the answer."""

    @property
    def encodings(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """(encoding, its title, lines as they read in it) of those among which a person chooses."""
        candidates = self.ask.candidates if self.ask else ()
        return [(encoding, ENCODINGS[encoding], lines) for encoding, lines in candidates]

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        upload = cleaned.get("file")
        if upload is not None:
            cleaned["text"] = self._read(upload.read(_CSV_AT_MOST + 1))
        elif cleaned.get("raw"):
            cleaned["text"] = self._decoded(str(cleaned["raw"]), str(cleaned.get("encoding", "")))
        if self.ask is not None:
            return cleaned
        if not self.errors and not str(cleaned.get("text", "")).strip():
            self.add_error("file", gettext("Choose a CSV file, or paste its rows."))
        return cleaned

    def _read(self, body: bytes) -> str:
        if len(body) > _CSV_AT_MOST:
            self.add_error("file", gettext("The file is larger than 5 MB. Split it into several files."))
            return ""
        found = decode(body)
        match found:
            case str():
                return found
            case NoTable():
                self.add_error("file", found.reason)
            case AskEncoding():
                self.ask, self.bytes_as_text = found, base64.b64encode(body).decode()
            case _:
                assert_never(found)
        return ""

    def _decoded(self, raw: str, encoding: str) -> str:
        """The bytes of an upload that a person says how to read."""
        try:
            body = base64.b64decode(raw, validate=True)
        except ValueError:
            self.add_error("file", gettext("Choose the file again."))
            return ""
        found = decode_as(body, encoding)
        if isinstance(found, NoTable):
            again = decode(body)
            self.ask, self.bytes_as_text = (again if isinstance(again, AskEncoding) else None), raw
            self.add_error("file", found.reason)
            return ""
        return found
