"""Tokens: the forms sent, the answers understood, one exchange for many threads."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs

import httpx2
import pytest
from tests.amazon.fake import NOW, Amazon

from wharfinger.amazon.answers import Answer
from wharfinger.amazon.auth import AccessToken, Credentials, Grant, Lwa, TokenCache
from wharfinger.amazon.errors import (
    AmazonError,
    InvalidClient,
    InvalidGrant,
    InvalidRequest,
    Misaddressed,
    NotAnsweredAsPromised,
    ServerFault,
    Throttled,
    TokenRequestRefused,
)
from wharfinger.amazon.transport import Transport

_SECRET = "amzn1.oa2-cs.v1.s+e&c=r%t"
_CREDENTIALS = Credentials("amzn1.application-oa2-client.1", _SECRET)
_GIVEN = {"access_token": "Atza|new", "token_type": "bearer", "expires_in": 3600, "refresh_token": "Atzr|r"}
_ENDPOINT = "https://api.amazon.com/auth/o2/token"


def _lwa(amazon: Amazon) -> Lwa:
    return Lwa(amazon.transport, _ENDPOINT, _CREDENTIALS)


def _form(amazon: Amazon) -> dict[str, list[str]]:
    assert amazon.request.method == "POST"
    assert str(amazon.request.url) == _ENDPOINT
    assert amazon.request.headers["content-type"].startswith("application/x-www-form-urlencoded")
    return parse_qs(amazon.request.content.decode(), strict_parsing=True)


def test_a_code_is_exchanged_for_a_grant():
    amazon = Amazon(200, _GIVEN)
    grant = _lwa(amazon).exchange_code("co+de", "http://127.0.0.1:8000/amazon/callback", now=NOW)
    assert grant == Grant(AccessToken("Atza|new", NOW + timedelta(hours=1)), "Atzr|r")
    assert _form(amazon) == {
        "grant_type": ["authorization_code"],
        "code": ["co+de"],
        "redirect_uri": ["http://127.0.0.1:8000/amazon/callback"],
        "client_id": ["amzn1.application-oa2-client.1"],
        "client_secret": [_SECRET],
    }


def test_a_refresh_token_is_exchanged_for_an_access_token():
    amazon = Amazon(200, {"access_token": "Atza|new", "expires_in": "900"})
    assert _lwa(amazon).refresh("Atzr|r", now=NOW) == Grant(AccessToken("Atza|new", NOW + timedelta(minutes=15)))
    assert _form(amazon)["grant_type"] == ["refresh_token"]
    assert _form(amazon)["refresh_token"] == ["Atzr|r"]


def test_the_application_itself_gets_a_token_for_a_scope():
    amazon = Amazon(200, {"access_token": "Atc|new", "expires_in": 3600, "scope": "x"})
    token = _lwa(amazon).client_credentials("sellingpartnerapi::notifications", now=NOW)
    assert token == AccessToken("Atc|new", NOW + timedelta(hours=1))
    assert _form(amazon)["scope"] == ["sellingpartnerapi::notifications"]


@pytest.mark.parametrize(
    ("status", "body", "leaf", "verdict"),
    [
        (
            400,
            {"error": "invalid_grant", "error_description": "The request has an invalid grant parameter : code"},
            InvalidGrant,
            "reauthorise",
        ),
        (
            401,
            {"error": "invalid_client", "error_description": "Client authentication failed"},
            InvalidClient,
            "our_bug",
        ),
        (400, {"error": "unauthorized_client"}, InvalidClient, "our_bug"),
        (
            400,
            {"error": "unsupported_grant_type", "error_index": "1", "request_id": "x"},
            TokenRequestRefused,
            "our_bug",
        ),
        (400, {"error": "invalid_scope"}, TokenRequestRefused, "our_bug"),
        (400, {"error": "invalid_request"}, TokenRequestRefused, "our_bug"),
        (429, {"error": "slow_down"}, Throttled, "later"),
        (429, b"", Throttled, "later"),
        (500, {"error": "server_error"}, ServerFault, "later"),
        (503, b"<html>", ServerFault, "later"),
        (403, {"errors": [{"code": "MissingAuthenticationToken", "message": "x"}]}, Misaddressed, "our_bug"),
        (403, b"<html>", NotAnsweredAsPromised, "later"),
        (404, b"<html>", NotAnsweredAsPromised, "later"),
        (200, b"<html>", NotAnsweredAsPromised, "later"),
        (200, {"token_type": "bearer"}, NotAnsweredAsPromised, "later"),
        (200, {"access_token": ""}, NotAnsweredAsPromised, "later"),
        (200, {"access_token": "two\nlines"}, NotAnsweredAsPromised, "later"),
        (200, {"access_token": "Atza|ü"}, NotAnsweredAsPromised, "later"),
        (200, {"access_token": "Atza|x", "expires_in": -1}, NotAnsweredAsPromised, "later"),
    ],
)
def test_a_refusal_of_the_token_endpoint_is_the_leaf_it_should_be(status, body, leaf, verdict):
    with pytest.raises(AmazonError) as caught:
        _lwa(Amazon(status, body)).exchange_code("code", "", now=NOW)
    assert (type(caught.value), caught.value.verdict) == (leaf, verdict)
    assert caught.value.operation == "exchangeToken"


def test_secrets_are_blanked_in_what_the_endpoint_repeats():
    body = {"error": "invalid_grant", "error_description": f"code my-code, secret {_SECRET}, Atzr|abc.d"}
    with pytest.raises(InvalidGrant) as caught:
        _lwa(Amazon(400, body)).exchange_code("my-code", "", now=NOW)
    assert caught.value.message == "code …, secret …, …"


def test_secrets_are_in_no_repr():
    grant = Grant(AccessToken("Atza|new", NOW), "Atzr|r")
    assert "Atz" not in repr(grant)
    assert "Atz" not in repr(Answer(grant))
    assert "oa2-cs" not in repr(_CREDENTIALS)


def test_an_empty_code_is_not_sent():
    amazon = Amazon(200, _GIVEN)
    with pytest.raises(InvalidRequest, match="exchangeToken"):
        _lwa(amazon).exchange_code("", "", now=NOW)
    assert amazon.requests == []


@pytest.mark.parametrize(("left", "exchanges"), [(60, 1), (59, 2), (0, 2), (-5, 2)])
def test_a_token_is_kept_while_a_minute_is_left(left, exchanges):
    amazon = Amazon(200, _GIVEN)
    source = TokenCache(_lwa(amazon)).source("Atzr|r")
    source.token(NOW)
    source.token(NOW + timedelta(hours=1, seconds=-left))
    assert len(amazon.requests) == exchanges


def test_a_dropped_token_is_fetched_anew_and_a_newer_one_stays():
    amazon = Amazon(200, _GIVEN)
    source = TokenCache(_lwa(amazon)).source("Atzr|r")
    first = source.token(NOW)
    source.drop(first)
    second = source.token(NOW)
    source.drop(first)
    assert source.token(NOW) is second
    assert len(amazon.requests) == 2


def test_each_refresh_token_has_its_own_source_until_it_is_forgotten():
    cache = TokenCache(_lwa(Amazon(200, _GIVEN)))
    one = cache.source("Atzr|1")
    assert cache.source("Atzr|1") is one
    assert cache.source("Atzr|2") is not one
    cache.forget("Atzr|1")
    assert cache.source("Atzr|1") is not one


def test_many_threads_make_one_exchange():
    exchanges = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        exchanges.append(threading.get_ident())
        time.sleep(0.05)  # noqa: TID251 -- the other threads must arrive meanwhile
        return httpx2.Response(200, json=_GIVEN)

    cache = TokenCache(Lwa(Transport(http=httpx2.MockTransport(answer)), _ENDPOINT, _CREDENTIALS))
    with ThreadPoolExecutor(8) as threads:
        tokens = list(threads.map(lambda _: cache.source("Atzr|r").token(NOW).value, range(16)))
    assert set(tokens) == {"Atza|new"}
    assert len(exchanges) == 1


def test_a_failed_exchange_leaves_no_old_token_behind():
    answers = [httpx2.Response(200, json=_GIVEN), httpx2.Response(400, json={"error": "invalid_grant"})]
    lwa = Lwa(Transport(http=httpx2.MockTransport(lambda _: answers.pop(0))), _ENDPOINT, _CREDENTIALS)
    source = TokenCache(lwa).source("Atzr|r")
    source.token(NOW)
    with pytest.raises(InvalidGrant):
        source.token(NOW + timedelta(hours=2))
    with pytest.raises(IndexError):
        source.token(NOW)
