from collections.abc import Sequence

from django import forms
from django.http import QueryDict

from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.web.forms.choices import offer


class ProblemFilterForm(forms.Form):
    kind = forms.ChoiceField(
        label="Kind", required=False, choices=[("", "All kinds"), *((k.value, k.label) for k in ProblemKind)]
    )
    channel = forms.TypedChoiceField(label="Channel", required=False, coerce=int, empty_value=None)
    show = forms.ChoiceField(label="Show", required=False, choices=[("", "Open"), ("solved", "Solved")])

    def __init__(self, data: QueryDict, *, channels: Sequence[tuple[int, str]]) -> None:
        super().__init__(_with_code(data))
        offer(self, "channel", channels, "All channels")


def _with_code(data: QueryDict) -> QueryDict:
    """Addresses had labels in the place of codes: bookmarks and links in old e-mails go on finding their kind."""
    text = data.get("kind", "")
    kind = ProblemKind.CANCEL_REQUESTED if text == "Buyer asks to cancel" else ProblemKind.named(text)
    if kind is None:
        return data
    coded = data.copy()
    coded["kind"] = kind.value
    return coded
