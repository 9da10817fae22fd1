"""Two people edit one channel: what the other changed, field by field, and going on upon it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core import signing
from django.http import QueryDict
from django.utils.translation import gettext

from wharfinger.domain.orders.order import OrderType
from wharfinger.web.forms.channel_options import ROWS
from wharfinger.web.forms.channels import ChannelForm
from wharfinger.web.templatetags.wharfinger import written_value

OPENED = "opened"
"""The hidden field that holds, signed, what the form showed when it was opened."""
_SALT = "channel as opened"
_UNCOMPARED = frozenset({"version", "auth_token", "marketplace_typed"})


def as_stored(form: ChannelForm) -> dict[str, str]:
    """What is stored now, by field, as a form would send it. `form`: made of the channel as it is."""
    values = {
        name: _sent(field, form.initial.get(name)) for name, field in form.fields.items() if name not in _UNCOMPARED
    }
    if form.grid is not None:
        values[ROWS] = ",".join(row.row.order_type.value for row in form.grid.listed.rows if row.row.order_type)
    return values


def _sent(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.BooleanField):
        return "on" if value else ""
    prepared = field.prepare_value(value)
    return "" if prepared is None else str(getattr(prepared, "value", prepared))


def sealed(values: Mapping[str, str]) -> str:
    return signing.dumps(dict(values), salt=_SALT, compress=True)


def opened_with(data: QueryDict) -> dict[str, str]:
    """What the form showed when it was opened; empty where that was not sent, or not by us."""
    try:
        values: dict[str, str] = signing.loads(data.get(OPENED, ""), salt=_SALT)
    except signing.BadSignature:
        return {}
    return values


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed, or that you did, in the words of the page."""

    label: str
    opened: str
    theirs: str
    yours: str
    both: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """`data`: the form to go on with: theirs, and on top of it what you changed yourself."""

    differences: tuple[Difference, ...]
    data: QueryDict


def merge(form: ChannelForm, data: QueryDict, version: int) -> Merged:
    """`form`: made of the channel as it is now and of all rows that either of you has; `data`: what you sent."""
    opened, theirs, yours = opened_with(data), as_stored(form), _entered(form, data)
    differences, merged = [], QueryDict(mutable=True)
    for name in [*theirs, *(name for name in yours if name not in theirs)]:
        was, now, mine = opened.get(name, ""), theirs.get(name, ""), yours.get(name, "")
        kept = mine if mine != was else now
        if name == ROWS:
            merged.setlist(ROWS, [row for row in kept.split(",") if row])
        elif kept or not isinstance(form.fields.get(name), forms.BooleanField):
            merged[name] = kept
        if was != now:
            differences.append(_difference(form, name, was, now, mine))
    merged["version"] = str(version)
    merged["auth_token"] = data.get("auth_token", "")
    merged["marketplace_typed"] = data.get("marketplace_typed", "")
    return Merged(tuple(differences), merged)


def _entered(form: ChannelForm, data: QueryDict) -> dict[str, str]:
    values = {
        name: ("on" if name in data else "") if isinstance(field, forms.BooleanField) else data.get(name, "").strip()
        for name, field in form.fields.items()
        if name not in _UNCOMPARED
    }
    if form.grid is not None:
        values[ROWS] = ",".join(row.value for row in form.grid.listed.order_types if row.value in data.getlist(ROWS))
    return values


def _difference(form: ChannelForm, name: str, was: str, now: str, mine: str) -> Difference:
    if name == ROWS:
        label = gettext("Rows of the options list")
        words = [
            ", ".join(map(_row_label, filter(None, value.split(",")))) or gettext("None") for value in (was, now, mine)
        ]
    else:
        field = form.fields[name]
        row, _, option = name.rpartition(".")
        label = f"{_row_label(row)}: {field.label}" if row else str(field.label or option)
        words = [written_value(field, value) or gettext("Not set") for value in (was, now, mine)]
    return Difference(label, words[0], words[1], words[2], both=mine not in (was, now))


def _row_label(code: str) -> str:
    """A row of the options list by its order type; a code that was made up stays as it was sent."""
    return next((each.label for each in OrderType if each == code), code)
