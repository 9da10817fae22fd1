from zoneinfo import available_timezones

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.installation.destinations import DestinationRow
from wharfinger.domain.installation.alerts import AlertKind
from wharfinger.domain.installation.destinations import DIGESTS, DestinationKind
from wharfinger.operations.installation.destinations import DestinationEntry
from wharfinger.web.forms.choices import LongSelect, labelled

_HOURS = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class DestinationForm(forms.Form):
    """Where alerts go; the address is write only, except that of e-mail."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=60, help_text=gettext_lazy("As pages call it, such as Warehouse chat.")
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=labelled(DestinationKind))
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=1000,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "The webhook's whole address, for ntfy that of the topic, or an e-mail address. Never shown again."
        ),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Alerts"),
        choices=labelled(AlertKind),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: all."),
    )
    urgent_only = forms.BooleanField(
        label=gettext_lazy("Urgent ones only"),
        required=False,
        help_text=gettext_lazy("Trade stands still or is lost meanwhile: no reminders."),
    )
    digest = forms.TypedChoiceField(label=gettext_lazy("Reminders"), coerce=int)
    quiet_since = forms.TimeField(label=gettext_lazy("Quiet from"), required=False, widget=_HOURS)
    quiet_until = forms.TimeField(label=gettext_lazy("Quiet until"), required=False, widget=_HOURS)
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=[(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())],
        widget=LongSelect,
    )
    urgent_breaks_quiet = forms.BooleanField(label=gettext_lazy("Urgent ones break the quiet hours"), required=False)
    active = forms.BooleanField(
        label=gettext_lazy("In use"), required=False, help_text=gettext_lazy("Off: nothing is sent there.")
    )

    def __init__(self, data: QueryDict | None, *, zone: str, known: DestinationRow | None = None) -> None:
        first = {"active": True, "urgent_breaks_quiet": True, "zone": zone, "digest": 0}
        super().__init__(data, initial=known.initial() if known else first)
        said = {
            0: gettext("at once, like urgent ones"),
            60: gettext("collected for an hour"),
            240: gettext("collected for four hours"),
            1440: gettext("collected for a day"),
        }
        digest = self.fields["digest"]
        if isinstance(digest, forms.ChoiceField):
            digest.choices = [(minutes, said[minutes]) for minutes in DIGESTS]
        self.fields["address"].required = known is None
        if known is not None:
            held = gettext("Leave it empty to keep the stored one: %(address)s")
            self.fields["address"].help_text = held % {"address": known.address_shown}

    def entry(self) -> DestinationEntry:
        cleaned = self.cleaned_data
        return DestinationEntry(
            name=cleaned["name"],
            kind=DestinationKind(cleaned["kind"]),
            address=cleaned["address"],
            kinds=tuple(cleaned["kinds"]),
            urgent_only=cleaned["urgent_only"],
            quiet_since=cleaned["quiet_since"],
            quiet_until=cleaned["quiet_until"],
            zone=cleaned["zone"],
            urgent_breaks_quiet=cleaned["urgent_breaks_quiet"],
            digest=cleaned["digest"],
            active=cleaned["active"],
        )
