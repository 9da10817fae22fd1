from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from wharfinger.domain.labels import Labelled


class LongSelect(forms.Select):
    """For hundreds of options: Django renders each by a template of its own (60 ms for the world's time zones)."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        entries = (option for _, group, _ in widget["optgroups"] for option in group)
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((option["value"], " selected" if option["selected"] else "", option["label"]) for option in entries),
        )
        return format_html('<select name="{}"{}>{}</select>', widget["name"], flatatt(widget["attrs"]), options)


def labelled(members: Iterable[Labelled], first: object = None) -> Callable[[], list[tuple[object, object]]]:
    """What a field of a form's class may be: worked out for each form, since labels are in the reader's language.

    `first`: how the empty choice in front reads; None = there is none.
    """
    empty: list[tuple[object, object]] = [] if first is None else [("", first)]
    return lambda: [*empty, *((member.value, member.label) for member in members)]


def offer(form: forms.Form, field: str, choices: Sequence[tuple[object, object]], first: str = "") -> None:
    """Give a choice field what may be chosen, with an empty choice in front when `first` says how it reads.

    `choices`: (value, label), or (group, choices of the group).
    """
    chosen = form.fields[field]
    if not isinstance(chosen, forms.ChoiceField):
        raise TypeError(f"{field} is no choice field")
    chosen.choices = [("", first), *choices] if first else list(choices)
