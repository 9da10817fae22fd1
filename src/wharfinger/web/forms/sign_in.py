from django import forms
from django.utils.translation import gettext_lazy

DEMO_PASSWORD = "Harbour-Lights-2026"


class SignInForm(forms.Form):
    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    """The code of a one-time link; the page takes it out of its own address."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=200,
        help_text=gettext_lazy("The part after the # in your link."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class SetupForm(forms.Form):
    """The first administrator."""

    code = forms.CharField(max_length=200, widget=forms.HiddenInput)
    username = forms.CharField(
        label=gettext_lazy("User name"), max_length=150, help_text=gettext_lazy("One word; you sign in with it.")
    )
    full_name = forms.CharField(label=gettext_lazy("Your name"), max_length=150)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=200,
        help_text=gettext_lazy("At least twelve characters: capitals, small letters, digits or signs."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class FactorForm(forms.Form):
    """What an authenticator app shows, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "spellcheck": "false"}
        ),
    )


class PasskeyAnswerForm(forms.Form):
    """What a browser answers for a passkey, as JSON; put in by the page's script."""

    answer = forms.CharField(max_length=20_000, widget=forms.HiddenInput)


class PasskeyForm(PasskeyAnswerForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("By which you know it again: “My telephone”, “Stick on the key ring”."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )


class PasskeyRemovalForm(forms.Form):
    passkey = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class PasswordAgainForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
