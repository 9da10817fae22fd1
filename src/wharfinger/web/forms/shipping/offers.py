"""Forms about the offers for a label: which one with which extras, and what it wants to know."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext

from wharfinger.db.queries.shipping.offers import OfferShown
from wharfinger.domain.shipping.input_schemas import InputField, InputKind, nested
from wharfinger.web.formats import written_money
from wharfinger.web.forms.choices import offer as offer_choices


class OfferForm(forms.Form):
    """One offer with its extras: a choice for each group that has one."""

    def __init__(self, shown: OfferShown, data: QueryDict | None = None) -> None:
        super().__init__(data, prefix=f"offer-{shown.offer.rate_id}")
        self.shown = shown
        self._groups = []
        for place, group in enumerate(shown.offer.groups):
            name = f"group_{place}"
            choices = [
                (one.id, f"{one.name} (+{written_money(one.price, shown.offer.currency)})" if one.price else one.name)
                for one in group.extras
            ]
            usual = next((one.id for one in group.extras if one.id in shown.usual), "")
            self.fields[name] = forms.ChoiceField(
                label=group.name or group.id, required=group.required, initial=usual, choices=choices
            )
            if not group.required:
                offer_choices(self, name, choices, gettext("Not needed"))
            self._groups.append(name)

    def extras(self) -> tuple[str, ...]:
        return tuple(self.cleaned_data[name] for name in self._groups if self.cleaned_data.get(name))


class InputsForm(forms.Form):
    """What the chosen offer wants to know, as its schema says it."""

    def __init__(self, fields: Sequence[InputField], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self._inputs = tuple(fields)
        for one in fields:
            self.fields[one.name] = _field(one)

    def inputs(self) -> dict[str, Any]:
        return nested(self._inputs, self.cleaned_data)


def _field(one: InputField) -> forms.Field:
    about: dict[str, Any] = {"label": one.title, "help_text": one.help, "required": one.required}
    if one.choices:
        choices = [(choice, choice) for choice in one.choices]
        return forms.ChoiceField(choices=choices if one.required else [("", "–"), *choices], **about)
    match one.kind:
        case InputKind.INTEGER:
            return forms.IntegerField(**about)
        case InputKind.NUMBER:
            return forms.FloatField(**about)
        case InputKind.BOOLEAN:
            return forms.BooleanField(**{**about, "required": False})
        case _:
            return forms.CharField(min_length=one.shortest or None, max_length=one.longest, **about)
