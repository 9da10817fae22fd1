"""Days that people type or an address names."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
"""Beyond these a day's midnight in some zone is a time that nothing can hold; no trade of ours is older."""


class DayField(forms.DateField):
    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            message = gettext("Give a day from %(first)s to %(last)s.")
            raise forms.ValidationError(
                message, code="out_of_bounds", params={"first": FIRST_DAY.year, "last": LAST_DAY.year}
            )
        return day
