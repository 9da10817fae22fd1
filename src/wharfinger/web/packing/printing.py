"""Label printers: their form, and which one this person's browser uses, kept in the session."""

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy

from wharfinger.db.queries.shipping.printers import PrinterRow, printers_in_use
from wharfinger.domain.shipping.printers import HOST_AT_MOST, NAME_AT_MOST, PORTS, USUAL_PORT, PrinterLanguage
from wharfinger.operations.shipping.printers import PrinterEntry
from wharfinger.web.forms.choices import labelled

_CHOSEN = "label_printer"
"""None = the browser prints."""


class PrinterForm(forms.Form):
    """A label printer on the own network."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_AT_MOST,
        help_text=gettext_lazy("As pages call it, such as Bench 1."),
    )
    host = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=HOST_AT_MOST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Its number or name on your network, such as 192.168.1.40. Labels are never sent outside your network."
        ),
    )
    port = forms.TypedChoiceField(
        label=gettext_lazy("Port"), coerce=int, choices=[(port, str(port)) for port in PORTS], initial=USUAL_PORT
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Takes"),
        choices=labelled(PrinterLanguage),
        help_text=gettext_lazy("Labels of Royal Mail Click & Drop are PDF: the printer must take PDF directly."),
    )
    active = forms.BooleanField(
        label=gettext_lazy("In use"), required=False, help_text=gettext_lazy("Off: nothing is sent to it.")
    )

    def __init__(self, data: QueryDict | None, *, known: PrinterRow | None = None) -> None:
        super().__init__(data, initial=known.initial() if known else {"active": True, "port": USUAL_PORT})

    def entry(self) -> PrinterEntry:
        cleaned = self.cleaned_data
        return PrinterEntry(
            name=cleaned["name"],
            host=cleaned["host"],
            port=cleaned["port"],
            language=PrinterLanguage(cleaned["language"]),
            active=cleaned["active"],
        )


def chosen_printer(request: HttpRequest) -> tuple[int, str, PrinterLanguage] | None:
    """(id, name, what it takes), while it is in use."""
    kept = request.session.get(_CHOSEN)
    return next((row for row in printers_in_use() if row[0] == kept), None) if kept else None


def choose_printer(request: HttpRequest, printer_id: int | None) -> tuple[int, str, PrinterLanguage] | None:
    """What is chosen then; another than those in use is none."""
    request.session[_CHOSEN] = printer_id
    return chosen_printer(request)
