"""The (Global) list within a channel's form: a row for (Global), and one for each order type that differs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.channels.channel_options import OptionsList, option_choices
from wharfinger.domain.channels.channel import CustomerPolicy
from wharfinger.domain.channels.options import (
    PRIORITY_FIRST,
    PRIORITY_LAST,
    OptionRow,
    OptionValues,
    Place,
    Source,
    cell_of,
    options_of_kind,
    read_place,
)
from wharfinger.domain.orders.order import OrderType
from wharfinger.domain.sentences import N_

LABELS: Mapping[str, str] = {
    "site": N_("Site"),
    "sales_source": N_("Sales Source"),
    "currency": N_("Currency"),
    "courier_group": N_("Courier Group"),
    "courier_service": N_("Courier service"),
    "customer_policy": N_("Customer policy"),
    "company_class": N_("Company class"),
    "invoice_priority": N_("Invoice priority"),
    "bank_account": N_("Bank account"),
    "order_number_prefix": N_("Order number prefix"),
    "orders_confirmed": N_("Orders confirmed"),
    "assign_invoice_code": N_("Assign invoice code"),
    "auto_pick": N_("Auto-pick"),
}
HELP: Mapping[str, str] = {
    "site": N_(
        "Stock for these orders is allocated from here. Of a site group what all its sites have is shown. Orders "
        "imported earlier keep their site."
    ),
    "sales_source": N_("Stamped on each sales order for reports. Without one, reports cannot tell these orders apart."),
    "currency": N_(
        "Three letters. An order in another currency is imported, and a problem is raised for a person to check."
    ),
    "courier_group": N_(
        "Its lines choose the service offered first at dispatch. A mapped service level takes precedence."
    ),
    "courier_service": N_(
        "Offered first where no courier group applies. Use one that gives its tracking number at once."
    ),
    "customer_policy": N_(
        "A record for each buyer, or one for all buyers of a month; then a buyer's orders are not grouped."
    ),
    "company_class": N_("Given to customers created by an import. Existing customers keep theirs."),
    "invoice_priority": N_("1 is first, 9 last. The priority of a mapped service level takes precedence."),
    "bank_account": N_(
        "Where the money for these orders arrives. With the wrong one, the accounts will not agree with Amazon."
    ),
    "order_number_prefix": N_("The start of new sales order codes. Search finds codes only with their prefix."),
    "orders_confirmed": N_(
        "No: stock is allocated to orders, but they are neither dispatched nor invoiced until a person confirms them."
    ),
    "assign_invoice_code": N_(
        "At import rather than at dispatch; cancelled orders then leave gaps. Must be on for FBA."
    ),
    "auto_pick": N_(
        "Counts as picked as soon as it can be dispatched: at import, or when its stock arrives. It is on no pick list."
    ),
}
_FLAGS = ("orders_confirmed", "assign_invoice_code", "auto_pick")
_YES_NO = (("True", gettext_lazy("Yes")), ("False", gettext_lazy("No")))
_IN_CHANNEL_FORM = {"site": "site_id", "courier_service": "courier_service_id"}
"""Fields of (Global) that every channel form has, the wizard's too."""
ACKNOWLEDGED = "late_courier_acknowledged"
ROWS = "rows"
ROW_CHOICE = "row"


@dataclass(frozen=True, slots=True)
class ShownCell:
    label: str
    value: str
    own: bool
    note: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the read only list."""

    title: str
    cells: tuple[ShownCell, ...]
    orders: int
    is_global: bool
    acknowledged: bool


def shown_rows(listed: OptionsList | None) -> tuple[ShownRow, ...]:
    """The list for a page that is read only."""
    if listed is None:
        return ()
    return tuple(
        ShownRow(
            title=row.title,
            cells=tuple(
                ShownCell(gettext(LABELS[cell.option]), cell.effective, bool(cell.own), _note(row.row, cell.source))
                for cell in row.cells
            ),
            orders=row.orders,
            is_global=row.row.order_type is None,
            acknowledged=row.row.late_courier_acknowledged,
        )
        for row in listed.rows
    )


def _note(row: OptionRow, source: Source) -> str:
    if source is Source.DEFAULT:
        return gettext("default")
    return gettext("inherited") if row.order_type is not None and source is Source.GLOBAL else ""


@dataclass(frozen=True, slots=True)
class FormCell:
    """A field, and the tick that belongs to it: a late courier's acknowledgement."""

    field: forms.BoundField
    tick: forms.BoundField | None


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row in Edit: its cells in the columns' order, and how to remove it."""

    title: str
    order_type: str
    cells: tuple[FormCell, ...]
    orders: int
    helped: bool


@dataclass(frozen=True, slots=True)
class RowChoice:
    """The button of a row that was pressed, as the form sends it: `add:standard`; without one, of nothing."""

    what: str = ""
    order_type: str = ""

    @classmethod
    def read(cls, text: str) -> "RowChoice":
        what, _, order_type = text.partition(":")
        return cls(what, order_type)

    @property
    def adds(self) -> bool:
        return self.what == "add"

    @property
    def removes(self) -> bool:
        return self.what == "remove"

    def __bool__(self) -> bool:
        return bool(self.what)


class OptionsGrid:
    """Adds the list's fields to a channel's form. Names of fields are those of the operation's refusals."""

    def __init__(self, form: forms.Form, listed: OptionsList, channel_id: int | None, data: QueryDict | None) -> None:
        self.form, self.listed = form, listed
        self.options = options_of_kind(listed.kind)
        self.row_choice = RowChoice.read(data.get(ROW_CHOICE, "") if data is not None else "")
        self.order_types = self._types(data)
        self._choices = option_choices(listed.kind, channel_id)
        self._add_row("", listed.defaults)
        for order_type in self.order_types:
            self._add_row(order_type.value, listed.inherited)

    def _types(self, data: QueryDict | None) -> list[OrderType]:
        """The override rows: as stored, or as the page that was sent had them, one more or less by its buttons."""
        if data is None:
            shown = {row.row.order_type.value for row in self.listed.rows if row.row.order_type is not None}
        else:
            shown = set(data.getlist(ROWS))
        choice = self.row_choice
        shown = shown | {choice.order_type} if choice.adds else shown - {choice.order_type}
        return [each for each in self.listed.order_types if each.value in shown]

    def _add_row(self, row: str, empty: Mapping[str, str]) -> None:
        stored = next((r.row for r in self.listed.rows if (r.row.order_type or "") == row), None)
        for option in self.options:
            name = _name(row, option)
            if name in self.form.fields:
                continue
            self.form.fields[name] = self._field(option, _placeholder(empty[option], of_a_type=bool(row)))
            if stored is not None:
                value = stored.values.place if option == "site" else getattr(stored.values, option)
                self.form.initial.setdefault(name, value)
        if row and "courier_service" in self.options:
            name = _name(row, ACKNOWLEDGED)
            self.form.fields[name] = forms.BooleanField(label=gettext(_KNOWN_LATE), required=False)
            if stored is not None:
                self.form.initial.setdefault(name, stored.late_courier_acknowledged)

    def _field(self, option: str, placeholder: str) -> forms.Field:
        label, help_text = gettext(LABELS[option]), gettext(HELP[option])
        if option == "currency":
            widget = forms.TextInput(attrs={"placeholder": placeholder, "autocapitalize": "characters"})
            return forms.CharField(label=label, help_text=help_text, required=False, max_length=3, widget=widget)
        if option == "invoice_priority":
            return forms.IntegerField(
                label=label,
                help_text=help_text,
                required=False,
                min_value=PRIORITY_FIRST,
                max_value=PRIORITY_LAST,
                widget=forms.NumberInput(attrs={"placeholder": placeholder, "inputmode": "numeric"}),
            )
        choices, coerce = self._offered(option)
        return forms.TypedChoiceField(
            label=label,
            help_text=help_text,
            required=False,
            coerce=coerce,
            empty_value=None,
            choices=[("", placeholder), *choices],
            error_messages={"invalid_choice": gettext("This cannot be chosen. Choose another.")},
        )

    def _offered(self, option: str) -> tuple[list[tuple[Any, Any]], Callable[[Any], Any]]:
        if option in _FLAGS:
            return list(_YES_NO), _is_yes
        if option == "customer_policy":
            return [(policy.value, policy.label) for policy in CustomerPolicy], CustomerPolicy
        return self._choices[option], read_place if option == "site" else int

    @property
    def removed(self) -> str:
        """The order type whose row was just removed: its button takes the focus."""
        return self.row_choice.order_type if self.row_choice.removes else ""

    def keep_entered(self, data: QueryDict) -> None:
        """Show what was typed again, unjudged: a row was added or removed, and nothing is saved yet."""
        for name, field in self.form.fields.items():
            if name in data or isinstance(field, forms.BooleanField):
                self.form.initial[name] = field.widget.value_from_datadict(data, self.form.files, name)
        chosen = self.row_choice
        first = self.form.fields.get(_name(chosen.order_type, self.options[0])) if chosen.order_type else None
        if chosen.adds and first is not None:
            first.widget.attrs["autofocus"] = True

    @property
    def rows(self) -> list[FormRow]:
        orders = sum(self.listed.orders.values())
        names = [each.value for each in self.order_types]
        first = FormRow("(Global)", "", self._bound(""), orders, helped=True)
        others = [
            FormRow(name, name, self._bound(name), self.listed.orders.get(name, 0), helped=False) for name in names
        ]
        return [first, *others]

    def _bound(self, row: str) -> tuple[FormCell, ...]:
        tick = _name(row, ACKNOWLEDGED)
        return tuple(
            FormCell(self.form[_name(row, option)], self.form[tick] if option == "courier_service" else None)
            for option in self.options
        )

    @property
    def may_add(self) -> list[OrderType]:
        return [each for each in self.listed.order_types if each not in self.order_types]

    def entered(self) -> tuple[OptionRow, ...]:
        """The whole list, for the operation."""
        cleaned = self.form.cleaned_data
        return tuple(
            OptionRow(
                order_type,
                _values({option: _clean(cleaned.get(_name(row, option))) for option in self.options}),
                bool(cleaned.get(_name(row, ACKNOWLEDGED), False)),
            )
            for row, order_type in [("", None), *((each.value, each) for each in self.order_types)]
        )


def _values(cells: dict[str, Any]) -> OptionValues:
    place = cells.pop("site") or Place()
    return OptionValues(site=place.site, site_group=place.group, **cells)


def _placeholder(word: str, *, of_a_type: bool) -> str:
    if of_a_type:
        return gettext("inherits %(value)s") % {"value": word}
    return gettext("none") if word == "none" else gettext("default: %(value)s") % {"value": word}


_KNOWN_LATE = N_("I know that this courier gives its tracking number later")


def _name(row: str, option: str) -> str:
    if not row:
        return _IN_CHANNEL_FORM.get(option, option)
    return cell_of(row, option)


def _is_yes(value: Any) -> bool:
    return str(value) == "True"


def _clean(value: Any) -> Any:
    return None if value == "" else value
