"""Amazon's refusals, word for word, and the leaf each of them is."""

import inspect

import httpx2
import pytest
from tests.amazon.fake import NOW, Amazon, failing

from wharfinger.amazon import errors
from wharfinger.amazon.client import SearchOrders
from wharfinger.amazon.errors import (
    AccessDenied,
    AmazonError,
    InvalidRequest,
    Misaddressed,
    NotAnsweredAsPromised,
    NotFound,
    PageTokenRefused,
    Refused,
    Said,
    ServerFault,
    Throttled,
    TimedOut,
    TokenExpired,
    TokenRefused,
    Unreachable,
    Verdict,
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
    (400, _HTML, InvalidRequest, "our_bug"),
    (404, _body("NOT_FOUND", "SKU '…' not found in marketplace ATVPDKIKX0DER"), NotFound, "never"),
    (404, _HTML, NotAnsweredAsPromised, "later"),
    (409, _body("StateConflict", "conflict"), Refused, "never"),
    (413, _body("RequestEntityTooLarge", "x"), Refused, "never"),
    (415, _body("UnsupportedMediaType", "x"), InvalidRequest, "our_bug"),
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
        (httpx2.LocalProtocolError, InvalidRequest, False),
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


UK = "A1F83G8C2ARO7P"
PAGED = {
    "searchOrders": lambda client, token: client.search_orders(
        SearchOrders(marketplace_ids=(UK,), last_updated_after=NOW, pagination_token=token), now=NOW
    ),
    "searchListingsItems": lambda client, token: client.search_listings_items("S", UK, now=NOW, page_token=token),
    "getInventorySummaries": lambda client, token: client.get_inventory_summaries(UK, now=NOW, next_token=token),
}


@pytest.mark.parametrize("operation", PAGED)
@pytest.mark.parametrize(
    ("status", "body", "without_token"),
    [
        (400, _body("InvalidInput", "Next token is invalid or expired"), Refused),
        (400, _body("InvalidInput", None, None), Refused),
        (400, {"errors": [{"code": "InvalidInput"}]}, Refused),
        (400, _body("InvalidInput", "The input you have submitted is not valid."), Refused),
        (400, _HTML, InvalidRequest),
        (404, _body("NotFound", "x"), NotFound),
        (403, _body("Unauthorized", _DENIED), AccessDenied),
        (410, _body("Gone", "x"), Refused),
        (422, _body("Unprocessable", "x"), Refused),
    ],
)
def test_a_refusal_with_a_page_token_is_the_tokens_whatever_its_words(operation, status, body, without_token):
    client = Amazon(status, body).client
    with pytest.raises(PageTokenRefused):
        PAGED[operation](client, "t")
    with pytest.raises(without_token) as caught:
        PAGED[operation](client, None)
    assert type(caught.value) is without_token


@pytest.mark.parametrize(
    ("status", "body", "leaf"),
    [
        (429, _body("QuotaExceeded", "x"), Throttled),
        (500, _body("InternalFailure", "x"), ServerFault),
        (403, _body("Unauthorized", _DENIED, "The access token you provided has expired."), TokenExpired),
        (401, _body("Unauthorized", _DENIED), TokenRefused),
    ],
)
def test_what_is_not_about_the_request_is_not_about_its_page_token(status, body, leaf):
    with pytest.raises(leaf) as caught:
        PAGED["searchOrders"](Amazon(status, body).client, "t")
    assert type(caught.value) is leaf


def _refused(body, headers=None):
    with pytest.raises(Refused) as caught:
        Amazon(400, body, headers).client.get_order("026-1-1", now=NOW)
    return caught.value


def test_details_are_kept_and_tokens_in_them_are_not():
    error = _refused(_body("InvalidInput", "bad Atza|IQ.x-y_z here", "Invalid Date-Time field(s) [createdAfter]."))
    assert error.details == "Invalid Date-Time field(s) [createdAfter]."
    assert error.message == "bad … here"


def test_the_text_of_an_error_holds_amazons_own_words_and_the_request_id():
    error = _refused(
        _body("Invalid\nInput", "The carrier\nis unknown.", "Field [carrierCode]"), {"x-amzn-RequestId": "r"}
    )
    assert str(error) == (
        "getOrder: 400 Invalid Input: The carrier is unknown. Field [carrierCode] (request r). "
        "Amazon refused the request."
    )
    assert error.summary() == "400 Invalid Input: The carrier is unknown. Field [carrierCode] (request r)"


def test_every_error_of_the_list_is_in_the_text_and_the_same_one_only_once():
    error = _refused(
        {
            "errors": [
                {"code": "A", "message": "first"},
                {"code": "A", "message": "first"},
                {"code": "B", "details": "d"},
            ]
        }
    )
    assert error.summary() == "400 A: first | B: d"
    assert (error.code, error.message, error.others) == ("A", "first", (Said("A", "first"), Said("B", details="d")))


def test_members_that_are_no_strings_are_shown_as_they_are():
    assert _refused({"errors": [{"code": 400, "message": {"field": "sku"}, "details": ["x"]}]}).summary() == (
        '400 400: {"field":"sku"} ["x"]'
    )


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("token Atza|IwEB-abc_1 is bad", "IwEB-abc_1"),
        ("token Atzr%7CIwEBabc is bad", "IwEBabc"),
        ("token Atz.sprdt|IwEBabc is bad", "IwEBabc"),
        ("secret amzn1.oa2-cs.v1.0123abc is old", "0123abc"),
        ("key amzn.mws.4aa1-77 is old", "4aa1-77"),
        ("header Bearer abc.def.ghi", "abc.def.ghi"),
        ("buyer ada.l+x@marketplace.amazon.co.uk has moved", "ada.l+x"),
        ("buyer ada%40example.org has moved", "example.org"),
    ],
)
def test_secrets_and_e_mail_addresses_are_blanked_in_every_part(text, secret):
    error = _refused({"errors": [{"code": "X", "message": text, "details": text}, {"code": "Y", "message": text}]})
    assert secret not in f"{error} {error!r} {error.message} {error.details} {error.others} {error.summary()}"
    assert "…" in error.message


def test_amazons_words_are_bound_in_length():
    error = _refused({"errors": [{"code": "X", "message": "long " * 9_999} for _ in range(50)]})
    assert len(error.message) <= 1_010
    assert len(str(error)) < 2_200


def test_without_a_body_the_type_header_and_the_request_id_are_what_there_is_to_show():
    with pytest.raises(Throttled) as caught:
        Amazon(429, b"", {"x-amzn-ErrorType": "TooManyRequestsException", "x-amzn-RequestId": "r"}).client.get_order(
            "026-1-1", now=NOW
        )
    assert caught.value.summary() == ("429 TooManyRequestsException: the body is not Amazon's error JSON (request r)")


def test_every_leaf_says_what_to_do():
    leaves = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, AmazonError) and kind is not AmazonError
    ]
    assert len(leaves) > 15
    assert {kind.verdict for kind in leaves} == set(Verdict)
    assert all(kind.advice.endswith(".") for kind in leaves)
