"""Filters above a channel's lists, and above the list of channels."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from wharfinger.db.queries.channels.channel_history import FEEDBACK_ABOUT
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.shipping.shipments import ConfirmationState
from wharfinger.web.forms.choices import labelled


def _search(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )


class ChannelListForm(forms.Form):
    q = _search(gettext_lazy("Name, marketplace, seller"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Type"),
        required=False,
        choices=[("", gettext_lazy("FBM and FBA")), *((kind.value, f"Amazon {kind.value}") for kind in Fulfilment)],
    )
    runs = forms.ChoiceField(
        label=gettext_lazy("Runs"),
        required=False,
        choices=[("", gettext_lazy("All")), ("yes", gettext_lazy("Running")), ("no", gettext_lazy("Not running"))],
    )
    shelf = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=[("", gettext_lazy("Channels in use")), ("archived", gettext_lazy("Archived channels"))],
    )


class NotificationFilterForm(forms.Form):
    q = _search(gettext_lazy("Order or tracking number"))
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=labelled(ConfirmationState, gettext_lazy("All states")),
    )


class FeedbackFilterForm(forms.Form):
    q = _search(gettext_lazy("Amazon order number"))
    about = forms.ChoiceField(
        label=gettext_lazy("Why"),
        required=False,
        choices=[("", gettext_lazy("All reasons")), *((word, title) for word, (title, _) in FEEDBACK_ABOUT.items())],
    )


class ActivityFilterForm(forms.Form):
    q = _search(gettext_lazy("Words"))
    by = forms.ChoiceField(
        label=gettext_lazy("Done by"),
        required=False,
        choices=[("", gettext_lazy("People and the installation itself")), ("people", gettext_lazy("People"))],
    )
