from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.web.forms.choices import offer
from wharfinger.web.forms.days import DayField
from wharfinger.web.templatetags.wharfinger import noun_in_words


class AuditFilterForm(forms.Form):
    date_from = DayField(
        label=gettext_lazy("Date from"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    date_to = DayField(label=gettext_lazy("Date to"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    person = forms.TypedChoiceField(label=gettext_lazy("Person"), required=False, coerce=int, empty_value=None)
    noun = forms.ChoiceField(label=gettext_lazy("What"), required=False)

    def __init__(self, data: QueryDict, *, people: Sequence[tuple[int, str]], nouns: Sequence[str]) -> None:
        super().__init__(data)
        offer(self, "person", people, gettext("Everybody"))
        offer(self, "noun", [(noun, noun_in_words(noun)) for noun in nouns], gettext("Everything"))
