from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.access.applications import ApplicationFacts
from wharfinger.domain.access.authorisation import ROLES, ApplicationKind
from wharfinger.domain.marketplaces import Region
from wharfinger.operations.access.applications import ApplicationEntry, QueueEntry
from wharfinger.web.forms.choices import labelled
from wharfinger.web.forms.days import DayField

REGIONS = [(region.value, region.title) for region in (Region.EU, Region.NA)]
APPLICATION = ("name", "application_id", "kind", "regions", "is_draft", "redirect_uri")
CREDENTIALS = ("client_id", "client_secret", "secret_expires_on")
QUEUE = ("queue_url", "queue_key_id", "queue_secret")


def _secret(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=400,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Never shown again once it is saved."),
    )


class ApplicationForm(forms.Form):
    """An application of the retailer's own at Amazon; secrets are write only."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("What you call it, such as Wharfinger.")
    )
    application_id = forms.CharField(
        label=gettext_lazy("Application ID"),
        max_length=120,
        help_text=gettext_lazy("Begins with amzn1.sp.solution. See Develop Apps."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of application"),
        choices=labelled(ApplicationKind),
        help_text=gettext_lazy(
            "As it is registered at Amazon. A private application has no consent page: paste its token."
        ),
    )
    regions = forms.MultipleChoiceField(
        label=gettext_lazy("Regions"),
        choices=REGIONS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The regions whose seller accounts it is used for. None ticked: every region."),
    )
    is_draft = forms.BooleanField(
        label=gettext_lazy("The application is a draft"),
        required=False,
        help_text=gettext_lazy(
            "A private application may stay a draft. Tick this so that it is opened as a draft, or Seller "
            "Central shows the error MD1000."
        ),
    )
    redirect_uri = forms.CharField(
        label=gettext_lazy("Redirect URI"),
        max_length=300,
        required=False,
        help_text=gettext_lazy(
            "Only if a different address is registered, for example behind a proxy. Empty: this installation's own."
        ),
    )
    client_id = forms.CharField(
        label=gettext_lazy("LWA client ID"),
        max_length=200,
        help_text=gettext_lazy("Begins with amzn1.application-oa2-client. See LWA credentials."),
    )
    client_secret = _secret(gettext_lazy("LWA client secret"))
    secret_expires_on = DayField(
        label=gettext_lazy("Client secret expires"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "As the portal says. Empty: 180 days from now when a secret is entered. You are reminded before."
        ),
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Its roles"),
        choices=[(role.name, role.name) for role in ROLES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    queue_url = forms.CharField(
        label=gettext_lazy("Queue address"),
        max_length=300,
        required=False,
        help_text=gettext_lazy(
            "An SQS queue of its own, registered in the portal for notifications of the application."
        ),
    )
    queue_key_id = forms.CharField(
        label=gettext_lazy("Access key ID"),
        max_length=128,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("From an AWS user who may only receive and delete messages of this queue."),
    )
    queue_secret = _secret(gettext_lazy("Secret access key"))

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
        held = gettext("Set, ends in …%(last_four)s. Leave it empty to keep it; it is never shown.")
        self.fields[name].help_text = held % {"last_four": last_four}

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
