"""Verification of regulated orders (Orders v0, regulatedInfo) and the token that opens it. Source: models ordersV0.json
and tokens_2021-03-01.json.

What the buyer stated (a prescription's patient, say) is in the answer too; it is not read, so nothing of it is kept.
"""

import msgspec

from wharfinger.amazon.messages.wire import Message, Unreadable, read


class RejectionReason(Message, frozen=True, kw_only=True, rename="pascal", omit_defaults=True):
    rejection_reason_id: str
    rejection_reason_description: str = ""


class Verification(Message, frozen=True, kw_only=True, rename="pascal", omit_defaults=True):
    """`status`: Pending, Approved, Rejected, Expired, Cancelled, as Amazon writes it."""

    status: str
    requires_merchant_action: bool = False
    valid_rejection_reasons: tuple[RejectionReason, ...] = ()
    rejection_reason: RejectionReason | None = None
    external_reviewer_id: str = ""


class RegulatedOrder(Message, frozen=True, kw_only=True, rename="pascal", omit_defaults=True):
    amazon_order_id: str
    regulated_order_verification_status: Verification


class _Payload(Message, frozen=True, kw_only=True, rename="pascal", omit_defaults=True):
    amazon_order_id: str = ""
    regulated_order_verification_status: Verification | None = None


class _Answer(Message, frozen=True, kw_only=True, omit_defaults=True):
    payload: _Payload | None = None


class _Resource(Message, frozen=True, kw_only=True, omit_defaults=True):
    method: str
    path: str


class _TokenRequest(Message, frozen=True, kw_only=True, omit_defaults=True):
    restricted_resources: tuple[_Resource, ...]


class RestrictedToken(Message, frozen=True, kw_only=True, omit_defaults=True):
    """repr does not show the token."""

    restricted_data_token: str
    expires_in: int

    def __repr__(self) -> str:
        return f"<RestrictedToken: {self.expires_in} s>"


class _AnsweredBody(Message, frozen=True, kw_only=True, omit_defaults=True):
    status: str
    external_reviewer_id: str
    rejection_reason_id: str = ""


class _AnswerRequest(Message, frozen=True, kw_only=True, omit_defaults=True):
    regulated_order_verification_status: _AnsweredBody


def read_regulated(body: bytes) -> RegulatedOrder | None:
    """None: the order has no verification."""
    payload = read(body, _Answer).payload
    if payload is None or (not payload.amazon_order_id and payload.regulated_order_verification_status is None):
        return None
    if payload.regulated_order_verification_status is None:
        raise Unreadable("payload: RegulatedOrderVerificationStatus is missing")
    return RegulatedOrder(
        amazon_order_id=payload.amazon_order_id,
        regulated_order_verification_status=payload.regulated_order_verification_status,
    )


def write_token_request(method: str, path: str) -> bytes:
    """A list of resources: an object in its place makes a token that opens nothing (behaviour A08)."""
    return msgspec.json.encode(_TokenRequest(restricted_resources=(_Resource(method=method, path=path),)))


def read_token(body: bytes) -> RestrictedToken:
    return read(body, RestrictedToken)


def write_answer(*, approved: bool, reviewer: str, rejection_reason_id: str) -> bytes:
    """ValueError names what is missing or too much."""
    if not reviewer.strip():
        raise ValueError("the reviewer's id is empty; Amazon takes no verdict without it")
    if approved == bool(rejection_reason_id):
        raise ValueError("a rejection has a reason, and an approval none")
    status = "Approved" if approved else "Rejected"
    answered = _AnsweredBody(status=status, external_reviewer_id=reviewer, rejection_reason_id=rejection_reason_id)
    return msgspec.json.encode(_AnswerRequest(regulated_order_verification_status=answered))
