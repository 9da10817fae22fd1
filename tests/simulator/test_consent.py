import json
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.simulator.conftest import CALLBACK, EU, NA

from amazon_simulator.access.application import APPLICATION_ID, CLIENT_ID, CLIENT_SECRET

CONSENT = "/sellercentral/sellercentral-europe.amazon.com/apps/authorize/consent"
CONSENT_PARAMS = {"application_id": APPLICATION_ID, "state": "abc", "redirect_uri": CALLBACK, "version": "beta"}
SIGN_IN = {"email": f"{EU.lower()}@sellers.example", "password": "harbour"}


def signed_in(amazon):
    answer = amazon.send("POST", CONSENT, query=CONSENT_PARAMS, form=SIGN_IN)
    return {"cookie": answer.headers["set-cookie"].split(";")[0]}


def press(amazon, form, query=CONSENT_PARAMS):
    return amazon.send("POST", CONSENT, query=query, form=form, headers=signed_in(amazon))


def exchange(amazon, code):
    form = {"grant_type": "authorization_code", "code": code, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    answer = amazon.send("POST", "/auth/o2/token", form=form)
    return answer.status, json.loads(answer.body)


def returned_params(answer):
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def test_ok_sends_back_with_state_seller_and_a_code_that_works_once(amazon):
    back = returned_params(press(amazon, {"accept": "yes", "answer": "ok"}))
    assert (back["state"], back["selling_partner_id"]) == ("abc", EU)
    status, tokens = exchange(amazon, back["spapi_oauth_code"])
    assert (status, tokens["refresh_token"].startswith("Atzr|")) == (200, True)
    status, refused = exchange(amazon, back["spapi_oauth_code"])
    assert (status, refused["error"]) == (400, "invalid_grant")


def test_a_code_dies_after_five_minutes(amazon):
    back = returned_params(press(amazon, {"accept": "yes", "answer": "ok"}))
    amazon.advance(301)
    assert exchange(amazon, back["spapi_oauth_code"])[1]["error"] == "invalid_grant"


def test_ok_without_the_tick_stays_with_a_message(amazon):
    answer = press(amazon, {"answer": "ok"})
    assert (answer.status, b"Tick Accept" in answer.body) == (422, True)


def test_cancel_sends_back_with_the_refusal(amazon):
    back = returned_params(press(amazon, {"answer": "cancel"}))
    assert (back["error"], back["state"], "spapi_oauth_code" in back) == ("access_denied", "abc", False)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": ""}, b"MD1000"),
        ({"redirect_uri": "http://evil.example/"}, b"MD5101"),
        ({"application_id": "amzn1.sp.solution.other"}, b"MD5100"),
    ],
)
def test_the_consent_page_names_its_faults(amazon, changes, code):
    answer = amazon.send("GET", CONSENT, query={**CONSENT_PARAMS, **changes})
    assert (answer.status, code in answer.body) == (400, True)


def test_a_wrong_password_is_refused(amazon):
    answer = amazon.send("POST", CONSENT, query=CONSENT_PARAMS, form={**SIGN_IN, "password": "x"})
    assert (answer.status, "set-cookie" in answer.headers) == (401, False)


def test_the_consent_form_may_lead_to_the_application_and_nowhere_else(amazon):
    answer = amazon.send("GET", CONSENT, query=CONSENT_PARAMS, headers=signed_in(amazon))
    policy = answer.headers["content-security-policy"]
    assert ("form-action 'self' http://127.0.0.1:8000" in policy, "unsafe-inline" in policy) == (True, False)


def test_the_client_secret_is_checked(amazon):
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": CLIENT_ID, "client_secret": "wrong"}
    answer = amazon.send("POST", "/auth/o2/token", form=form)
    assert (answer.status, json.loads(answer.body)["error"]) == (401, "invalid_client")


def test_a_missing_grant_type_is_unsupported(amazon):
    answer = amazon.send("POST", "/auth/o2/token", form={"client_id": CLIENT_ID})
    assert (answer.status, json.loads(answer.body)["error"]) == (400, "unsupported_grant_type")


def test_manage_your_apps_revokes(amazon):
    path = "/sellercentral/sellercentral-europe.amazon.com/apps/manage"
    headers = signed_in(amazon)
    assert b"Authorised" in amazon.send("GET", path, headers=headers).body
    amazon.send("POST", path, headers=headers)
    assert b"Not authorised" in amazon.send("GET", path, headers=headers).body


def test_the_shop_sells_cancels_and_restocks(amazon):
    shop_form = {"seller": EU, "marketplace": "A1F83G8C2ARO7P"}
    assert amazon.send("POST", "/shop/buy", form={**shop_form, "sku": "HH-0010", "quantity": "2"}).status == 303
    order = next(iter(amazon.simulator.world.orders.values()))
    assert amazon.send("POST", "/shop/cancel", form={**shop_form, "order": order.id}).status == 303
    assert order.status == "CANCELLED"
    assert amazon.send("POST", "/shop/restock", form={**shop_form, "sku": "FBA-0001", "quantity": "5"}).status == 303
    answer = amazon.send("POST", "/shop/buy", form={**shop_form, "sku": "HH-0010", "quantity": "999"})
    assert (answer.status, b"are left" in answer.body) == (422, True)
    assert amazon.send("GET", "/shop", query={"seller": EU}).status == 200
    assert amazon.send("GET", "/").status == 200


def test_the_secondary_user_may_not_authorise(amazon):
    answer = amazon.send("POST", CONSENT, query=CONSENT_PARAMS, form={**SIGN_IN, "email": f"staff.{SIGN_IN['email']}"})
    cookie = {"cookie": answer.headers["set-cookie"].split(";")[0]}
    for method, form in (("GET", None), ("POST", {"accept": "yes", "answer": "ok"})):
        answer = amazon.send(method, CONSENT, query=CONSENT_PARAMS, form=form, headers=cookie)
        assert (answer.status, b"SPDC8143" in answer.body) == (403, True)


def test_a_published_application_is_authorised_without_beta_and_not_with_it(amazon):
    amazon.control("POST", "application", {"draft": False})
    published = {name: value for name, value in CONSENT_PARAMS.items() if name != "version"}
    assert amazon.send("GET", CONSENT, query=published).status == 200
    assert b"MD5100" in amazon.send("GET", CONSENT, query=CONSENT_PARAMS).body


MANAGE = "/sellercentral/sellercentral-europe.amazon.com/apps/manage"
LOG_IN = "http://127.0.0.1:8000/amazon/log-in"


@pytest.mark.parametrize(
    ("changed", "changes", "code"),
    [
        ({"mwsOnly": True}, {}, b"MD9000"),
        ({"regions": ["NA"]}, {}, b"MD5100"),
        ({"redirectUris": []}, {"redirect_uri": ""}, b"MD5100"),
        ({}, {"redirect_uri": f"{CALLBACK}#x"}, b"MD5100"),
    ],
)
def test_what_the_portal_says_decides_the_consent_pages_faults(amazon, changed, changes, code):
    amazon.control("POST", "application", changed)
    answer = amazon.send("GET", CONSENT, query={**CONSENT_PARAMS, **changes})
    assert (answer.status, code in answer.body) == (400, True)


def test_without_a_redirect_uri_the_first_registered_one_is_taken(amazon):
    params = {name: value for name, value in CONSENT_PARAMS.items() if name != "redirect_uri"}
    answer = press(amazon, {"accept": "yes", "answer": "ok"}, params)
    assert answer.headers["location"].startswith(f"{CALLBACK}?state=abc")


@pytest.mark.parametrize("host", ["sellercentral.amazon.co.uk", "sellercentral.amazon.nl", "sellercentral.amazon.in"])
def test_every_marketplaces_host_has_its_consent_page(amazon, host):
    answer = amazon.send("GET", f"/sellercentral/{host}/apps/authorize/consent", query=CONSENT_PARAMS)
    assert (answer.status, host.encode() in answer.body, EU.lower().encode() in answer.body) == (200, True, True)


def test_a_host_is_for_the_sellers_of_its_region(amazon):
    path = "/sellercentral/sellercentral.amazon.com/apps/authorize/consent"
    answer = amazon.send("GET", path, query=CONSENT_PARAMS)
    assert (NA.lower().encode() in answer.body, EU.lower().encode() in answer.body) == (True, False)
    assert amazon.send("POST", path, query=CONSENT_PARAMS, form=SIGN_IN).status == 401
    answer = amazon.send("GET", path, query=CONSENT_PARAMS, headers=signed_in(amazon))
    assert b"Sign in to Seller Central" in answer.body
    assert amazon.send("GET", "/sellercentral/sellercentral.example.com/apps/manage").status == 404


def test_the_consent_page_names_every_role(amazon):
    amazon.control("POST", "application", {"roles": ["Product Listing", "Tax Invoicing"]})
    body = amazon.send("GET", CONSENT, query=CONSENT_PARAMS, headers=signed_in(amazon)).body
    assert (body.count(b"<li>"), b"<li>Product Listing</li>" in body, b"draft" in body) == (2, True, True)


def test_a_suspended_account_authorises_nothing_and_a_partly_suspended_one_is_warned(amazon):
    headers = signed_in(amazon)
    amazon.control("POST", f"accounts/{EU}/suspend", {"marketplaceId": "A1F83G8C2ARO7P"})
    answer = amazon.send("GET", CONSENT, query=CONSENT_PARAMS, headers=headers)
    assert (answer.status, b"suspended in Amazon.co.uk" in answer.body) == (200, True)
    amazon.control("POST", f"accounts/{EU}/suspend", {})
    for method, form in (("GET", None), ("POST", {"accept": "yes", "answer": "ok"})):
        answer = amazon.send(method, CONSENT, query=CONSENT_PARAMS, form=form, headers=headers)
        assert (answer.status, b"suspended" in answer.body) == (403, True)
    assert b"Selling is suspended" in amazon.send("GET", MANAGE, headers=headers).body
    amazon.send("POST", MANAGE, headers=headers)  # to withdraw is allowed all the same
    assert b"Not authorised" in amazon.send("GET", MANAGE, headers=headers).body


def test_the_secondary_user_may_not_withdraw(amazon):
    answer = amazon.send("POST", MANAGE, form={**SIGN_IN, "email": f"staff.{SIGN_IN['email']}"})
    headers = {"cookie": answer.headers["set-cookie"].split(";")[0]}
    answer = amazon.send("POST", MANAGE, headers=headers)
    assert (answer.status, b"SPDC8143" in answer.body) == (403, True)
    assert b"Authorised" in amazon.send("GET", MANAGE, headers=headers).body


def test_manage_your_apps_shows_until_when_a_published_application_is_authorised(amazon):
    amazon.control("POST", "application", {"draft": False})
    headers = signed_in_at_manage(amazon)
    amazon.control("POST", "authorisations/revoke", {"sellerId": EU})
    assert b"Not authorised" in amazon.send("GET", MANAGE, headers=headers).body
    published = {name: value for name, value in CONSENT_PARAMS.items() if name != "version"}
    answer = amazon.send("POST", CONSENT, query=published, form={"accept": "yes"}, headers=headers)
    exchange(amazon, returned_params(answer)["spapi_oauth_code"])
    body = amazon.send("GET", MANAGE, headers=headers).body
    assert (b"since 2026-09-21" in body, b"to be renewed before 2027-09-21" in body) == (True, True)


def signed_in_at_manage(amazon):
    answer = amazon.send("POST", MANAGE, form=SIGN_IN)
    return {"cookie": answer.headers["set-cookie"].split(";")[0]}


def begun_again(amazon, headers):
    """Where Manage Your Apps sends the seller: (the application's address, its parameters)."""
    answer = amazon.send("GET", f"{MANAGE}/authorise", headers=headers)
    assert answer.status == 303, answer.body
    return answer.headers["location"].split("?")[0], returned_params(answer)


def come_back(amazon, params, headers, **changes):
    """What the application does then: send the browser to Amazon's callback."""
    query = {"redirect_uri": CALLBACK, "amazon_state": params["amazon_state"], "state": "ours"}
    query |= {"version": "beta"} if params.get("version") else {}
    path = urlsplit(params["amazon_callback_uri"]).path
    return amazon.send("GET", path, query={**query, **changes}, headers=headers)


def test_authorising_again_goes_by_the_applications_own_log_in(amazon):
    amazon.control("POST", "application", {"loginUri": LOG_IN})
    headers = signed_in_at_manage(amazon)
    assert b"Authorise again" in amazon.send("GET", MANAGE, headers=headers).body
    address, params = begun_again(amazon, headers)
    assert (address, params["selling_partner_id"], params["version"]) == (LOG_IN, EU, "beta")
    assert params["amazon_callback_uri"].endswith(f"/apps/authorize/confirm/{APPLICATION_ID}")
    back = returned_params(come_back(amazon, params, headers))
    assert (back["state"], back["selling_partner_id"]) == ("ours", EU)
    assert exchange(amazon, back["spapi_oauth_code"])[0] == 200


def test_a_published_application_is_authorised_again_without_beta(amazon):
    amazon.control("POST", "application", {"loginUri": LOG_IN, "draft": False})
    headers = signed_in_at_manage(amazon)
    params = begun_again(amazon, headers)[1]
    assert "version" not in params
    assert come_back(amazon, params, headers).status == 303
    assert b"MD5100" in come_back(amazon, params, headers, version="beta").body


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amazon_state": "x"}, b"Start again"),
        ({"redirect_uri": "http://evil.example/"}, b"MD5101"),
        ({"version": ""}, b"MD1000"),
    ],
)
def test_a_wrong_way_back_gets_no_code(amazon, changes, words):
    amazon.control("POST", "application", {"loginUri": LOG_IN})
    headers = signed_in_at_manage(amazon)
    params = begun_again(amazon, headers)[1]
    answer = come_back(amazon, params, headers, **changes)
    assert (answer.status, words in answer.body) == (400, True)


def test_the_way_back_is_for_half_an_hour_and_for_who_began_it(amazon):
    amazon.control("POST", "application", {"loginUri": LOG_IN})
    headers = signed_in_at_manage(amazon)
    params = begun_again(amazon, headers)[1]
    assert b"Sign in" in come_back(amazon, params, {}).body
    amazon.advance(1801)
    assert b"Start again" in come_back(amazon, params, headers).body


def test_without_a_log_in_address_it_is_begun_at_the_application(amazon):
    headers = signed_in_at_manage(amazon)
    assert b"authorise it from the application" in amazon.send("GET", MANAGE, headers=headers).body
    assert amazon.send("GET", f"{MANAGE}/authorise", headers=headers).status == 404
