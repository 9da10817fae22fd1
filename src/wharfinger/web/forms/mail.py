from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.installation.mail import MailServer
from wharfinger.domain.installation.alerts import MailSecurity
from wharfinger.operations.installation.mail import MailEntry
from wharfinger.web.forms.choices import labelled


class MailForm(forms.Form):
    """How e-mail leaves the installation; the password is write only."""

    host = forms.CharField(
        label=gettext_lazy("Mail server"),
        max_length=200,
        help_text=gettext_lazy("Its name alone, as smtp.example.com."),
    )
    port = forms.IntegerField(
        label=gettext_lazy("Port"),
        min_value=1,
        max_value=65535,
        help_text=gettext_lazy("587 with STARTTLS, 465 with TLS."),
    )
    security = forms.ChoiceField(label=gettext_lazy("Security"), choices=labelled(MailSecurity))
    username = forms.CharField(label=gettext_lazy("User name"), max_length=200, required=False)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=400,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Never shown again once it is saved."),
    )
    sender = forms.CharField(
        label=gettext_lazy("Sender"), max_length=254, help_text=gettext_lazy("The address that messages come from.")
    )
    recipients = forms.CharField(
        label=gettext_lazy("Recipients"),
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One address per line. Empty: every administrator who has an address."),
    )

    def __init__(self, data: Any = None, *, known: MailServer | None = None) -> None:
        super().__init__(data, initial=_initial(known))
        if known is not None and known.password:
            held = gettext("Set. Leave it empty to keep it; it is never shown.")
            if known.password_last_four:
                held = gettext("Set, ends in …%(last_four)s. Leave it empty to keep it; it is never shown.")
            self.fields["password"].help_text = held % {"last_four": known.password_last_four}

    def entry(self) -> MailEntry:
        cleaned = self.cleaned_data
        return MailEntry(
            host=cleaned["host"],
            port=cleaned["port"],
            security=cleaned["security"],
            username=cleaned["username"],
            password=cleaned["password"],
            sender=cleaned["sender"],
            recipients=tuple(cleaned["recipients"].replace(",", "\n").splitlines()),
        )


def _initial(known: MailServer | None) -> dict[str, Any]:
    if known is None:
        return {"port": 587, "security": MailSecurity.STARTTLS}
    return {
        "host": known.host,
        "port": known.port,
        "security": known.security,
        "username": known.username,
        "sender": known.sender,
        "recipients": "\n".join(known.recipients),
    }


class TestMailForm(forms.Form):
    __test__ = False  # pytest takes every class of this name for tests

    to = forms.CharField(label=gettext_lazy("To"), max_length=254)
