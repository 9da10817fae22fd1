from collections.abc import Sequence

from django import forms
from django.http import QueryDict

from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.web.forms.choices import offer


class ProblemFilterForm(forms.Form):
    kind = forms.ChoiceField(
        label="Kind", required=False, choices=[("", "All kinds"), *((k.value, k.value) for k in ProblemKind)]
    )
    channel = forms.TypedChoiceField(label="Channel", required=False, coerce=int, empty_value=None)
    show = forms.ChoiceField(label="Show", required=False, choices=[("", "Open"), ("solved", "Solved")])

    def __init__(self, data: QueryDict, *, channels: Sequence[tuple[int, str]]) -> None:
        super().__init__(data)
        offer(self, "channel", channels, "All channels")
