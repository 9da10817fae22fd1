from django import forms

DEMO_PASSWORD = "Harbour-Lights-2026"


class SignInForm(forms.Form):
    username = forms.CharField(
        label="User name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )
    password = forms.CharField(
        label="Password", max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class SetupForm(forms.Form):
    """The first administrator."""

    username = forms.CharField(label="User name", max_length=150, help_text="One word; you sign in with it.")
    full_name = forms.CharField(label="Your name", max_length=150)
    password = forms.CharField(
        label="Password",
        max_length=200,
        help_text="At least twelve characters: capitals, small letters, digits or signs.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
