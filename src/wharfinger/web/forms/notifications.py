from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy


class QueueForm(forms.Form):
    """The user's own queue of notifications, with a key that may read it."""

    url = forms.CharField(
        label=gettext_lazy("Queue address"),
        max_length=300,
        help_text=gettext_lazy(
            "A standard SQS queue for this account's notifications, as the SQS console shows its URL."
        ),
    )
    key_id = forms.CharField(
        label=gettext_lazy("Access key ID"),
        max_length=128,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Of an AWS user who may only read this queue, and send test messages to it."),
    )
    secret = forms.CharField(
        label=gettext_lazy("Secret access key"),
        max_length=200,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Stored encrypted; never shown again."),
    )

    def __init__(self, data: Any = None, *, url: str = "", key_id: str = "", last_four: str = "") -> None:
        super().__init__(data, initial={"url": url, "key_id": key_id})
        if last_four:
            self.fields["secret"].help_text = gettext("Stored, ends in %(last_four)s. Leave it empty to keep it.") % {
                "last_four": last_four
            }
