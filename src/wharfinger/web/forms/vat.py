"""Forms of Settings, VAT."""

from django import forms
from django.utils.translation import gettext_lazy

from wharfinger.domain.vat_facts import Registration, RegistrationKind
from wharfinger.operations.installation.vat_settings import NUMBER_AT_MOST, ItemRateEntry

_COUNTRY = {"autocapitalize": "characters", "size": 3, "maxlength": 2}
_DAY = {"type": "date"}


class RegistrationForm(forms.Form):
    kind = forms.TypedChoiceField(label=gettext_lazy("Kind"), coerce=RegistrationKind)
    country = forms.CharField(
        label=gettext_lazy("Country"),
        max_length=2,
        widget=forms.TextInput(attrs=_COUNTRY),
        help_text=gettext_lazy(
            "Its two letters: GB, DE. For OSS and IOSS the country where you are registered for it."
        ),
    )
    number = forms.CharField(label=gettext_lazy("Number"), max_length=NUMBER_AT_MOST, required=False)
    since = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs=_DAY))
    until = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs=_DAY),
        help_text=gettext_lazy("Empty while it holds."),
    )
    established = forms.BooleanField(
        label=gettext_lazy("You have a place of business there"),
        required=False,
        help_text=gettext_lazy("It decides who accounts for the VAT of a business buyer in that country."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own form takes them
        kinds = self.fields["kind"]
        assert isinstance(kinds, forms.TypedChoiceField)
        kinds.choices = [(kind.value, kind.label) for kind in RegistrationKind]

    def entry(self) -> Registration:
        return Registration(**self.cleaned_data)


class ItemRateForm(forms.Form):
    code = forms.CharField(label=gettext_lazy("Stock item"), max_length=60)
    country = forms.CharField(label=gettext_lazy("Country"), max_length=2, widget=forms.TextInput(attrs=_COUNTRY))
    rate = forms.DecimalField(label=gettext_lazy("VAT rate, per cent"), max_digits=5, decimal_places=2)
    since = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs=_DAY))

    def entry(self) -> ItemRateEntry:
        return ItemRateEntry(**self.cleaned_data)
