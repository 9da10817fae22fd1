"""The form of a courier service's cut-offs: a time and the weekdays, for each site."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.shipping.cut_offs import SiteCutOff
from wharfinger.domain.shipping.cut_offs import WORKING_WEEK, CutOff

WEEKDAYS = tuple(
    enumerate(
        (
            gettext_lazy("Monday"),
            gettext_lazy("Tuesday"),
            gettext_lazy("Wednesday"),
            gettext_lazy("Thursday"),
            gettext_lazy("Friday"),
            gettext_lazy("Saturday"),
            gettext_lazy("Sunday"),
        )
    )
)


class CutOffForm(forms.Form):
    def __init__(self, sites: Sequence[SiteCutOff], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.sites = sites
        for row in sites:
            held = row.cut_off or CutOff(None, WORKING_WEEK)  # type: ignore[arg-type]  # what a new one begins with
            self.fields[f"at_{row.site_id}"] = forms.TimeField(
                label=gettext("Ready by"),
                required=False,
                initial=held.at,
                widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
                help_text=gettext("On the clock of %(zone)s. Empty: no cut-off.") % {"zone": row.zone},
            )
            self.fields[f"days_{row.site_id}"] = forms.TypedMultipleChoiceField(
                label=gettext("Collects on"),
                required=False,
                coerce=int,
                choices=WEEKDAYS,
                initial=sorted(held.weekdays),
                widget=forms.CheckboxSelectMultiple,
            )

    @property
    def cards(self) -> list[tuple[SiteCutOff, forms.BoundField, forms.BoundField]]:
        return [(row, self[f"at_{row.site_id}"], self[f"days_{row.site_id}"]) for row in self.sites]

    def cut_offs(self) -> dict[int, CutOff | None]:
        return {row.site_id: self._of(row.site_id) for row in self.sites}

    def _of(self, site_id: int) -> CutOff | None:
        cleaned: dict[str, Any] = self.cleaned_data
        at = cleaned[f"at_{site_id}"]
        return None if at is None else CutOff(at, frozenset(cleaned[f"days_{site_id}"]))
