"""Forms of the small lists of Settings, and of a courier group's lines."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.shipping.courier_groups import fbm_channel_choices, service_choices
from wharfinger.domain.installation.lists import LISTS, ListName
from wharfinger.domain.shipping.couriers import AMAZONS_LEVELS, LEVEL_AT_MOST
from wharfinger.operations.installation.small_lists import ListEntry
from wharfinger.operations.shipping.courier_groups import GRAMS_AT_MOST, RuleEntry
from wharfinger.web.forms.choices import offer


class EntryForm(forms.Form):
    """One entry of any small list; only a bank account has a currency."""

    name = forms.CharField(label=gettext_lazy("Name"), strip=True)
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        required=False,
        max_length=3,
        help_text=gettext_lazy("Its three letters, such as GBP. Empty: any."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "size": 4}),
    )

    def __init__(
        self, which: ListName, data: QueryDict | None = None, *, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        facts = LISTS[which]
        self.fields["name"] = forms.CharField(
            label=gettext("Name"),
            max_length=facts.name_at_most,
            error_messages={"required": gettext("Give the %(list)s a name.") % {"list": gettext(facts.word)}},
        )
        if which is ListName.ORDER_NUMBER_PREFIXES:
            self.fields["name"].label = gettext("Prefix")
            self.fields["name"].help_text = gettext(
                "Letters, digits and -, not ending in a digit: AMZ gives AMZ000123."
            )
        if which is not ListName.BANK_ACCOUNTS:
            del self.fields["currency"]

    def entry(self) -> ListEntry:
        return ListEntry(self.cleaned_data["name"], self.cleaned_data.get("currency", ""))


class RuleForm(forms.Form):
    """One line of a courier group. What is left empty fits every order."""

    service_id = forms.TypedChoiceField(
        label=gettext_lazy("Courier service"),
        coerce=int,
        error_messages={"required": gettext_lazy("Choose a courier service.")},
        help_text=gettext_lazy("Offered first for orders that match the conditions below."),
    )
    channel_id = forms.TypedChoiceField(label=gettext_lazy("Channel"), coerce=int, empty_value=None, required=False)
    service_level = forms.CharField(
        label=gettext_lazy("Amazon's service level"),
        max_length=LEVEL_AT_MOST,
        required=False,
        widget=forms.TextInput(attrs={"list": "service-levels"}),
        help_text=gettext_lazy("As Amazon names it, such as NEXT_DAY. Empty: any."),
    )
    country = forms.CharField(
        label=gettext_lazy("Country"),
        max_length=2,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "characters"}),
        help_text=gettext_lazy("Country of delivery, in two letters, such as GB or DE. Empty: any."),
    )
    grams_at_most = forms.IntegerField(
        label=gettext_lazy("Weight in grams, at most"),
        min_value=1,
        max_value=GRAMS_AT_MOST,
        required=False,
        help_text=gettext_lazy(
            "Of all units to be dispatched. Empty: any. Does not apply to an order with an item of unknown weight."
        ),
    )

    def __init__(self, data: QueryDict | None = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        offer(self, "service_id", service_choices(), gettext("Choose a courier service"))
        offer(self, "channel_id", fbm_channel_choices(), gettext("Any channel"))

    levels = AMAZONS_LEVELS

    def entry(self) -> RuleEntry:
        return RuleEntry(**self.cleaned_data)
