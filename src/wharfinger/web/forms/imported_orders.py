from collections.abc import Sequence

from django import forms
from django.http import QueryDict

from wharfinger.domain.orders.order import ImportState
from wharfinger.web.forms.choices import offer
from wharfinger.web.forms.days import DayField


class ImportedOrderFilterForm(forms.Form):
    date_from = DayField(label="Date from", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    date_to = DayField(label="Date to", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    channel = forms.TypedChoiceField(label="Channel", required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "All states"), *((s.value, s.label) for s in ImportState)]
    )
    q = forms.CharField(
        label="Search", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )

    def __init__(self, data: QueryDict, *, channels: Sequence[tuple[int, str]]) -> None:
        super().__init__(data)
        offer(self, "channel", channels, "All channels")
