"""Filters above a channel's lists, and above the list of channels."""

from django import forms

from wharfinger.db.queries.channels.channel_history import FEEDBACK_ABOUT
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.shipping.shipments import ConfirmationState


def _search(label: str) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )


class ChannelListForm(forms.Form):
    q = _search("Name, marketplace, seller")
    kind = forms.ChoiceField(
        label="Type",
        required=False,
        choices=[("", "FBM and FBA"), *((kind.value, f"Amazon {kind.value}") for kind in Fulfilment)],
    )
    runs = forms.ChoiceField(
        label="Runs", required=False, choices=[("", "All"), ("yes", "Running"), ("no", "Not running")]
    )
    shelf = forms.ChoiceField(
        label="Show", required=False, choices=[("", "Channels in use"), ("archived", "Archived channels")]
    )


class NotificationFilterForm(forms.Form):
    q = _search("Order or tracking number")
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "All states"), *((state.value, state.label) for state in ConfirmationState)],
    )


class FeedbackFilterForm(forms.Form):
    q = _search("Amazon order number")
    about = forms.ChoiceField(
        label="Why",
        required=False,
        choices=[("", "All reasons"), *((word, title) for word, (title, _) in FEEDBACK_ABOUT.items())],
    )


class ActivityFilterForm(forms.Form):
    q = _search("Words")
    by = forms.ChoiceField(
        label="Done by", required=False, choices=[("", "People and the installation itself"), ("people", "People")]
    )
