from collections.abc import Sequence
from zoneinfo import available_timezones

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from wharfinger.db.queries.shipping.prime import PrimeRow
from wharfinger.domain.csv_cells import DecimalSign
from wharfinger.domain.installation.languages import Language
from wharfinger.domain.orders.privacy.erasing import KEPT_DAYS
from wharfinger.domain.shipping.prime import PrimeLabels
from wharfinger.domain.shipping.undoing import MINUTES
from wharfinger.operations.orders.reservations import PENDING_DAYS
from wharfinger.web.forms.choices import LongSelect


class ZoneForm(forms.Form):
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Your time zone"),
        choices=[(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())],
        widget=LongSelect,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=[(language.value, language.label) for language in Language],
        required=False,
        help_text=gettext_lazy("Of the pages, and of how dates, numbers and money are written on them."),
    )
    decimal_sign = forms.ChoiceField(
        label=gettext_lazy("Numbers in exported CSV files"),
        choices=[
            (DecimalSign.POINT, gettext_lazy("1234.50, columns separated by commas")),
            (DecimalSign.COMMA, gettext_lazy("1234,50, columns separated by semicolons")),
        ],
        required=False,
        help_text=gettext_lazy("Choose the format your spreadsheet uses. Imported files are read in either."),
    )


class PendingForm(forms.Form):
    days = forms.IntegerField(
        label=gettext_lazy("Days that a pending order keeps its units"),
        min_value=PENDING_DAYS[0],
        max_value=PENDING_DAYS[-1],
        help_text=gettext_lazy(
            "Units are allocated to a pending order at once. If it is not paid within this many days, they are "
            "released, and allocated again if it is paid later. Units already released stay released when you change "
            "this."
        ),
    )
    preorders = forms.BooleanField(
        required=False,
        label=gettext_lazy("Pre-orders take units before their goods are out"),
        help_text=gettext_lazy(
            "Amazon takes orders for goods that come out later. Without the tick such an order takes its units once "
            "its goods are out and its payment has begun."
        ),
    )


class UndoForm(forms.Form):
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes in which a dispatch can be undone"),
        min_value=MINUTES[0],
        max_value=MINUTES[-1],
        help_text=gettext_lazy(
            "So long Amazon is not sent a parcel that was dispatched. Never longer than until 15 minutes before its "
            "ship-by. 0: it is sent at once, and nothing can be undone."
        ),
    )


class PrimeForm(forms.Form):
    """How each marketplace wants the labels of its Prime orders: one field for each."""

    def __init__(self, rows: Sequence[PrimeRow], data: QueryDict | None = None) -> None:
        super().__init__(data)
        for row in rows:
            self.fields[row.marketplace_id] = forms.ChoiceField(
                label=row.name,
                choices=[(one.value, one.label) for one in PrimeLabels],
                initial=row.setting,
            )

    def settings(self) -> dict[str, PrimeLabels]:
        return {name: PrimeLabels(value) for name, value in self.cleaned_data.items()}


class KeptDaysForm(forms.Form):
    days = forms.IntegerField(
        label=gettext_lazy("Days after delivery"),
        min_value=KEPT_DAYS[0],
        max_value=KEPT_DAYS[-1],
        help_text=gettext_lazy(
            "Amazon allows at most 30. What is over by a shorter time is erased within the hour, and cannot be brought "
            "back."
        ),
    )
