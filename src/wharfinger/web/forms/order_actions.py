"""What an action on sales orders needs to know besides the orders."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from wharfinger.domain.orders.holding import DETAILS_AT_MOST, TAG_AT_MOST, HoldReason
from wharfinger.web.forms.choices import labelled


class ActionForm(forms.Form):
    """Of an action that needs nothing but the orders."""

    def values(self) -> dict[str, Any]:
        """By the operation's own names."""
        return dict(self.cleaned_data)


class HoldForm(ActionForm):
    reason = forms.TypedChoiceField(
        label=gettext_lazy("Reason"), coerce=HoldReason, choices=labelled(HoldReason), empty_value=None
    )
    details = forms.CharField(
        label=gettext_lazy("Details"),
        required=False,
        max_length=DETAILS_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For the others of the shop. Needed for another reason."),
    )


class TagForm(ActionForm):
    tag = forms.CharField(
        label=gettext_lazy("Tag"),
        max_length=TAG_AT_MOST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "known-tags"}),
    )

    def values(self) -> dict[str, Any]:
        return {"name": self.cleaned_data["tag"]}
