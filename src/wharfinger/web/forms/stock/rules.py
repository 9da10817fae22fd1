"""Forms of stock rules: a profile's, an item's, a channel's; and of a channel's write guard."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.stock.rules import InstallationRule, Setting
from wharfinger.domain.stock.guard import FACTOR_AT_MOST, LISTINGS_AT_MOST, GuardLimits
from wharfinger.domain.stock.rules import UNITS_AT_MOST, Rounding, RuleValues, SafeLevel
from wharfinger.domain.stock.safe_mode import HOURS_AT_MOST, SafeSetting
from wharfinger.operations.stock.stock_profiles import NAME_AT_MOST, ProfileEntry
from wharfinger.operations.stock.stock_rules import ChannelEntry
from wharfinger.web.forms.choices import labelled, offer


def _units(label: Any, help_text: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=0,
        max_value=UNITS_AT_MOST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class RuleForm(forms.Form):
    """The parts of a rule; an empty one inherits."""

    percent = forms.IntegerField(
        label=gettext_lazy("Percent of available"),
        help_text=gettext_lazy("A whole number from 0 to 100. Empty inherits; without any setting, 100."),
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    rounding = forms.ChoiceField(
        label=gettext_lazy("Rounding"),
        required=False,
        choices=labelled(Rounding, gettext_lazy("Inherits; without any setting, down")),
        help_text=gettext_lazy("10 units at 56 % are 5.6: down 5, up 6, nearest 6."),
    )
    buffer = _units(
        gettext_lazy("Buffer kept back"),
        gettext_lazy("Units that are never offered. Empty inherits; without any setting, 0."),
    )
    send_zero_at = _units(
        gettext_lazy("Send zero at"),
        gettext_lazy("This number or fewer is sent as 0. Empty inherits; without any setting, 0."),
    )
    cap = _units(
        gettext_lazy("Largest number shown"),
        gettext_lazy("Amazon never sees more than this. Empty inherits; without any setting, no limit."),
    )

    def values(self) -> RuleValues:
        cleaned = self.cleaned_data
        return RuleValues(
            percent=cleaned.get("percent"),
            rounding=Rounding(cleaned["rounding"]) if cleaned.get("rounding") else None,
            buffer=cleaned.get("buffer"),
            send_zero_at=cleaned.get("send_zero_at"),
            cap=cleaned.get("cap"),
        )


class InstallationRuleForm(RuleForm):
    shares = forms.BooleanField(
        label=gettext_lazy("Percents are shares of one stock"),
        required=False,
        help_text=gettext_lazy(
            "The listings of an item that sell from one site never show more together than is available there: shares "
            "are rounded down, and made smaller where all percents are more than 100. Kits count for themselves."
        ),
    )

    def rule(self) -> InstallationRule:
        return InstallationRule(self.values(), bool(self.cleaned_data.get("shares")))


class ProfileForm(RuleForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_AT_MOST)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    field_order = ["name"]

    def entry(self) -> ProfileEntry:
        return ProfileEntry(self.cleaned_data["name"], self.values())


class ItemRuleForm(RuleForm):
    """An item's profile, and its own values, which beat the profile's."""

    profile_id = forms.TypedChoiceField(
        label=gettext_lazy("Stock profile"), required=False, coerce=int, empty_value=None
    )
    field_order = ["profile_id"]

    def __init__(
        self, data: QueryDict | None, profiles: Sequence[tuple[int, str]], *, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        offer(self, "profile_id", profiles, gettext("No profile"))

    def setting(self) -> Setting:
        return Setting(self.cleaned_data.get("profile_id"), self.values())


class ChannelRuleForm(ItemRuleForm):
    """A channel's; what an item sets beats it."""

    only_specified = forms.ChoiceField(
        label=gettext_lazy("Upload"),
        choices=[
            ("all", gettext_lazy("Upload all items")),
            ("specified", gettext_lazy("Upload specified items only")),
        ],
        help_text=gettext_lazy("Specified items are ticked on the channel's Products tab."),
    )
    leads = forms.BooleanField(
        label=gettext_lazy("This channel's site and rule hold where channels differ"),
        required=False,
        help_text=gettext_lazy(
            "Amazon holds one quantity for a SKU in the whole region. Where channels of the seller account would send "
            "different numbers for it, this channel's is sent, unless another is chosen for the SKU."
        ),
    )
    field_order = ["only_specified", "profile_id"]

    def entry(self) -> ChannelEntry:
        cleaned = self.cleaned_data
        return ChannelEntry(self.setting(), cleaned.get("only_specified") == "specified", bool(cleaned.get("leads")))


def initial_of_values(values: RuleValues) -> dict[str, Any]:
    return values.as_stored()


def initial_of_setting(setting: Setting) -> dict[str, Any]:
    return {"profile_id": setting.profile_id, **setting.values.as_stored()}


def _number(label: Any, help_text: Any, least: int, most: int, *, required: bool = True) -> forms.IntegerField:
    return forms.IntegerField(
        required=required,
        label=label,
        help_text=help_text,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class GuardForm(forms.Form):
    on = forms.BooleanField(
        label=gettext_lazy("Hold large changes until somebody has seen them"),
        required=False,
        help_text=gettext_lazy("What orders take is never held. Without the guard every change is sent at once."),
    )
    zero_percent = _number(
        gettext_lazy("Percent that may fall to 0"),
        gettext_lazy("Of the channel's linked listings. 30 lets a change pass that empties three listings of ten."),
        0,
        100,
    )
    more_percent = _number(
        gettext_lazy("Percent that may be multiplied"),
        gettext_lazy("Of the channel's linked listings, by more than the factor below."),
        0,
        100,
    )
    factor = _number(
        gettext_lazy("Factor"),
        gettext_lazy("A number more than so many times the one at Amazon is doubted. 0 at Amazon counts as 1."),
        2,
        FACTOR_AT_MOST,
    )
    at_least = _number(
        gettext_lazy("Fewest listings"),
        gettext_lazy("Fewer listings than this are never held, whatever share of the channel they are."),
        1,
        LISTINGS_AT_MOST,
    )

    def limits(self) -> GuardLimits:
        cleaned = self.cleaned_data
        return GuardLimits(
            on=bool(cleaned["on"]),
            zero_percent=cleaned["zero_percent"],
            more_percent=cleaned["more_percent"],
            factor=cleaned["factor"],
            at_least=cleaned["at_least"],
        )


def initial_of_limits(limits: GuardLimits) -> dict[str, Any]:
    return asdict(limits)


class SafeModeForm(forms.Form):
    after_hours = _number(
        gettext_lazy("Hours without orders"),
        gettext_lazy("After so long quantities fall. Empty: they never do. A fair beginning is 6."),
        1,
        HOURS_AT_MOST,
        required=False,
    )
    percent = _number(
        gettext_lazy("Percent shown meanwhile"),
        gettext_lazy("Of the number that the stock rules give, rounded down; 0 sells nothing."),
        0,
        100,
    )
    cap = _units(
        gettext_lazy("Largest number shown meanwhile"),
        gettext_lazy("Amazon never sees more than this. Empty: no limit."),
    )

    def setting(self) -> SafeSetting:
        cleaned = self.cleaned_data
        return SafeSetting(cleaned.get("after_hours"), SafeLevel(cleaned["percent"], cleaned.get("cap")))


def initial_of_safe_mode(setting: SafeSetting) -> dict[str, Any]:
    return {"after_hours": setting.after_hours, **asdict(setting.level)}
