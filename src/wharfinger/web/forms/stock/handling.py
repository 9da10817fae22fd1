from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.stock.handling import choices
from wharfinger.domain.stock.handling import DAYS_AT_MOST, Span
from wharfinger.operations.stock.handling import NAME_AT_MOST, PeriodEntry
from wharfinger.web.forms.days import DayField

_CHANNEL, _PROFILE = "channel-", "profile-"


class HandlingPeriodForm(forms.Form):
    """A new handling time, or one that is edited."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_AT_MOST)
    first_day = DayField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: until you end it."),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Handling time in days"),
        min_value=0,
        max_value=DAYS_AT_MOST,
        help_text=gettext_lazy("Working days from an order until you hand the parcel over, as Amazon counts them."),
    )
    holds_for = forms.ChoiceField(label=gettext_lazy("Holds for"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None, *, initial: dict[str, Any], kept: tuple[str, str] | None = None) -> None:
        """`kept`: what it holds for already, which may be archived since: (value, name)."""
        super().__init__(data, initial=initial)
        channels, profiles = choices()
        of_channels = [(f"{_CHANNEL}{pk}", name) for pk, name in channels]
        of_profiles = [(f"{_PROFILE}{pk}", name) for pk, name in profiles]
        known = {value for value, _ in (*of_channels, *of_profiles)}
        groups: list[Any] = [("", gettext("All channels"))]
        if kept is not None and kept[0] not in known:
            groups.append(kept)
        groups += [(gettext("A channel"), of_channels)] if of_channels else []
        groups += [(gettext("A stock profile"), of_profiles)] if of_profiles else []
        field = self.fields["holds_for"]
        if isinstance(field, forms.ChoiceField):
            field.choices = groups

    def entry(self) -> PeriodEntry:
        cleaned = self.cleaned_data
        chosen = cleaned["holds_for"]
        return PeriodEntry(
            name=cleaned["name"],
            span=Span(cleaned["first_day"], cleaned["last_day"]),
            days=cleaned["days"],
            channel_id=_number(chosen, _CHANNEL),
            profile_id=_number(chosen, _PROFILE),
        )


def _number(chosen: str, kind: str) -> int | None:
    return int(chosen.removeprefix(kind)) if chosen.startswith(kind) else None


def scope_value(channel_id: int | None, profile_id: int | None) -> str:
    if channel_id is not None:
        return f"{_CHANNEL}{channel_id}"
    return f"{_PROFILE}{profile_id}" if profile_id is not None else ""
