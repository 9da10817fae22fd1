"""Kinds of application: who may consent to it, and self-authorisation in Develop Apps."""

import re

import pytest
from tests.simulator.conftest import CALLBACK, EU, NA, Amazon
from tests.simulator.test_consent import CONSENT, CONSENT_PARAMS, SIGN_IN, press, returned_params, signed_in
from tests.simulator.test_login import own_token, refreshed

from amazon_simulator.access.application import APPLICATION_ID
from amazon_simulator.access.entities import RefreshToken
from amazon_simulator.world.entities import Seller

DEVELOP = "/sellercentral/sellercentral-europe.amazon.com/apps/develop"
MANAGE = "/sellercentral/sellercentral-europe.amazon.com/apps/manage"


def kind(amazon, name, **more):
    status, made = amazon.control("POST", "application", {"kind": name, **more})
    assert (status, made["kind"]) == (200, name)


def page(amazon, form=None, email=SIGN_IN["email"]):
    """The Develop Apps page as a user sees it, or after a button."""
    signed = amazon.send("POST", DEVELOP, form={**SIGN_IN, "email": email})
    headers = {"cookie": signed.headers["set-cookie"].split(";")[0]}
    method = "GET" if form is None else "POST"
    return amazon.send(method, DEVELOP, form=form, headers=headers)


def made(amazon):
    """A new token as the page shows it."""
    answer = page(amazon, {"authorise": "1"})
    assert answer.status == 200
    return re.search(r'<code id="token">(Atzr\|[0-9a-f]+)</code>', answer.body.decode()).group(1)


def test_a_token_is_made_shown_once_and_good_for_its_seller(amazon):
    kind(amazon, "private")
    token = made(amazon)
    assert token.encode() not in page(amazon).body
    assert f"Atzr|…{token[-4:]}".encode() in page(amazon).body
    status, tokens = refreshed(amazon, token)
    headers = {"x-amz-access-token": tokens["access_token"]}
    assert (status, amazon.send("GET", "/eu/sellers/v1/marketplaceParticipations", headers=headers).status) == (
        200,
        200,
    )


def test_the_eleventh_is_refused_until_one_is_revoked(amazon):
    kind(amazon, "private")
    tokens = [made(amazon) for _ in range(10)]
    assert len(set(tokens)) == 10
    assert b"0 of 10 self-authorisations are left" in page(amazon).body
    refused = page(amazon, {"authorise": "1"})
    assert (refused.status, b"ten self-authorisations" in refused.body) == (409, True)
    headers = {"x-amz-access-token": refreshed(amazon, tokens[4])[1]["access_token"]}
    assert page(amazon, {"revoke": "3"}).status == 303
    assert [refreshed(amazon, tokens[place])[0] for place in (2, 3, 4)] == [200, 400, 200]
    assert amazon.send("GET", "/eu/sellers/v1/marketplaceParticipations", headers=headers).status == 200
    assert refreshed(amazon, made(amazon))[0] == 200


def test_its_access_tokens_end_with_it(amazon):
    token = made(amazon)
    headers = {"x-amz-access-token": refreshed(amazon, token)[1]["access_token"]}
    page(amazon, {"revoke": "0"})
    assert amazon.send("GET", "/eu/sellers/v1/marketplaceParticipations", headers=headers).status == 403
    assert refreshed(amazon, own_token(amazon))[0] == 200


@pytest.mark.parametrize("place", ["9", "x", "", "-1", "9" * 400])
def test_a_place_where_there_is_none_revokes_nothing(amazon, place):
    token = made(amazon)
    assert page(amazon, {"revoke": place}).status == 303
    assert refreshed(amazon, token)[0] == 200


def test_only_the_primary_user_authorises(amazon):
    staff = f"staff.{EU.lower()}@sellers.example"
    assert page(amazon, email=staff).status == 200
    assert b"SPDC8143" in page(amazon, {"authorise": "1"}, email=staff).body
    assert amazon.simulator.application.self_authorised() == []


def test_a_private_application_has_no_consent_page(amazon):
    kind(amazon, "private")
    answer = amazon.send("GET", CONSENT, query=CONSENT_PARAMS)
    assert (answer.status, b"MD5100" in answer.body, b"Develop Apps" in answer.body) == (400, True, True)
    kind(amazon, "public", loginUri="http://127.0.0.1:8000/log-in")
    headers = signed_in(amazon)
    kind(amazon, "private")
    manage = amazon.send("GET", MANAGE, headers=headers).body.decode()
    assert ("apps/develop" in manage, "/apps/manage/authorise" in manage) == (True, False)
    assert amazon.send("GET", f"{MANAGE}/authorise", headers=headers).status == 400
    confirm = f"/sellercentral/sellercentral-europe.amazon.com/apps/authorize/confirm/{APPLICATION_ID}"
    assert amazon.send("GET", confirm, query={"redirect_uri": CALLBACK}, headers=headers).status == 400
    kind(amazon, "public")
    assert "spapi_oauth_code" in returned_params(press(amazon, {"accept": "yes", "answer": "ok"}))


def test_an_unlisted_application_has_25_sellers_by_consent(amazon):
    kind(amazon, "unlisted")
    now, application = amazon.simulator.clock.seconds(), amazon.simulator.application
    for number in range(24):
        amazon.simulator.world.records.make(Seller(f"SELLER{number}", "Somebody", "EU", []))
        application.make(RefreshToken(f"Atzr|{number}", f"SELLER{number}", granted=now))
    assert "spapi_oauth_code" in returned_params(press(amazon, {"accept": "yes", "answer": "ok"}))
    assert "spapi_oauth_code" in returned_params(
        press(amazon, {"accept": "yes", "answer": "ok"})
    )  # the same seller again
    application.make(RefreshToken("Atzr|25", "SELLER0", granted=now))
    application.make(RefreshToken("Atzr|26", EU, granted=now))
    there = "/sellercentral/sellercentral.amazon.com/apps/authorize/consent"
    form = {"email": f"{NA.lower()}@sellers.example", "password": "harbour"}
    signed = amazon.send("POST", there, query=CONSENT_PARAMS, form=form)
    headers = {"cookie": signed.headers["set-cookie"].split(";")[0]}
    answer = amazon.send("GET", there, query=CONSENT_PARAMS, headers=headers)
    assert (answer.status, b"25 selling accounts" in answer.body) == (403, True)
    application.revoke("SELLER3")
    assert amazon.send("GET", there, query=CONSENT_PARAMS, headers=headers).status == 200


def test_the_kind_is_set_by_the_page_and_outlives_a_kill(tmp_path):
    before = Amazon(tmp_path)
    shown = before.send("POST", "/control/application", form={"kind": "private", "draft": "on", "role0": "on"})
    assert shown.status == 303
    token = made(before)
    before.simulator.close()
    after = Amazon(tmp_path)
    assert after.control("GET", "accounts")[1]["application"]["kind"] == "private"
    assert refreshed(after, token)[0] == 200
    status, wrong = after.control("POST", "application", {"kind": "secret"})
    assert (status, wrong["error"].startswith("kind: ")) == (400, True)
    after.simulator.close()
