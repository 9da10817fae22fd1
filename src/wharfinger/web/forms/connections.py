from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.shipping.connections import ConnectionRow
from wharfinger.domain.shipping.connections import ConnectionKind, PackageFormat
from wharfinger.operations.shipping.connections import CodeEntry, ConnectionEntry
from wharfinger.web.forms.choices import labelled, offer


class ConnectionForm(forms.Form):
    """An account with a courier; its key is write only."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=60, help_text=gettext_lazy("As pages call it, such as Royal Mail OBA.")
    )
    api_key = forms.CharField(
        label=gettext_lazy("API key"),
        max_length=400,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "In Click & Drop: Settings, Integrations, Add a new integration, Click & Drop API. Never shown again."
        ),
    )
    carrier_name = forms.CharField(
        label=gettext_lazy("Carrier name"),
        max_length=50,
        required=False,
        help_text=gettext_lazy(
            "Only if the account has several carriers: exactly as its carrier settings call it, such as Royal Mail OBA."
        ),
    )
    sites = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Sites"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("From where its parcels leave. None ticked: from all."),
    )
    active = forms.BooleanField(
        label=gettext_lazy("In use"), required=False, help_text=gettext_lazy("Off: no label is bought through it.")
    )

    def __init__(
        self, data: QueryDict | None, *, sites: Sequence[tuple[int, str]], known: ConnectionRow | None = None
    ) -> None:
        super().__init__(data, initial=known.initial() if known else {"active": True})
        field = self.fields["sites"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = list(sites)
        self.fields["api_key"].required = known is None
        if known is not None:
            held = gettext("Set. Leave it empty to keep it; it is never shown.")
            if known.key_last_four:
                held = gettext("Set, ends in …%(last_four)s. Leave it empty to keep it; it is never shown.")
            self.fields["api_key"].help_text = held % {"last_four": known.key_last_four}

    def entry(self) -> ConnectionEntry:
        cleaned = self.cleaned_data
        return ConnectionEntry(
            kind=ConnectionKind.CLICK_AND_DROP,
            name=cleaned["name"],
            api_key=cleaned["api_key"],
            carrier_name=cleaned["carrier_name"],
            active=cleaned["active"],
            sites=tuple(cleaned["sites"]),
        )


class CodeForm(forms.Form):
    """One line of a connection's table of service codes."""

    code = forms.CharField(
        label=gettext_lazy("Service code"),
        max_length=10,
        help_text=gettext_lazy("From your account's list of services, such as TPN24. It depends on your contract."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("Such as Tracked 24."))
    package_format = forms.ChoiceField(label=gettext_lazy("Package format"), choices=labelled(PackageFormat))
    grams_at_most = forms.IntegerField(
        label=gettext_lazy("Weight limit (g)"),
        min_value=1,
        max_value=30_000,
        required=False,
        help_text=gettext_lazy("Empty: 30000, the most that Click & Drop takes."),
    )
    gives_tracking = forms.BooleanField(
        label=gettext_lazy("Gives a tracking number"),
        required=False,
        help_text=gettext_lazy("Off for services without one: a number is typed when the parcel is dispatched."),
    )
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    def __init__(self, data: QueryDict | None, *, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)

    def entry(self) -> CodeEntry:
        cleaned = self.cleaned_data
        return CodeEntry(
            code=cleaned["code"],
            name=cleaned["name"],
            package_format=PackageFormat(cleaned["package_format"]),
            grams_at_most=cleaned["grams_at_most"],
            gives_tracking=cleaned["gives_tracking"],
            active=cleaned["active"],
        )


class LabelServiceField(forms.TypedChoiceField):
    """By which connection's service a courier service's labels are bought; empty = elsewhere."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Labels"),
            coerce=int,
            empty_value=None,
            required=False,
            help_text=gettext_lazy("Bought from here through a courier connection, or elsewhere."),
        )


def offer_label_services(form: forms.Form, choices: Sequence[tuple[int, str]]) -> None:
    offer(form, "label_service_id", choices, gettext("Bought elsewhere"))
