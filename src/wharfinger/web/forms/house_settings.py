from zoneinfo import available_timezones

from django import forms

from wharfinger.web.forms.choices import LongSelect


class ZoneForm(forms.Form):
    time_zone = forms.ChoiceField(
        label="Your time zone",
        choices=[(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())],
        widget=LongSelect,
    )
