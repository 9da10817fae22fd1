from typing import Any

from django import forms

from wharfinger.db.queries.installation.mail import MailServer
from wharfinger.domain.installation.alerts import MailSecurity
from wharfinger.operations.installation.mail import MailEntry


class MailForm(forms.Form):
    """How e-mail leaves the installation; the password is write only."""

    host = forms.CharField(label="Mail server", max_length=200, help_text="Its name alone, as smtp.example.com.")
    port = forms.IntegerField(label="Port", min_value=1, max_value=65535, help_text="587 with STARTTLS, 465 with TLS.")
    security = forms.ChoiceField(
        label="Security", choices=[(security.value, security.label) for security in MailSecurity]
    )
    username = forms.CharField(label="User name", max_length=200, required=False)
    password = forms.CharField(
        label="Password",
        max_length=400,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Never shown again once it is saved.",
    )
    sender = forms.CharField(label="Sender", max_length=254, help_text="The address that messages come from.")
    recipients = forms.CharField(
        label="Recipients",
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One address per line. Empty: every administrator who has an address.",
    )

    def __init__(self, data: Any = None, *, known: MailServer | None = None) -> None:
        super().__init__(data, initial=_initial(known))
        if known is not None and known.password:
            ends = f", ends in …{known.password_last_four}" if known.password_last_four else ""
            self.fields["password"].help_text = f"Set{ends}. Leave it empty to keep it; it is never shown."

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

    to = forms.CharField(label="To", max_length=254)
