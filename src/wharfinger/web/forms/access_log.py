from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.domain.installation.access_log import GROUPS, Access
from wharfinger.web.forms.choices import offer
from wharfinger.web.forms.days import DayField


class AccessFilterForm(forms.Form):
    date_from = DayField(
        label=gettext_lazy("Date from"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    date_to = DayField(label=gettext_lazy("Date to"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    person = forms.TypedChoiceField(label=gettext_lazy("Person"), required=False, coerce=int, empty_value=None)
    what = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    order = forms.CharField(
        label=gettext_lazy("Order or customer"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": gettext_lazy("its number")}),
    )

    def __init__(self, data: QueryDict, *, people: Sequence[tuple[int, str]]) -> None:
        super().__init__(data)
        offer(self, "person", people, gettext("Everybody"))
        kinds = [(code, gettext(label)) for code, label in GROUPS.items()]
        offer(self, "what", [*kinds, *((kind.value, kind.label) for kind in Access)], gettext("Everything"))
