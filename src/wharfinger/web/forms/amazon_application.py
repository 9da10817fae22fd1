from typing import Any

from django import forms

from wharfinger.db.queries.access.applications import ApplicationFacts
from wharfinger.domain.access.authorisation import ROLES, ApplicationKind
from wharfinger.domain.marketplaces import Region
from wharfinger.operations.access.applications import ApplicationEntry, QueueEntry
from wharfinger.web.forms.days import DayField

REGIONS = [(region.value, region.title) for region in (Region.EU, Region.NA)]
APPLICATION = ("name", "application_id", "kind", "regions", "is_draft", "redirect_uri")
CREDENTIALS = ("client_id", "client_secret", "secret_expires_on")
QUEUE = ("queue_url", "queue_key_id", "queue_secret")


def _secret(label: str, held: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=400,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=held or "Never shown again once it is saved.",
    )


class ApplicationForm(forms.Form):
    """An application of the retailer's own at Amazon; secrets are write only."""

    name = forms.CharField(label="Name", max_length=80, help_text="What you call it, such as Wharfinger.")
    application_id = forms.CharField(
        label="Application ID", max_length=120, help_text="Begins with amzn1.sp.solution. See Develop Apps."
    )
    kind = forms.ChoiceField(
        label="Kind of application",
        choices=[(kind.value, kind.label) for kind in ApplicationKind],
        help_text="As it is registered at Amazon. A private application has no consent page: paste its token.",
    )
    regions = forms.MultipleChoiceField(
        label="Regions",
        choices=REGIONS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="The regions whose seller accounts it is used for. None ticked: every region.",
    )
    is_draft = forms.BooleanField(
        label="The application is a draft",
        required=False,
        help_text="A private application may stay a draft. Tick this so that it is opened as a draft, or Seller "
        "Central shows the error MD1000.",
    )
    redirect_uri = forms.CharField(
        label="Redirect URI",
        max_length=300,
        required=False,
        help_text="Only if a different address is registered, for example behind a proxy. Empty: this installation's "
        "own.",
    )
    client_id = forms.CharField(
        label="LWA client ID",
        max_length=200,
        help_text="Begins with amzn1.application-oa2-client. See LWA credentials.",
    )
    client_secret = _secret("LWA client secret")
    secret_expires_on = DayField(
        label="Client secret expires",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="As the portal says. Empty: 180 days from now when a secret is entered. You are reminded before.",
    )
    roles = forms.MultipleChoiceField(
        label="Its roles",
        choices=[(role.name, role.name) for role in ROLES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    queue_url = forms.CharField(
        label="Queue address",
        max_length=300,
        required=False,
        help_text="An SQS queue of its own, registered in the portal for notifications of the application.",
    )
    queue_key_id = forms.CharField(
        label="Access key ID",
        max_length=128,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="From an AWS user who may only receive and delete messages of this queue.",
    )
    queue_secret = _secret("Secret access key")

    secret_seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, known: ApplicationFacts | None = None) -> None:
        super().__init__(data, initial=_initial(known))
        if known is None:
            self.fields["client_secret"].required = True
        elif known.secret_last_four:
            self._tell("client_secret", known.secret_last_four)
        if known is not None and known.queue_last_four:
            self._tell("queue_secret", known.queue_last_four)

    def _tell(self, name: str, last_four: str) -> None:
        self.fields[name].help_text = f"Set, ends in …{last_four}. Leave it empty to keep it; it is never shown."

    @property
    def application(self) -> list[forms.BoundField]:
        return [self[name] for name in APPLICATION]

    @property
    def credentials(self) -> list[forms.BoundField]:
        return [self[name] for name in CREDENTIALS]

    @property
    def queue(self) -> list[forms.BoundField]:
        return [self[name] for name in QUEUE]

    @property
    def role_lines(self) -> list[tuple[Any, Any]]:
        """Each role's tick with what it is for."""
        ticks = {str(tick.data["value"]): tick for tick in self["roles"]}
        return [(ticks[role.name], role) for role in ROLES]

    def entry(self) -> ApplicationEntry:
        cleaned = self.cleaned_data
        return ApplicationEntry(
            application_id=cleaned["application_id"],
            client_id=cleaned["client_id"],
            client_secret=cleaned["client_secret"],
            is_draft=cleaned["is_draft"],
            kind=ApplicationKind(cleaned["kind"]),
            name=cleaned["name"],
            regions=tuple(cleaned["regions"]),
            roles=tuple(cleaned["roles"]),
            redirect_uri=cleaned["redirect_uri"],
            secret_expires_on=cleaned["secret_expires_on"],
            secret_seen=cleaned["secret_seen"],
            queue=QueueEntry(cleaned["queue_url"], cleaned["queue_key_id"], cleaned["queue_secret"]),
        )


def _initial(known: ApplicationFacts | None) -> dict[str, Any]:
    if known is None:
        roles = [role.name for role in ROLES]
        return {"name": "Wharfinger", "kind": ApplicationKind.PRIVATE, "is_draft": True, "roles": roles}
    names = [name for name in (*APPLICATION, *CREDENTIALS, *QUEUE, "roles") if not name.endswith("_secret")]
    return {**{name: getattr(known, name) for name in names}, "secret_seen": known.secret_last_four}
