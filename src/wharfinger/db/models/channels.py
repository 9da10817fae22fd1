from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from wharfinger.db.fields import EnumField
from wharfinger.db.models.accounts import Marketplace, SellerAccount
from wharfinger.domain.channels.channel import ActivatedFor, CustomerPolicy, ImportFba, LinkState
from wharfinger.domain.orders.order import Fulfilment, OrderType


class Channel(models.Model):
    """One marketplace and one fulfilment kind of one seller account."""

    name = models.CharField(max_length=60)
    kind = EnumField(Fulfilment, max_length=3)
    account = models.ForeignKey(SellerAccount, on_delete=models.PROTECT, related_name="channels")
    marketplace = models.ForeignKey(Marketplace, on_delete=models.PROTECT, related_name="channels")
    enabled = models.BooleanField(default=True)
    activated = models.BooleanField(default=True)
    activated_for = EnumField(  # demo systems: which stand-in for Amazon an administrator activated it for
        ActivatedFor, max_length=10, blank=True, default=""
    )
    archived = models.BooleanField(default=False)
    link_state = EnumField(LinkState, max_length=30, default=LinkState.WAITING)
    start_date = models.DateField()
    order_ref_format = models.CharField(max_length=60, default="{0}")
    dont_import_orders = models.BooleanField(default=False)
    dont_upload_order_status = models.BooleanField(default=False)
    dont_upload_stock_levels = models.BooleanField(default=False)
    use_amazon_sku = models.BooleanField(default=True)
    match_codes = models.JSONField(default=list, db_default=[])  # other codes that are tried, in order: MatchCode
    import_fba_orders = EnumField(ImportFba, max_length=20)
    stock_upload_approved_at = models.DateTimeField(null=True)  # null = the first upload waits in shadow
    amazon_status_at = models.DateTimeField(null=True)  # Amazon's newest word about the account's status there
    amazon_deactivated_at = models.DateTimeField(null=True)  # null = not deactivated: quantities are sent
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="channel_name_once"),
            models.UniqueConstraint(
                fields=["account", "marketplace", "kind"],
                condition=Q(archived=False),
                name="one_channel_for_a_marketplace_and_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ChannelOption(models.Model):
    """A row of the (Global) options list: order type empty = Global, else an override whose empty cells inherit."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="options")
    order_type = EnumField(OrderType, max_length=20, blank=True)
    site = models.ForeignKey("wharfinger.Site", on_delete=models.PROTECT, null=True, related_name="channel_options")
    site_group = models.ForeignKey(
        "wharfinger.SiteGroup", on_delete=models.PROTECT, null=True, related_name="channel_options"
    )  # in place of one site
    courier_service = models.ForeignKey(
        "wharfinger.CourierService", on_delete=models.PROTECT, null=True, related_name="channel_options"
    )
    late_courier_acknowledged = models.BooleanField(default=False)
    sales_source = models.ForeignKey("wharfinger.SalesSource", on_delete=models.PROTECT, null=True, related_name="+")
    currency = models.CharField(max_length=3, blank=True, default="")  # empty = the marketplace's
    courier_group = models.ForeignKey(
        "wharfinger.CourierGroup", on_delete=models.PROTECT, null=True, related_name="channel_options"
    )
    customer_policy = EnumField(CustomerPolicy, max_length=30, blank=True, default="")
    company_class = models.ForeignKey("wharfinger.CompanyClass", on_delete=models.PROTECT, null=True, related_name="+")
    invoice_priority = models.PositiveSmallIntegerField(null=True)
    bank_account = models.ForeignKey("wharfinger.BankAccount", on_delete=models.PROTECT, null=True, related_name="+")
    order_number_prefix = models.ForeignKey(
        "wharfinger.OrderNumberPrefix", on_delete=models.PROTECT, null=True, related_name="+"
    )
    orders_confirmed = models.BooleanField(null=True)
    assign_invoice_code = models.BooleanField(null=True)
    auto_pick = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "order_type"], name="one_option_row"),
            models.CheckConstraint(
                condition=Q(site__isnull=True) | Q(site_group__isnull=True), name="option_of_a_site_or_a_group"
            ),
        ]


class ChannelCheck(models.Model):
    """One line of the verification: ok null = not answered yet, or with a `checked_at`: left out."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="checks")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    ok = models.BooleanField(null=True)
    message = models.TextField(blank=True)
    remedy = models.TextField(blank=True)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["channel", "position"], name="one_check_line")]
