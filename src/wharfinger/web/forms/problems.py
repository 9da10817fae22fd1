from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.web.forms.choices import LongSelect, labelled, offer


class ProblemFilterForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=labelled(ProblemKind, gettext_lazy("All kinds")),
    )
    channel = forms.TypedChoiceField(
        label=gettext_lazy("Channel"), required=False, coerce=int, empty_value=None, widget=LongSelect
    )
    show = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=[("", gettext_lazy("Open")), ("solved", gettext_lazy("Solved"))],
    )
    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=400, widget=forms.TextInput(attrs={"type": "search"})
    )

    def __init__(self, data: QueryDict, *, channels: Sequence[tuple[int, str]]) -> None:
        super().__init__(_with_code(data))
        offer(self, "channel", channels, gettext("All channels"))


def _with_code(data: QueryDict) -> QueryDict:
    """Addresses had labels in the place of codes: bookmarks and links in old e-mails go on finding their kind."""
    text = data.get("kind", "")
    kind = ProblemKind.CANCEL_REQUESTED if text == "Buyer asks to cancel" else ProblemKind.named(text)
    if kind is None:
        return data
    coded = data.copy()
    coded["kind"] = kind.value
    return coded
