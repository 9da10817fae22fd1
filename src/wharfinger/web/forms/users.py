from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.installation.people import PersonRow
from wharfinger.domain.installation.people import FUNCTIONS, Role, may
from wharfinger.domain.sentences import N_

_AS_ROLE, _GIVEN, _TAKEN = "role", "given", "taken"
ROLE_MEANS = {
    Role.ADMINISTRATOR: N_("everything"),
    Role.MANAGER: N_("everything except the installation's settings and users"),
    Role.WAREHOUSE: N_("stock and shipping, with customers' names and addresses"),
    Role.ACCOUNTS: N_("views everything, with customers' names"),
    Role.VIEWER: N_("views only, without customers' names"),
}


class PersonForm(forms.Form):
    """A person who may sign in; the password is chosen by a one-time link, never by somebody else."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
        help_text=gettext_lazy("One word; they sign in with it. It cannot be changed."),
    )
    full_name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False, help_text=gettext_lazy("For alerts."))
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=lambda: [(role.value, f"{role.label}: {gettext(means)}") for role, means in ROLE_MEANS.items()],
    )

    def __init__(self, data: QueryDict | None = None, *, initial: dict[str, Any], made: bool = False) -> None:
        super().__init__(data, initial=initial)
        if made:
            self.fields["username"].disabled = True


class _NewPassword(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("New password"),
        max_length=200,
        help_text=gettext_lazy("At least twelve characters: capitals, small letters, digits or signs."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("Once more"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", gettext("The two passwords differ. Type the same one twice."))
        return cleaned


class PasswordForm(_NewPassword):
    """By a one-time link."""

    code = forms.CharField(max_length=200, widget=forms.HiddenInput)


class OwnPasswordForm(_NewPassword):
    """By its owner, who knows the present one."""

    old = forms.CharField(
        label=gettext_lazy("Current password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ("old", "password", "again")


class RightsForm(forms.Form):
    """One question for each function: as the role has it, given, or taken. The role's own answer is said in it."""

    def __init__(self, data: QueryDict | None = None, *, row: PersonRow) -> None:
        super().__init__(data)
        for right in FUNCTIONS:
            by_role = gettext("As the role: may") if may(row.role, right) else gettext("As the role: may not")
            own = row.changed_rights.get(right.code)
            self.fields[right.code] = forms.ChoiceField(
                label=capfirst(gettext(right.value)),
                choices=[(_AS_ROLE, by_role), (_GIVEN, gettext("May")), (_TAKEN, gettext("May not"))],
                initial=_AS_ROLE if own is None else _GIVEN if own else _TAKEN,
            )

    def changes(self) -> dict[str, bool]:
        return {code: answer == _GIVEN for code, answer in self.cleaned_data.items() if answer != _AS_ROLE}
