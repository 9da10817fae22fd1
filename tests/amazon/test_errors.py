"""Amazon's refusals, word for word, and the leaf each of them is."""

import inspect

import httpx2
import pytest
from tests.amazon.fake import NOW, Amazon, failing

from wharfinger.amazon import errors
from wharfinger.amazon.errors import (
    AccessDenied,
    AmazonError,
    Misaddressed,
    NotAnsweredAsPromised,
    NotFound,
    PageTokenRefused,
    Refused,
    ServerFault,
    Throttled,
    TimedOut,
    TokenExpired,
    TokenRefused,
    Unreachable,
    Verdict,
    WronglyAsked,
)


def _body(code, message, details=""):
    return {"errors": [{"code": code, "message": message, "details": details}]}


_DENIED = "Access to requested resource is denied."
_HTML = b"<!DOCTYPE html><html><body>Bad Request</body></html>"

TABLE = [
    (429, _body("QuotaExceeded", "You exceeded your quota for the requested resource."), Throttled, "later"),
    (429, b"", Throttled, "later"),
    (
        403,
        _body("Unauthorized", _DENIED, "The access token you provided is revoked, malformed or invalid."),
        TokenRefused,
        "reauthorise",
    ),
    (403, _body("Unauthorized", _DENIED, "The access token you provided has expired."), TokenExpired, "later"),
    (401, _body("Unauthorized", _DENIED), TokenRefused, "reauthorise"),
    (403, _body("Unauthorized", _DENIED), AccessDenied, "reauthorise"),
    (403, _body("Forbidden", "Access to the resource is forbidden"), AccessDenied, "reauthorise"),
    (403, _body("MissingAuthenticationToken", "Missing Authentication Token"), Misaddressed, "our_bug"),
    (403, _HTML, NotAnsweredAsPromised, "later"),
    (403, {"message": "Forbidden"}, NotAnsweredAsPromised, "later"),
    (400, _body("InvalidInput", "The input you have submitted is not valid."), Refused, "never"),
    (400, _body("Invalid Input", "Invalid request parameters"), Refused, "never"),
    (400, _body("BAD_REQUEST", "x", None), Refused, "never"),
    (400, _body(400, "x"), Refused, "never"),
    (400, {"errors": [{"code": "InvalidInput"}]}, Refused, "never"),
    (400, _HTML, WronglyAsked, "our_bug"),
    (404, _body("NOT_FOUND", "SKU '…' not found in marketplace ATVPDKIKX0DER"), NotFound, "never"),
    (404, _HTML, NotAnsweredAsPromised, "later"),
    (409, _body("StateConflict", "conflict"), Refused, "never"),
    (413, _body("RequestEntityTooLarge", "x"), Refused, "never"),
    (415, _body("UnsupportedMediaType", "x"), WronglyAsked, "our_bug"),
    (408, b"", ServerFault, "later"),
    (500, _body("InternalFailure", "We encountered an internal error. Please try again."), ServerFault, "later"),
    (503, _HTML, ServerFault, "later"),
    (302, b"", NotAnsweredAsPromised, "later"),
    (200, _HTML, NotAnsweredAsPromised, "later"),
    (200, b"", NotAnsweredAsPromised, "later"),
    (200, b'{"order": {"DeemedResellerCategory": UOSS}}', NotAnsweredAsPromised, "later"),
    (200, b'{"payload":null}', NotAnsweredAsPromised, "later"),
]


@pytest.mark.parametrize(("status", "body", "leaf", "verdict"), TABLE)
def test_an_answer_is_the_leaf_it_should_be(status, body, leaf, verdict):
    amazon = Amazon(status, body, {"x-amzn-RequestId": "req-1"})
    with pytest.raises(AmazonError) as caught:
        amazon.client.get_order("026-1-1", now=NOW)
    error = caught.value
    assert (type(error), error.verdict, error.status) == (leaf, verdict, status)
    assert (error.operation, error.request_id) == ("getOrder", "req-1")
    assert len(amazon.requests) == 1, "one attempt, whatever comes"


@pytest.mark.parametrize(("status", "body", "leaf", "verdict"), TABLE)
def test_only_a_doubtful_answer_leaves_the_outcome_unknown(status, body, leaf, verdict):
    with pytest.raises(AmazonError) as caught:
        Amazon(status, body).client.get_order("026-1-1", now=NOW)
    assert caught.value.outcome_unknown is (leaf in (ServerFault, NotAnsweredAsPromised))


@pytest.mark.parametrize(
    ("error", "leaf", "unknown"),
    [
        (httpx2.ConnectError, Unreachable, False),
        (httpx2.ProxyError, Unreachable, False),
        (httpx2.ConnectTimeout, TimedOut, False),
        (httpx2.PoolTimeout, TimedOut, False),
        (httpx2.ReadTimeout, TimedOut, True),
        (httpx2.WriteTimeout, TimedOut, True),
        (httpx2.ReadError, Unreachable, True),
        (httpx2.WriteError, Unreachable, True),
        (httpx2.RemoteProtocolError, Unreachable, True),
        (httpx2.DecodingError, NotAnsweredAsPromised, True),
        (httpx2.LocalProtocolError, WronglyAsked, False),
        (httpx2.UnsupportedProtocol, Misaddressed, False),
    ],
)
def test_a_failing_network_is_the_leaf_it_should_be(error, leaf, unknown):
    client = failing(lambda request: error("Atza|held", request=request))
    with pytest.raises(AmazonError) as caught:
        client.get_order("026-1-1", now=NOW)
    assert (type(caught.value), caught.value.outcome_unknown) == (leaf, unknown)
    assert "Atza" not in f"{caught.value} {caught.value!r} {caught.value.message}"


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_dropped(status):
    amazon = Amazon(status, _body("Unauthorized", _DENIED))
    with pytest.raises(AmazonError):
        amazon.client.get_order("026-1-1", now=NOW)
    assert amazon.tokens.dropped == [amazon.tokens.held]


@pytest.mark.parametrize("status", [400, 404, 429, 500])
def test_no_other_refusal_drops_the_token(status):
    amazon = Amazon(status, _body("X", "x"))
    with pytest.raises(AmazonError):
        amazon.client.get_order("026-1-1", now=NOW)
    assert amazon.tokens.dropped == []


def test_a_refused_page_token_says_begin_again():
    amazon = Amazon(400, _body("InvalidInput", "Next token is invalid or expired"))
    with pytest.raises(PageTokenRefused):
        amazon.client.get_inventory_summaries("A1F83G8C2ARO7P", now=NOW, next_token="t")
    with pytest.raises(Refused) as caught:
        amazon.client.get_inventory_summaries("A1F83G8C2ARO7P", now=NOW)
    assert type(caught.value) is Refused


def test_details_are_kept_and_tokens_in_them_are_not():
    amazon = Amazon(400, _body("InvalidInput", "bad Atza|IQ.x-y_z here", "Invalid Date-Time field(s) [createdAfter]."))
    with pytest.raises(Refused) as caught:
        amazon.client.get_order("026-1-1", now=NOW)
    assert caught.value.details == "Invalid Date-Time field(s) [createdAfter]."
    assert caught.value.message == "bad … here"


def test_the_text_of_an_error_holds_nothing_that_amazon_wrote_freely():
    amazon = Amazon(400, _body("Invalid\nInput<Ada>", "Ada Buyer, 1 Quay Street", "Ada"), {"x-amzn-RequestId": "r"})
    with pytest.raises(Refused) as caught:
        amazon.client.get_order("026-1-1", now=NOW)
    assert str(caught.value) == (
        "getOrder: 400 InvalidInputAda (request r). Amazon refused the request; what it objects to is in its message."
    )
    assert "Quay" not in repr(caught.value)


def test_every_leaf_says_what_to_do():
    leaves = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, AmazonError) and kind is not AmazonError
    ]
    assert len(leaves) > 15
    assert {kind.verdict for kind in leaves} == set(Verdict)
    assert all(kind.advice.endswith(".") for kind in leaves)
