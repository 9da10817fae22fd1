"""The form of a channel's Setup tab: General, Channel Specific, (Global)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from wharfinger.db.queries.channels.channel_facts import ChannelPage, courier_groups, marketplace_choices, site_choices
from wharfinger.db.queries.channels.channel_options import OptionsList
from wharfinger.domain.channels.channel import ImportFba, import_fba_for
from wharfinger.domain.channels.options import Place, read_place
from wharfinger.domain.marketplaces import BY_ID, Region
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.operations.channels.channel_set_up import NAME_AT_MOST, ChannelEntry
from wharfinger.operations.refusals import Refused
from wharfinger.web.forms.channel_options import ROW_CHOICE, OptionsGrid
from wharfinger.web.forms.choices import labelled, offer
from wharfinger.web.forms.days import DayField
from wharfinger.web.request_context import show_refusal

REGIONS = [(region.value, region.title) for region in (Region.EU, Region.NA)]
GENERAL = (
    "name",
    "enabled",
    "start_date",
    "order_ref_format",
    "dont_import_orders",
    "dont_upload_order_status",
    "dont_upload_stock_levels",
)
SPECIFIC = (
    "region",
    "marketplace_id",
    "marketplace_typed",
    "seller_id",
    "auth_token",
    "token_expiry",
    "use_amazon_sku",
    "import_fba_orders",
)
GLOBAL = ("site_id", "courier_service_id", "late_courier_acknowledged")
NOT_STORED = frozenset({"marketplace_typed", "auth_token"})
"""Fields that a channel's page has no value for: one is another way to say a thing, one is write only."""
FIELD_NAMES = {"site": "site_id", "courier_service": "courier_service_id"}
"""The form's names of fields that operations call otherwise."""


class MarketplaceForm(forms.Form):
    """Where a new channel will sell: the picker, or the ID as Amazon writes it."""

    marketplace_id = forms.ChoiceField(
        label=gettext_lazy("Marketplace ID"), help_text=gettext_lazy("Name and ID; other regions further down.")
    )
    marketplace_typed = forms.CharField(
        label=gettext_lazy("Or type a Marketplace ID"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Instead of choosing it above. Only a marketplace that Amazon lists, or reports for your seller "
            "account, is accepted."
        ),
    )

    def __init__(self, data: QueryDict | None = None, *, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        offer(self, "marketplace_id", marketplace_choices())
        refresh_checks(self)


REFRESHING = ("marketplace_id", "marketplace_typed", "region", "seller_id")
"""What the checks of New Channel depend on."""


def refresh_checks(form: forms.Form) -> None:
    """The checks beside the form follow its marketplace and seller: htmx asks for them anew at each change."""
    asks = {
        "hx-post": "",
        "hx-trigger": "change",
        "hx-target": "#checks",
        "hx-swap": "outerHTML",
        "hx-vals": '{"go": "look"}',
        "hx-sync": "closest form:replace",
    }
    for name in REFRESHING:
        if name in form.fields:
            form.fields[name].widget.attrs |= asks


class ChannelForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_AT_MOST,
        help_text=gettext_lazy("What you call the channel. It need not match any name at Amazon."),
    )
    enabled = forms.BooleanField(
        label=gettext_lazy("Channel Enabled"),
        required=False,
        help_text=gettext_lazy("Off: nothing is sent or received; all queued work is kept."),
    )
    start_date = DayField(
        label=gettext_lazy("Start Date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Give the day as year-month-day, such as 2026-11-19.")},
        help_text=gettext_lazy("Orders placed before it, or over three months ago, are never imported. See Feedback."),
    )
    order_ref_format = forms.CharField(
        label=gettext_lazy("Order Ref. Format"),
        max_length=60,
        help_text=gettext_lazy("{0} is Amazon's order number; it must be in it. KCC{0} puts letters before it."),
    )
    dont_import_orders = forms.BooleanField(
        label=gettext_lazy("Don't import orders"),
        required=False,
        help_text=gettext_lazy("Import paused: orders are listed, not imported."),
    )
    dont_upload_order_status = forms.BooleanField(
        label=gettext_lazy("Don't upload order status"),
        required=False,
        help_text=gettext_lazy("On: dispatch confirmations are not sent to Amazon. Orders are then confirmed late."),
    )
    dont_upload_stock_levels = forms.BooleanField(
        label=gettext_lazy("Don't upload stock levels"),
        required=False,
        help_text=gettext_lazy("On: stock quantities are not sent to Amazon. You may sell what you do not have."),
    )
    region = forms.ChoiceField(
        label=gettext_lazy("Region"), choices=REGIONS, help_text=gettext_lazy("Where the seller account is.")
    )
    marketplace_id = MarketplaceForm.base_fields["marketplace_id"]
    marketplace_typed = MarketplaceForm.base_fields["marketplace_typed"]
    seller_id = forms.CharField(
        label=gettext_lazy("Seller ID (Merchant ID)"),
        max_length=30,
        required=False,
        help_text=gettext_lazy(
            "Filled in by Authorise. A seller already authorised here is linked at once; leave it empty for another."
        ),
    )
    auth_token = forms.CharField(
        label=gettext_lazy("Auth Token"),
        max_length=2000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "Only for a self-authorised application: its refresh token. Otherwise leave it empty and press Authorise."
        ),
    )
    token_expiry = DayField(
        label=gettext_lazy("Token Expiry"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "invalid": gettext_lazy("Give the day as year-month-day, such as 2027-11-19, or leave it empty.")
        },
        help_text=gettext_lazy(
            "Filled in at authorisation, one year on. You are reminded 30, 14, 7 and 1 days before."
        ),
    )
    use_amazon_sku = forms.BooleanField(
        label=gettext_lazy("Use Amazon SKU"),
        required=False,
        help_text=gettext_lazy(
            "On: imported lines match by Amazon SKU; off: by ASIN. Stock levels always sync by Amazon SKU."
        ),
    )
    import_fba_orders = forms.ChoiceField(label=gettext_lazy("Import FBA Orders"), choices=labelled(ImportFba))
    site_id = forms.TypedChoiceField(
        label=gettext_lazy("Site"),
        coerce=read_place,
        empty_value=None,
        error_messages={"required": gettext_lazy("Choose the Site that this channel's orders are fulfilled from.")},
        help_text=gettext_lazy("Where this channel's orders are fulfilled from."),
    )
    courier_service_id = forms.TypedChoiceField(
        label=gettext_lazy("Courier service"),
        coerce=int,
        empty_value=None,
        error_messages={"required": gettext_lazy("Choose a courier service that gives a tracking number at once.")},
        help_text=gettext_lazy(
            "One that gives its tracking number at once: Amazon needs it when the parcel is dispatched."
        ),
    )
    late_courier_acknowledged = forms.BooleanField(
        label=gettext_lazy(
            "I know that this courier gives its tracking number later, and parcels may be confirmed late"
        ),
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        kind: Fulfilment,
        data: QueryDict | None = None,
        *,
        initial: dict[str, Any],
        listed: OptionsList | None = None,
        channel_id: int | None = None,
    ) -> None:
        """`listed`: the (Global) list to edit whole; without it the form has its Site and Courier service only."""
        row_was_chosen = data is not None and listed is not None and ROW_CHOICE in data
        super().__init__(None if row_was_chosen else data, initial=initial)
        self.kind = kind
        offer(self, "marketplace_id", marketplace_choices())
        offer(self, "site_id", site_choices(kind), gettext("Choose a site"))
        offer(self, "courier_service_id", courier_groups(), gettext("Choose a courier service"))
        if kind is Fulfilment.FBA:
            del self.fields["courier_service_id"]
            del self.fields["late_courier_acknowledged"]
        self.grid = OptionsGrid(self, listed, channel_id, data) if listed is not None else None
        self.row_was_chosen = row_was_chosen
        if self.grid is not None and data is not None and row_was_chosen:
            self.grid.keep_entered(data)

    @property
    def general(self) -> list[forms.BoundField]:
        return [self[name] for name in GENERAL]

    @property
    def specific(self) -> list[forms.BoundField]:
        return [self[name] for name in SPECIFIC]

    @property
    def options(self) -> list[forms.BoundField]:
        return [self[name] for name in GLOBAL if name in self.fields]

    def keep_only(self, names: Sequence[str]) -> None:
        """One step of New Channel."""
        for name in [name for name in self.fields if name not in names]:
            del self.fields[name]

    def say_no(self, refused: Refused) -> None:
        """Put an operation's no beside its field: a Marketplace ID that was typed has its error where it was typed."""
        typed = refused.field == "marketplace_id" and self.data.get("marketplace_typed", "").strip()
        names = {**FIELD_NAMES, "marketplace_id": "marketplace_typed"} if typed else FIELD_NAMES
        show_refusal(self, refused, names)

    def entry(self) -> ChannelEntry:
        """What was entered, for the operation; a step of New Channel leaves out what others ask."""
        cleaned = self.cleaned_data
        place = cleaned.get("site_id") or Place()
        return ChannelEntry(
            name=cleaned.get("name", ""),
            enabled=cleaned.get("enabled", False),
            start_date=cleaned.get("start_date", date.min),
            order_ref_format=cleaned.get("order_ref_format", ""),
            dont_import_orders=cleaned.get("dont_import_orders", False),
            dont_upload_order_status=cleaned.get("dont_upload_order_status", False),
            dont_upload_stock_levels=cleaned.get("dont_upload_stock_levels", False),
            use_amazon_sku=cleaned.get("use_amazon_sku", False),
            import_fba_orders=cleaned.get("import_fba_orders", ""),
            region=cleaned.get("region", ""),
            marketplace_id=cleaned.get("marketplace_typed", "").strip() or cleaned.get("marketplace_id", ""),
            seller_id=cleaned.get("seller_id", ""),
            auth_token=cleaned.get("auth_token", ""),
            token_expiry=cleaned.get("token_expiry"),
            site_id=place.site,
            site_group_id=place.group,
            courier_service_id=cleaned.get("courier_service_id"),
            late_courier_acknowledged=cleaned.get("late_courier_acknowledged", False),
            options=self.grid.entered() if self.grid is not None else None,
        )


def initial_of(page: ChannelPage) -> dict[str, Any]:
    """A channel's values for the form; secrets never."""
    names = (*GENERAL, *SPECIFIC, *GLOBAL, "version")
    return {name: getattr(page, name) for name in names if name not in NOT_STORED}


def copy_of(page: ChannelPage) -> dict[str, Any]:
    """Duplicate: another channel's settings, but its marketplace and Start Date; its import begins paused."""
    kept = initial_of(page)
    for name in ("version", "start_date", "marketplace_id", "token_expiry"):
        kept.pop(name)
    changed = {"name": f"{page.name} copy"[:NAME_AT_MOST], "enabled": True, "dont_import_orders": True}
    return {**kept, **changed}


def preset(kind: Fulfilment, start_date: date, marketplace_id: str, name: str) -> dict[str, Any]:
    """A new channel's first values. Its import is paused: the first one is looked at before it begins."""
    return {
        "name": name,
        "enabled": True,
        "start_date": start_date,
        "order_ref_format": "{0}",
        "dont_import_orders": True,
        "use_amazon_sku": True,
        "import_fba_orders": import_fba_for(kind).value,
        "region": BY_ID[marketplace_id].region.value,
        "marketplace_id": marketplace_id,
    }
