"""The form of a channel's Setup tab: General, Channel Specific, (Global)."""

from typing import Any

from django import forms
from django.http import QueryDict

from wharfinger.db.queries.channel_options import OptionsList
from wharfinger.db.queries.channels import ChannelPage, courier_choices, marketplace_choices, site_choices
from wharfinger.domain.channels import ImportFba, import_fba_for
from wharfinger.domain.marketplaces import Region
from wharfinger.domain.orders import Fulfilment
from wharfinger.operations.channels import NAME_AT_MOST, ChannelEntry
from wharfinger.web.forms.channel_options import ASKED, OptionsGrid
from wharfinger.web.forms.choices import offer

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
    "seller_id",
    "auth_token",
    "token_expiry",
    "use_amazon_sku",
    "import_fba_orders",
)
GLOBAL = ("site_id", "courier_service_id", "late_courier_acknowledged")


class ChannelForm(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=NAME_AT_MOST,
        help_text="What you call the channel. It need not match any name at Amazon.",
    )
    enabled = forms.BooleanField(
        label="Channel Enabled",
        required=False,
        help_text="Off: nothing is sent or received; all queued work is kept.",
    )
    start_date = forms.DateField(
        label="Start Date",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Orders placed before it, or over three months ago, are never imported. See Feedback.",
    )
    order_ref_format = forms.CharField(
        label="Order Ref. Format",
        max_length=60,
        help_text="{0} is Amazon's order number; it must be in it. KCC{0} puts letters before it.",
    )
    dont_import_orders = forms.BooleanField(
        label="Don't import orders",
        required=False,
        help_text="The brake for the first import: orders are listed, not imported.",
    )
    dont_upload_order_status = forms.BooleanField(
        label="Don't upload order status",
        required=False,
        help_text="On: Amazon is not told of your shipments. Orders are then confirmed late.",
    )
    dont_upload_stock_levels = forms.BooleanField(
        label="Don't upload stock levels",
        required=False,
        help_text="On: Amazon keeps its quantities. You may sell what you do not have.",
    )
    region = forms.ChoiceField(label="Region", choices=REGIONS)
    marketplace_id = forms.ChoiceField(label="Marketplace ID")
    seller_id = forms.CharField(
        label="Seller ID (Merchant ID)",
        max_length=30,
        required=False,
        help_text="Filled in by Authorise. A seller known here shares its authorisation at once.",
    )
    auth_token = forms.CharField(
        label="Auth Token",
        max_length=2000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Only for a self-authorised application: its refresh token. Else leave it empty and press Authorise.",
    )
    token_expiry = forms.DateField(
        label="Token Expiry",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Filled in at authorisation, one year on. You are reminded 30, 14, 7 and 1 days before.",
    )
    use_amazon_sku = forms.BooleanField(
        label="Use Amazon SKU",
        required=False,
        help_text="On: imported lines match by Amazon SKU; off: by ASIN. Stock levels always sync by Amazon SKU.",
    )
    import_fba_orders = forms.ChoiceField(
        label="Import FBA Orders", choices=[(choice.value, choice.value) for choice in ImportFba]
    )
    site_id = forms.TypedChoiceField(
        label="Site",
        coerce=int,
        empty_value=None,
        error_messages={"required": "Choose the Site that this channel's orders are fulfilled from."},
        help_text="Where this channel's orders are fulfilled from.",
    )
    courier_service_id = forms.TypedChoiceField(
        label="Courier service",
        coerce=int,
        empty_value=None,
        error_messages={"required": "Choose a courier service that gives a tracking number at once."},
        help_text="One that gives its tracking number at once: Amazon wants it when the parcel leaves.",
    )
    late_courier_acknowledged = forms.BooleanField(
        label="I know that this courier gives its tracking number later, and parcels may be confirmed late",
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
        row_asked = data is not None and listed is not None and ASKED in data
        super().__init__(None if row_asked else data, initial=initial)
        self.kind = kind
        offer(self, "marketplace_id", marketplace_choices())
        offer(self, "site_id", site_choices(kind), "Choose a site")
        offer(self, "courier_service_id", courier_choices(), "Choose a courier service")
        if kind is Fulfilment.FBA:
            del self.fields["courier_service_id"]
            del self.fields["late_courier_acknowledged"]
        self.grid = OptionsGrid(self, listed, channel_id, data) if listed is not None else None
        self.row_asked = row_asked
        if self.grid is not None and data is not None and row_asked:
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

    def entry(self) -> ChannelEntry:
        """What was entered, for the operation."""
        told = self.cleaned_data
        return ChannelEntry(
            name=told["name"],
            enabled=told["enabled"],
            start_date=told["start_date"],
            order_ref_format=told["order_ref_format"],
            dont_import_orders=told["dont_import_orders"],
            dont_upload_order_status=told["dont_upload_order_status"],
            dont_upload_stock_levels=told["dont_upload_stock_levels"],
            use_amazon_sku=told["use_amazon_sku"],
            import_fba_orders=told["import_fba_orders"],
            region=told["region"],
            marketplace_id=told["marketplace_id"],
            seller_id=told["seller_id"],
            auth_token=told["auth_token"],
            token_expiry=told["token_expiry"],
            site_id=told["site_id"],
            courier_service_id=told.get("courier_service_id"),
            late_courier_acknowledged=told.get("late_courier_acknowledged", False),
            options=self.grid.entered() if self.grid is not None else None,
        )


def initial_of(page: ChannelPage) -> dict[str, Any]:
    """A channel's values for the form; secrets never."""
    names = (*GENERAL, *SPECIFIC, *GLOBAL, "version")
    return {name: getattr(page, name) for name in names if name != "auth_token"}


def preset(kind: Fulfilment, start_date: Any) -> dict[str, Any]:
    """A new channel's first values."""
    return {
        "enabled": True,
        "start_date": start_date,
        "order_ref_format": "{0}",
        "use_amazon_sku": True,
        "import_fba_orders": import_fba_for(kind).value,
        "region": Region.EU.value,
        "marketplace_id": "A1F83G8C2ARO7P",
    }
