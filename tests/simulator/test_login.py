"""Login with Amazon: every grant, every refusal as it is documented or was seen."""

import json

import pytest
from tests.simulator.conftest import CALLBACK, EU, NA, Amazon
from tests.simulator.grantless import NOTIFICATIONS, ask_token

from amazon_simulator import router
from amazon_simulator.access.application import CLIENT_ID, CLIENT_SECRET
from amazon_simulator.core.http import Request

DAY = 24 * 3600.0
CODE_WORDS = "The request has an invalid grant parameter : code"
REFRESH_WORDS = (
    "The request has an invalid grant parameter : refresh_token. User may have revoked or didn't grant the permission."
)


def own_token(amazon, seller=EU):
    """The refresh token that the seller made in the portal."""
    accounts = amazon.control("GET", "accounts")[1]["accounts"]
    return next(row["refreshToken"] for row in accounts if row["sellerId"] == seller)


def consent(amazon, seller=EU):
    """A refresh token as a consent gives it."""
    code = amazon.simulator.application.grant_code(seller, CALLBACK, amazon.simulator.clock.seconds())
    status, tokens = ask_token(amazon, grant_type="authorization_code", code=code.code)
    assert status == 200, tokens
    return tokens["refresh_token"]


def refreshed(amazon, token):
    return ask_token(amazon, grant_type="refresh_token", refresh_token=token)


def refused(answer):
    status, body = answer
    return status, body["error"], body["error_description"]


def test_a_refresh_token_gives_an_access_token_for_an_hour(amazon):
    status, tokens = refreshed(amazon, own_token(amazon))
    assert (status, tokens["token_type"], tokens["expires_in"]) == (200, "bearer", 3600)
    assert (tokens["access_token"][:5], tokens["refresh_token"]) == ("Atza|", own_token(amazon))
    headers = {"x-amz-access-token": tokens["access_token"]}
    path = "/sellers/v1/marketplaceParticipations"
    assert amazon.send("GET", path, headers=headers).status == 200
    amazon.advance(3601)
    answer = amazon.send("GET", path, headers=headers)
    assert (answer.status, b"expired" in answer.body) == (403, True)


def test_client_credentials_give_a_token_of_one_scope_without_a_refresh_token(amazon):
    status, tokens = ask_token(amazon, grant_type="client_credentials", scope=NOTIFICATIONS)
    assert (status, sorted(tokens)) == (200, ["access_token", "expires_in", "scope", "token_type"])
    assert tokens["scope"] == NOTIFICATIONS
    answer = ask_token(amazon, grant_type="client_credentials", scope="sellingpartnerapi::tea")
    assert refused(answer) == (400, "invalid_scope", "The request has an invalid parameter : scope")


@pytest.mark.parametrize(
    ("grant", "wanted"),
    [("authorization_code", "code"), ("refresh_token", "refresh_token"), ("client_credentials", "scope")],
)
def test_each_grant_wants_its_parameter(amazon, grant, wanted):
    words = f"The request is missing a required parameter : {wanted}"
    assert refused(ask_token(amazon, grant_type=grant)) == (400, "invalid_request", words)


@pytest.mark.parametrize("grant", ["", "password", "implicit"])
def test_other_grants_are_unsupported_with_members_that_no_document_names(amazon, grant):
    status, tokens = ask_token(amazon, grant_type=grant)
    assert (status, tokens["error"]) == (400, "unsupported_grant_type")
    assert sorted(tokens) == ["error", "error_description", "error_index", "request_id"]


@pytest.mark.parametrize("wrong", [{"client_id": "amzn1.x"}, {"client_secret": "x"}, {"client_id": ""}])
def test_a_wrong_client_is_401(amazon, wrong):
    form = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **wrong}
    form |= {"grant_type": "refresh_token", "refresh_token": own_token(amazon)}
    answer = amazon.send("POST", "/auth/o2/token", form=form)
    body = json.loads(answer.body)
    assert refused((answer.status, body)) == (401, "invalid_client", "Client authentication failed")


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data", "application/xml"])
def test_only_forms_and_json_are_read(amazon, kind):
    answer = ask_token(
        amazon, grant_type="refresh_token", refresh_token=own_token(amazon), headers={"content-type": kind}
    )
    assert refused(answer)[:2] == (401, "invalid_client")


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8"])
def test_json_is_read_as_a_form_is(amazon, kind):
    body = {"grant_type": "refresh_token", "refresh_token": own_token(amazon)}
    body |= {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    answer = amazon.send("POST", "/auth/o2/token", body=body, headers={"content-type": kind})
    assert (answer.status, json.loads(answer.body)["token_type"]) == (200, "bearer")
    answer = amazon.send("POST", "/auth/o2/token", body=body, headers={"content-type": kind}, query={"a": "b"})
    assert (answer.status, json.loads(answer.body)["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"grant_type": 7}', b"null"])
def test_json_that_holds_no_grant_is_refused_as_one_without(amazon, body):
    request = Request("POST", "/auth/o2/token", "", {"content-type": "application/json"}, body)
    answer = router.answer(amazon.simulator, request)
    assert (answer.status, json.loads(answer.body)["error"]) == (400, "unsupported_grant_type")


def test_a_form_with_a_charset_is_read(amazon):
    headers = {"content-type": "application/x-www-form-urlencoded;charset=UTF-8"}
    token = own_token(amazon)
    assert ask_token(amazon, grant_type="refresh_token", refresh_token=token, headers=headers)[0] == 200


def test_parameters_in_the_address_are_refused(amazon):
    query = {"grant_type": "refresh_token", "refresh_token": own_token(amazon)}
    query |= {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    answer = amazon.send("POST", "/auth/o2/token", query=query)
    assert (answer.status, json.loads(answer.body)["error"]) == (401, "invalid_client")


def test_tokens_are_posted_for_and_at_their_own_host(amazon):
    answer = amazon.send("GET", "/auth/o2/token")
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    answer = amazon.send("POST", "/eu/auth/o2/token", form={"grant_type": "refresh_token"})
    assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (403, "MissingAuthenticationTokenException")


def test_a_code_is_for_the_redirect_uri_that_it_was_sent_to(amazon):
    code = amazon.simulator.application.grant_code(EU, CALLBACK, amazon.simulator.clock.seconds()).code
    answer = ask_token(amazon, grant_type="authorization_code", code=code, redirect_uri="http://other.example/")
    assert refused(answer) == (400, "invalid_grant", CODE_WORDS)
    assert ask_token(amazon, grant_type="authorization_code", code=code, redirect_uri=CALLBACK)[0] == 200


def test_a_seller_may_have_several_refresh_tokens_until_the_consent_is_withdrawn(amazon):
    tokens = [own_token(amazon), consent(amazon), consent(amazon)]
    assert [refreshed(amazon, token)[0] for token in tokens] == [200, 200, 200]
    amazon.control("POST", "authorisations/revoke", {"sellerId": EU})
    assert [refused(refreshed(amazon, token)) for token in tokens] == [(400, "invalid_grant", REFRESH_WORDS)] * 3
    assert refreshed(amazon, own_token(amazon, NA))[0] == 200


def test_a_published_applications_consent_ends_after_a_year_each_by_its_own_clock(amazon):
    amazon.control("POST", "application", {"draft": False, "secretLivesDays": 10_000})
    first = consent(amazon)
    amazon.advance(200 * DAY)
    second = consent(amazon)
    amazon.advance(165 * DAY + 1)
    assert refused(refreshed(amazon, first)) == (400, "invalid_grant", REFRESH_WORDS)
    assert refreshed(amazon, second)[0] == 200
    assert refreshed(amazon, own_token(amazon))[0] == 200  # made in the portal: no clock


def test_a_drafts_consent_has_no_clock(amazon):
    amazon.control("POST", "application", {"secretLivesDays": 10_000})
    token = consent(amazon)
    amazon.advance(800 * DAY)
    assert refreshed(amazon, token)[0] == 200


def test_a_role_more_ends_what_sellers_gave_to_a_published_application_until_they_renew(amazon):
    fewer = ["Inventory and Order Tracking", "Product Listing"]
    amazon.control("POST", "application", {"draft": False, "roles": fewer})
    token, private = consent(amazon), own_token(amazon)
    headers = {"x-amz-access-token": refreshed(amazon, token)[1]["access_token"]}
    amazon.control("POST", "application", {"roles": fewer[:1]})
    assert refreshed(amazon, token)[0] == 200  # one role less needs no consent
    amazon.control("POST", "application", {"roles": fewer})
    assert refused(refreshed(amazon, token)) == (400, "invalid_grant", REFRESH_WORDS)
    assert amazon.send("GET", "/sellers/v1/marketplaceParticipations", headers=headers).status == 403
    assert [refreshed(amazon, one)[0] for one in (private, consent(amazon))] == [200, 200]


def test_a_role_more_of_a_draft_ends_nothing(amazon):
    amazon.control("POST", "application", {"roles": ["Product Listing"]})
    token = consent(amazon)
    amazon.control("POST", "application", {"roles": ["Product Listing", "Amazon Fulfillment"]})
    assert refreshed(amazon, token)[0] == 200


def test_an_application_of_the_old_api_alone_is_not_authorised_to_ask(amazon):
    amazon.control("POST", "application", {"mwsOnly": True})
    assert refused(refreshed(amazon, own_token(amazon)))[:2] == (400, "unauthorized_client")


def test_consents_and_what_the_portal_says_outlive_a_kill(tmp_path):
    before = Amazon(tmp_path)
    before.control("POST", "application", {"draft": False, "loginUri": "http://127.0.0.1:8000/log-in"})
    token = consent(before)
    before.simulator.close()
    after = Amazon(tmp_path)
    accounts = after.control("GET", "accounts")[1]["application"]
    assert (accounts["draft"], accounts["loginUri"]) == (False, "http://127.0.0.1:8000/log-in")
    assert refreshed(after, token)[0] == 200
    after.advance(366 * DAY)
    assert refreshed(after, token)[1]["error"] == "invalid_client"  # the secret, too, was to be rotated
    after.simulator.close()


def test_any_bytes_are_answered(amazon):
    for body in (b"\xff\xfe=%", b"grant_type=refresh_token&grant_type=x", b"=" * 500):
        assert 400 <= router.answer(amazon.simulator, Request("POST", "/auth/o2/token", "", {}, body)).status < 500
