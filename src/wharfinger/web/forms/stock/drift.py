"""The filter of Differences at Amazon."""

from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.domain.stock.drift import DriftCause
from wharfinger.web.forms.choices import LongSelect, labelled, offer


class DriftFilterForm(forms.Form):
    channel = forms.TypedChoiceField(
        label=gettext_lazy("Channel"), required=False, coerce=int, empty_value=None, widget=LongSelect
    )
    cause = forms.ChoiceField(
        label=gettext_lazy("Whose change"), required=False, choices=labelled(DriftCause, gettext_lazy("Anybody's"))
    )
    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=400, widget=forms.TextInput(attrs={"type": "search"})
    )

    def __init__(self, data: QueryDict, *, channels: Sequence[tuple[int, str]]) -> None:
        super().__init__(data)
        offer(self, "channel", channels, gettext("All channels"))
