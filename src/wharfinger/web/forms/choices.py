from collections.abc import Sequence

from django import forms


def offer(form: forms.Form, field: str, choices: Sequence[tuple[object, object]], first: str = "") -> None:
    """Give a choice field what may be chosen, with an empty choice in front when `first` says how it reads.

    `choices`: (value, label), or (group, choices of the group).
    """
    chosen = form.fields[field]
    if not isinstance(chosen, forms.ChoiceField):
        raise TypeError(f"{field} is no choice field")
    chosen.choices = [("", first), *choices] if first else list(choices)
