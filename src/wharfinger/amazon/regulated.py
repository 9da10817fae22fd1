"""Verification of regulated orders (Orders v0) and the restricted token that opens it. Sources: models ordersV0.json
and tokens_2021-03-01.json."""

from datetime import datetime, timedelta

from wharfinger.amazon import identity, operations
from wharfinger.amazon.answers import Answer
from wharfinger.amazon.auth import AccessToken, TokenOnce
from wharfinger.amazon.caller import Caller, answer_of, path_of, understood_by
from wharfinger.amazon.errors import InvalidRequest
from wharfinger.amazon.messages.regulated import (
    RegulatedOrder,
    read_regulated,
    read_token,
    write_answer,
    write_token_request,
)

ANY_ORDER = "{orderId}"
"""In a restricted resource's path: one token opens it for every order of the account."""


class RegulatedCalls(Caller):
    def create_restricted_token(self, *, now: datetime) -> Answer[AccessToken]:
        """A Restricted Data Token for the regulated information of any order of the account, good for an hour.

        InvalidRequest where Amazon lacks a role of the application for it (behaviours A06, A07).
        """
        operation = operations.CREATE_RESTRICTED_DATA_TOKEN
        opened = operations.GET_REGULATED_INFO
        body = write_token_request(opened.method, opened.path.replace("{order_id}", ANY_ORDER))
        response = self._call(operation, operation.path, now=now, body=body)
        token = understood_by(read_token, operation, response)
        return answer_of(
            response, AccessToken(token.restricted_data_token, now + timedelta(seconds=max(0, token.expires_in)))
        )

    def get_regulated_info(self, order_id: str, token: AccessToken, *, now: datetime) -> Answer[RegulatedOrder | None]:
        """`token`: a restricted one. None where Amazon has no verification for the order."""
        operation = operations.GET_REGULATED_INFO
        path = path_of(operation, order_id=order_id)
        response = self._call(operation, path, now=now, tokens=TokenOnce(token))
        found = understood_by(read_regulated, operation, response)
        if found is not None:
            ids = ((identity.ORDER, found.amazon_order_id),)
            identity.compare(operation.name, response, {identity.ORDER: (order_id,)}, ids)
        return answer_of(response, found)

    def update_verification_status(
        self, order_id: str, *, approved: bool, reviewer: str, rejection_reason_id: str = "", now: datetime
    ) -> Answer[None]:
        """The seller's verdict; Amazon cancels an order that is rejected. Refused where it waits for none any more."""
        operation = operations.UPDATE_VERIFICATION_STATUS
        path = path_of(operation, order_id=order_id)
        try:
            body = write_answer(approved=approved, reviewer=reviewer, rejection_reason_id=rejection_reason_id)
        except ValueError as error:
            raise InvalidRequest(operation.name, message=str(error)) from None
        return answer_of(self._call(operation, path, body=body, now=now), None)
