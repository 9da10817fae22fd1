"""Whether the rows are there that an address or a form names by their ids."""

from collections.abc import Iterable, Mapping

from django.db.models import Model

from wharfinger.db.models import (
    AlertDestination,
    AmazonApplication,
    AuthorisationAttempt,
    BulkAction,
    Channel,
    ChannelProduct,
    CompletenessGap,
    ConnectionService,
    CourierConnection,
    CourierGroup,
    CourierGroupRule,
    CourierLabel,
    CourierService,
    Customer,
    HandlingPeriod,
    ImportedOrder,
    LabelBatch,
    Listing,
    OrderAttachment,
    OrderNote,
    PickList,
    Printer,
    Problem,
    RawMessage,
    SalesOrder,
    SalesOrderLine,
    SavedView,
    SellerAccount,
    Shipment,
    Site,
    SiteGroup,
    StockCount,
    StockItem,
    StockProfile,
    StockTransfer,
    User,
    VatItemRate,
    VatRegistration,
)

IN_ADDRESS: Mapping[str, type[Model]] = {
    "account_id": SellerAccount,
    "application_pk": AmazonApplication,
    "attachment_id": OrderAttachment,
    "attempt_id": AuthorisationAttempt,
    "bulk_id": BulkAction,
    "channel_id": Channel,
    "code_id": ConnectionService,
    "connection_id": CourierConnection,
    "count_id": StockCount,
    "customer_id": Customer,
    "destination_id": AlertDestination,
    "printer_id": Printer,
    "gap_id": CompletenessGap,
    "group_id": CourierGroup,
    "item_id": StockItem,
    "batch_id": LabelBatch,
    "label_id": CourierLabel,
    "line_id": SalesOrderLine,
    "list_id": PickList,
    "listing_id": Listing,
    "message_id": RawMessage,
    "note_id": OrderNote,
    "order_id": SalesOrder,
    "period_id": HandlingPeriod,
    "problem_id": Problem,
    "profile_id": StockProfile,
    "product_id": ChannelProduct,
    "rate_id": VatItemRate,
    "registration_id": VatRegistration,
    "rule_id": CourierGroupRule,
    "service_id": CourierService,
    "shipment_id": Shipment,
    "site_group_id": SiteGroup,
    "site_id": Site,
    "transfer_id": StockTransfer,
    "user_id": User,
    "view_id": SavedView,
}
"""By the hole's name in the pattern of the address."""
OF_IMPORTED_ORDERS = "imported-orders/"
"""Where an address begins so, its order is one that was imported."""
IN_FORM: Mapping[str, type[Model]] = {
    "channel": Channel,
    "item": StockItem,
    "of_channel": Channel,
    "order": SalesOrder,
    "service": CourierService,
    "site": Site,
}


def any_gone_in_address(route: str, named: Mapping[str, object]) -> bool:
    """`named`: the holes of the address's pattern and what fills them."""
    return any(
        not model._default_manager.filter(pk=value).exists()
        for name, value in named.items()
        if isinstance(value, int) and (model := _model(route, name)) is not None
    )


def _model(route: str, name: str) -> type[Model] | None:
    if name == "order_id" and route.startswith(OF_IMPORTED_ORDERS):
        return ImportedOrder
    return IN_ADDRESS.get(name)


def is_gone_in_form(fault: Exception, fields: Iterable[tuple[str, str]]) -> bool:
    """`fault`: a model's DoesNotExist. Whether a field of the form names a row of that model that is not there."""
    return any(
        (model := IN_FORM.get(name)) is not None
        and isinstance(fault, model.DoesNotExist)  # type: ignore[attr-defined]
        and not (value.isascii() and value.isdigit() and model._default_manager.filter(pk=int(value[:18])).exists())
        for name, value in fields
    )
