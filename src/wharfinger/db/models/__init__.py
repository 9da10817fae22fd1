"""The rows, by noun. Written only by `wharfinger.operations`."""

from wharfinger.db.models.accounts import (
    AmazonApplication,
    AuthorisationAttempt,
    Marketplace,
    Participation,
    RateBudget,
    SellerAccount,
)
from wharfinger.db.models.alerts import Alert, AlertDelivery, AlertDestination, MailSettings, TestMail
from wharfinger.db.models.backups import Backup
from wharfinger.db.models.bulk_actions import BulkAction, BulkActionOrder
from wharfinger.db.models.cancellations import Cancellation, OrderFeed
from wharfinger.db.models.channels import Channel, ChannelCheck, ChannelOption
from wharfinger.db.models.completeness import CompletenessDay, CompletenessGap, OrderReport, WantedOrder
from wharfinger.db.models.couriers import (
    ConnectionCheck,
    ConnectionService,
    CourierConnection,
    CourierCutOff,
    CourierGroup,
    CourierGroupRule,
    CourierLabel,
    CourierLevelMapping,
    CourierMapping,
    CourierService,
    LabelBatch,
    LabelBatchOrder,
    Printer,
    PrintJob,
    SenderAddress,
)
from wharfinger.db.models.flows import FlowSchedule, PeriodicTaskSchedule, WorkerHeartbeat
from wharfinger.db.models.history import AccessEntry, Activity, AuditEntry
from wharfinger.db.models.inbox import ImportedLine, ImportedOrder, OrderCursor, RawMessage
from wharfinger.db.models.installation import Installation, RunningShop, SetupLink, User
from wharfinger.db.models.list_views import ListSetting, SavedView
from wharfinger.db.models.listings import (
    ChannelProduct,
    Listing,
    ListingFeed,
    ListingReport,
    MarketplaceReading,
    StockNotice,
    StockPush,
)
from wharfinger.db.models.lists import BankAccount, CompanyClass, OrderNumberPrefix, SalesSource
from wharfinger.db.models.notifications import NotificationQueue, SeenNotification, UnreadNotification
from wharfinger.db.models.order_marks import LegalHold, OrderAttachment, OrderHold, OrderNote, OrderTag, Tag
from wharfinger.db.models.orders import Customer, Customisation, Invoice, SalesOrder, SalesOrderLine
from wharfinger.db.models.packing import BenchClaim, PickList, PickListOrder, PickListUnits
from wharfinger.db.models.problems import Problem
from wharfinger.db.models.search import SearchWord
from wharfinger.db.models.shipments import Confirmation, Shipment, ShipmentLine
from wharfinger.db.models.sign_in import SignInLimit
from wharfinger.db.models.stock import (
    Allocation,
    CsvHeading,
    KitComponent,
    Movement,
    Site,
    SiteGroup,
    StockBarcode,
    StockItem,
    StockLevel,
)
from wharfinger.db.models.stock_rules import (
    ChannelStockRule,
    HandlingPeriod,
    InstallationStockRule,
    ItemStockRule,
    SafeMode,
    StockGuard,
    StockProfile,
    StockRuleChange,
)
from wharfinger.db.models.vat import VatItemRate, VatRegistration
from wharfinger.db.models.warehouse.counts import CountEntry, CountLine, StockCount
from wharfinger.db.models.warehouse.transfers import StockTransfer, TransferLine
from wharfinger.db.models.warehouse.upload_plans import UploadPlan, UploadPlanRow

__all__ = [
    "AccessEntry",
    "Activity",
    "Alert",
    "AlertDelivery",
    "AlertDestination",
    "Allocation",
    "AmazonApplication",
    "AuditEntry",
    "AuthorisationAttempt",
    "Backup",
    "BankAccount",
    "Cancellation",
    "BenchClaim",
    "BulkAction",
    "BulkActionOrder",
    "Channel",
    "ChannelCheck",
    "ChannelOption",
    "ChannelStockRule",
    "ChannelProduct",
    "PeriodicTaskSchedule",
    "CompanyClass",
    "CompletenessDay",
    "CompletenessGap",
    "Confirmation",
    "CountEntry",
    "CountLine",
    "CourierCutOff",
    "ConnectionCheck",
    "ConnectionService",
    "CourierConnection",
    "CourierLabel",
    "CourierGroup",
    "CourierGroupRule",
    "CourierLevelMapping",
    "CourierMapping",
    "CourierService",
    "PrintJob",
    "Printer",
    "CsvHeading",
    "Customer",
    "Customisation",
    "FlowSchedule",
    "HandlingPeriod",
    "ImportedLine",
    "ImportedOrder",
    "Installation",
    "InstallationStockRule",
    "Invoice",
    "ItemStockRule",
    "KitComponent",
    "LabelBatch",
    "LabelBatchOrder",
    "LegalHold",
    "ListSetting",
    "Listing",
    "ListingFeed",
    "ListingReport",
    "MailSettings",
    "Marketplace",
    "MarketplaceReading",
    "Movement",
    "NotificationQueue",
    "OrderAttachment",
    "OrderCursor",
    "OrderFeed",
    "OrderHold",
    "OrderNote",
    "OrderNumberPrefix",
    "OrderReport",
    "OrderTag",
    "Participation",
    "PickList",
    "PickListOrder",
    "PickListUnits",
    "Problem",
    "RateBudget",
    "RawMessage",
    "RunningShop",
    "SafeMode",
    "SalesOrder",
    "SalesOrderLine",
    "SalesSource",
    "SavedView",
    "SearchWord",
    "SeenNotification",
    "SellerAccount",
    "SenderAddress",
    "SetupLink",
    "Shipment",
    "ShipmentLine",
    "SignInLimit",
    "Site",
    "SiteGroup",
    "StockBarcode",
    "StockCount",
    "StockItem",
    "StockLevel",
    "StockNotice",
    "StockGuard",
    "StockProfile",
    "StockPush",
    "StockTransfer",
    "StockRuleChange",
    "Tag",
    "TestMail",
    "UnreadNotification",
    "TransferLine",
    "UploadPlan",
    "UploadPlanRow",
    "User",
    "WorkerHeartbeat",
    "WantedOrder",
    "VatItemRate",
    "VatRegistration",
]
