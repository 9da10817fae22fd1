"""The colours of states, by their codes; a label has no part in it."""

from collections.abc import Mapping

from wharfinger.db.models import CompletenessGap, RawMessage, StockPush
from wharfinger.domain.access.other_programs import Sign
from wharfinger.domain.channels.channel import AuthorisationOutcome, AuthorisationState, LinkState
from wharfinger.domain.installation.backups import BackupState
from wharfinger.domain.installation.destinations import DeliveryState
from wharfinger.domain.installation.running_shop import ShopState
from wharfinger.domain.labels import Labelled
from wharfinger.domain.orders.bulk_actions import BulkState
from wharfinger.domain.orders.cancelling import CancellationState
from wharfinger.domain.orders.completeness.order_report import ReportState
from wharfinger.domain.orders.notifications import NotificationState, QueueTest
from wharfinger.domain.orders.order import ImportState, SalesOrderState
from wharfinger.domain.orders.verifying import VerificationState
from wharfinger.domain.shipping.connections import CheckState
from wharfinger.domain.shipping.labels import LabelState
from wharfinger.domain.shipping.pick_lists import PickListState, Standing
from wharfinger.domain.shipping.printers import PrintState
from wharfinger.domain.shipping.shipments import ConfirmationState
from wharfinger.domain.stock.counts import CountState
from wharfinger.domain.stock.drift import DriftCause
from wharfinger.domain.stock.first_upload import UploadPlanState
from wharfinger.domain.stock.handling import PeriodState
from wharfinger.domain.stock.plan import ListingFeedState
from wharfinger.domain.stock.transfers import TransferState

_STATES: Mapping[str, tuple[Labelled, ...]] = {
    "good": (
        PrintState.SENT,
        ImportState.OK,
        SalesOrderState.READY, SalesOrderState.SHIPPED, SalesOrderState.ISSUED,
        ConfirmationState.ACCEPTED, ConfirmationState.CONFIRMED,
        CancellationState.CONFIRMED,
        LinkState.LINKED, AuthorisationState.DONE, AuthorisationOutcome.LINKED,
        ShopState.RUNNING, ShopState.DONE, BackupState.DONE, ListingFeedState.DONE,
        StockPush.Outcome.ACCEPTED, CountState.BOOKED, TransferState.RECEIVED,
        CompletenessGap.State.HEALED, ReportState.COMPARED,
        NotificationState.RECEIVING, QueueTest.PASSED, BulkState.FINISHED,
        PickListState.PICKED, Standing.GONE, LabelState.READY, CheckState.PASSED, DeliveryState.SENT,
        UploadPlanState.STARTED, PeriodState.IN_FORCE, VerificationState.APPROVED,
    ),
    "warn": (
        Sign.SHIPPED, Sign.QUANTITIES, DriftCause.PROGRAM, DriftCause.PERSON, DriftCause.AMAZON, DriftCause.HELD,
        ImportState.RETRYING,
        SalesOrderState.HELD, SalesOrderState.AWAITING_STOCK, SalesOrderState.READY_IN_PART,
        SalesOrderState.PART_SHIPPED,
        ConfirmationState.WAITING, CancellationState.WAITING, ListingFeedState.LATE,
        LinkState.WAITING, TransferState.CLOSED,
        RawMessage.State.WAITING,
        CompletenessGap.State.OPEN,
        Standing.CHANGED, LabelState.WAITING, LabelState.ORDERED, LabelState.CHOOSING, DeliveryState.WAITING,
        UploadPlanState.READY, VerificationState.PENDING,
    ),
    "bad": (
        PrintState.FAILED,
        ImportState.FAILED, ImportState.SYSTEM_ERROR,
        ConfirmationState.REFUSED, ConfirmationState.NOT_SHOWN,
        CancellationState.REFUSED, CancellationState.NOT_SHOWN,
        LinkState.NOT_LINKED, LinkState.LOST,
        AuthorisationState.REFUSED, AuthorisationState.FAILED, AuthorisationOutcome.REFUSED,
        ShopState.FAILED, BackupState.FAILED, ListingFeedState.FAILED,
        StockPush.Outcome.REFUSED, DriftCause.REFUSED,
        CompletenessGap.State.STUCK, ReportState.FAILED,
        NotificationState.REFUSED, QueueTest.FAILED,
        Standing.STAYS, LabelState.REFUSED, LabelState.NOT_VOIDED, CheckState.FAILED, DeliveryState.FAILED,
        VerificationState.REJECTED, VerificationState.EXPIRED, VerificationState.CANCELLED,
    ),
    "info": (
        PrintState.WANTED, PrintState.SENDING,
        SalesOrderState.PENDING, DriftCause.WAITS, DriftCause.ORDERS, DriftCause.NOT_APPLIED,
        ConfirmationState.ATTEMPTED, ConfirmationState.AMAZONS_OWN,
        CancellationState.ATTEMPTED, CancellationState.SUBMITTED, CancellationState.ACCEPTED,
        AuthorisationState.OPEN, AuthorisationState.RETURNED, AuthorisationState.EXCHANGING,
        StockPush.Outcome.ATTEMPTED,
        CompletenessGap.State.EXPLAINED, ReportState.WANTED, ReportState.PREPARING,
        NotificationState.SUBSCRIBING, NotificationState.WAITING, NotificationState.UNSUBSCRIBING,
        QueueTest.WANTED, QueueTest.SENT,
        CountState.OPEN, TransferState.SENT,
        BulkState.QUEUED, BulkState.RUNNING, BackupState.WANTED, BackupState.RUNNING,
        ListingFeedState.PREPARING, ListingFeedState.SUBMITTING, ListingFeedState.PROCESSING,
        PickListState.OPEN, Standing.TO_PICK, LabelState.ATTEMPTED, LabelState.VOIDING,
        CheckState.WANTED, CheckState.RUNNING, UploadPlanState.WANTED,
        PeriodState.COMING,
    ),
    "quiet": (
        ImportState.NOT_ATTEMPTED, ImportState.SKIPPED, ImportState.IGNORED,
        VerificationState.UNREAD, VerificationState.NONE,
        SalesOrderState.CANCELLED, SalesOrderState.MERGED, BulkState.STOPPED, CountState.CANCELLED, TransferState.DRAFT,
        TransferState.CANCELLED,
        ConfirmationState.NOT_SENT, CancellationState.WITHDRAWN,
        AuthorisationOutcome.EXPIRED, AuthorisationOutcome.REPLAYED, AuthorisationOutcome.WRONG_SELLER,
        AuthorisationOutcome.WRONG_REGION, AuthorisationOutcome.DRAFT, AuthorisationOutcome.CODE_REFUSED,
        AuthorisationOutcome.APPLICATION_REFUSED, AuthorisationOutcome.NO_ANSWER, AuthorisationOutcome.CHANNEL_TAKEN,
        RawMessage.State.TAKEN, RawMessage.State.QUARANTINED,
        StockPush.Outcome.LATER,
        ReportState.NONE, NotificationState.OFF, QueueTest.NONE,
        PickListState.DISCARDED, Standing.TAKEN_OFF, LabelState.VOIDED, DeliveryState.CLOSED,
        UploadPlanState.NOT_YET, PeriodState.OVER,
    ),
}  # fmt: skip
TONES = frozenset(_STATES)
_TONE_OF = {(type(state), state.value): tone for tone, states in _STATES.items() for state in states}
"""By the enum first: a code such as `waiting` is a member of several."""


def tone_of(state: Labelled) -> str:
    """good, warn, bad, info or quiet."""
    return _TONE_OF[type(state), state.value]
