"""Amazon's regulated information → our values. Source: model ordersV0.json."""

from collections.abc import Mapping
from types import MappingProxyType

from wharfinger.amazon.messages.regulated import RegulatedOrder
from wharfinger.domain.orders.verifying import VerificationFound, VerificationState

STATES: Mapping[str, VerificationState] = MappingProxyType(
    {
        "Pending": VerificationState.PENDING,
        "Approved": VerificationState.APPROVED,
        "Rejected": VerificationState.REJECTED,
        "Expired": VerificationState.EXPIRED,
        "Cancelled": VerificationState.CANCELLED,
    }
)


def to_verification(order: RegulatedOrder | None) -> VerificationFound:
    """A status that the model does not name counts as pending: the goods stay until Amazon says more."""
    if order is None:
        return VerificationFound(VerificationState.NONE)
    said = order.regulated_order_verification_status
    given = said.rejection_reason
    return VerificationFound(
        state=STATES.get(said.status, VerificationState.PENDING),
        requires_action=said.requires_merchant_action,
        reasons=tuple(
            (one.rejection_reason_id, one.rejection_reason_description or one.rejection_reason_id)
            for one in said.valid_rejection_reasons
        ),
        rejection="" if given is None else given.rejection_reason_description or given.rejection_reason_id,
        reviewer=said.external_reviewer_id,
    )
