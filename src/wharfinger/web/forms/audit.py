from collections.abc import Sequence

from django import forms
from django.http import QueryDict

from wharfinger.web.forms.choices import offer
from wharfinger.web.forms.days import DayField
from wharfinger.web.templatetags.wharfinger import noun_in_words


class AuditFilterForm(forms.Form):
    date_from = DayField(label="Date from", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    date_to = DayField(label="Date to", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    person = forms.TypedChoiceField(label="Person", required=False, coerce=int, empty_value=None)
    noun = forms.ChoiceField(label="What", required=False)

    def __init__(self, data: QueryDict, *, people: Sequence[tuple[int, str]], nouns: Sequence[str]) -> None:
        super().__init__(data)
        offer(self, "person", people, "Everybody")
        offer(self, "noun", [(noun, noun_in_words(noun)) for noun in nouns], "Everything")
