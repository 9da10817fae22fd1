from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.shipping.connections import ConnectionRow
from wharfinger.domain.shipping.connections import ConnectionKind, LabelFormat, PackageFormat
from wharfinger.domain.shipping.offers import OfferRule, Protection
from wharfinger.operations.shipping.connections import CodeEntry, ConnectionEntry, SenderEntry
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


class BuyShippingForm(forms.Form):
    """Amazon as a courier: no key, for the seller account's authorisation buys."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=60, help_text=gettext_lazy("As pages call it, such as Amazon UK.")
    )
    account_id = forms.TypedChoiceField(
        label=gettext_lazy("Seller account"),
        coerce=int,
        empty_value=None,
        help_text=gettext_lazy("Its authorisation buys the labels, for its own orders, and Amazon charges it."),
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
        self,
        data: QueryDict | None,
        *,
        sites: Sequence[tuple[int, str]],
        accounts: Sequence[tuple[int, str]] = (),
        known: ConnectionRow | None = None,
    ) -> None:
        super().__init__(data, initial=known.initial() if known else {"active": True})
        field = self.fields["sites"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = list(sites)
        if known is None:
            offer(self, "account_id", accounts, gettext("Choose …"))
        else:
            del self.fields["account_id"]

    def entry(self) -> ConnectionEntry:
        cleaned = self.cleaned_data
        return ConnectionEntry(
            kind=ConnectionKind.AMAZON,
            name=cleaned["name"],
            api_key="",
            active=cleaned["active"],
            sites=tuple(cleaned["sites"]),
            account_id=cleaned.get("account_id"),
        )


class SenderForm(forms.Form):
    """From where a site's parcels are sent, as couriers print it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=50, help_text=gettext_lazy("Person or company."))
    line_1 = forms.CharField(label=gettext_lazy("Address line 1"), max_length=60)
    line_2 = forms.CharField(label=gettext_lazy("Address line 2"), max_length=60, required=False)
    town = forms.CharField(label=gettext_lazy("Town"), max_length=60)
    county = forms.CharField(
        label=gettext_lazy("County or state"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("In the United States its two letters."),
    )
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=20)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=20, required=False, help_text=gettext_lazy("Some carriers want it.")
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=64, required=False)

    def entry(self) -> SenderEntry:
        return SenderEntry(**self.cleaned_data)


class OfferLineForm(forms.Form):
    """One line of Amazon's connection: which offer its services take."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("Such as Cheapest in time, signed.")
    )
    rule = forms.ChoiceField(label=gettext_lazy("Which offer"), choices=labelled(OfferRule))
    code = forms.CharField(
        label=gettext_lazy("Only this carrier or service"),
        max_length=100,
        required=False,
        help_text=gettext_lazy(
            "Amazon's id, such as ROYAL_MAIL or ROYAL_MAIL_TRACKED_48; “Compare offers” on an order shows them. "
            "Empty: any."
        ),
    )
    protection = forms.ChoiceField(
        label=gettext_lazy("Amazon's claims protection"),
        choices=labelled(Protection),
        help_text=gettext_lazy("With it Amazon pays claims for parcels that did not arrive."),
    )
    extras = forms.CharField(
        label=gettext_lazy("Extras"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Amazon's ids with blanks between, such as SIGNATURE_CONFIRMATION. Empty: the cheapest of what is required."
        ),
    )
    label_format = forms.ChoiceField(
        label=gettext_lazy("Label"),
        choices=labelled(LabelFormat),
        help_text=gettext_lazy("ZPL is for label printers alone: the browser cannot print it."),
    )
    length_cm = forms.IntegerField(label=gettext_lazy("Usual length (cm)"), min_value=1, max_value=400, required=False)
    width_cm = forms.IntegerField(label=gettext_lazy("Usual width (cm)"), min_value=1, max_value=400, required=False)
    height_cm = forms.IntegerField(
        label=gettext_lazy("Usual height (cm)"),
        min_value=1,
        max_value=400,
        required=False,
        help_text=gettext_lazy("Of the packed parcel. Empty: it is typed for each label, and none is bought in bulk."),
    )
    grams_at_most = forms.IntegerField(
        label=gettext_lazy("Weight limit (g)"),
        min_value=1,
        max_value=70_000,
        required=False,
        help_text=gettext_lazy("Empty: what the carriers take."),
    )
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    def __init__(self, data: QueryDict | None, *, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)

    def entry(self) -> CodeEntry:
        cleaned = self.cleaned_data
        return CodeEntry(
            code=cleaned["code"],
            name=cleaned["name"],
            package_format=PackageFormat.PARCEL,
            grams_at_most=cleaned["grams_at_most"],
            gives_tracking=True,
            active=cleaned["active"],
            rule=OfferRule(cleaned["rule"]),
            protection=Protection(cleaned["protection"]),
            extras=cleaned["extras"],
            label_format=LabelFormat(cleaned["label_format"]),
            sides=(cleaned["length_cm"], cleaned["width_cm"], cleaned["height_cm"]),
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
