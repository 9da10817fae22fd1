from zoneinfo import available_timezones

from django import forms


class ApplicationForm(forms.Form):
    """The retailer's own application at Amazon."""

    application_id = forms.CharField(
        label="Application ID", max_length=120, help_text="Begins with amzn1.sp.solution. See Develop Apps."
    )
    client_id = forms.CharField(
        label="LWA client ID",
        max_length=200,
        help_text="Begins with amzn1.application-oa2-client. See LWA credentials.",
    )
    client_secret = forms.CharField(
        label="LWA client secret",
        max_length=400,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Never shown again. Leave it empty to keep the one that is stored.",
    )
    is_draft = forms.BooleanField(
        label="The application is a draft",
        required=False,
        help_text="A private application may stay a draft; Seller Central must be told so.",
    )


class ZoneForm(forms.Form):
    time_zone = forms.ChoiceField(
        label="Your time zone", choices=[(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]
    )
