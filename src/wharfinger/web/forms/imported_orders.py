from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.domain.orders.order import ImportState
from wharfinger.web.forms.choices import LongSelect, labelled, offer
from wharfinger.web.forms.days import DayField


class ImportedOrderFilterForm(forms.Form):
    date_from = DayField(
        label=gettext_lazy("Date from"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    date_to = DayField(label=gettext_lazy("Date to"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    channel = forms.TypedChoiceField(
        label=gettext_lazy("Channel"), required=False, coerce=int, empty_value=None, widget=LongSelect
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=labelled(ImportState, gettext_lazy("All states")),
    )
    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    cause = forms.CharField(required=False, max_length=160, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, channels: Sequence[tuple[int, str]]) -> None:
        super().__init__(data)
        offer(self, "channel", channels, gettext("All channels"))
