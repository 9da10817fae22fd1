"""Accounts that join: of every region, with goods and a token, in every currency."""

import pytest
from tests.simulator.conftest import Amazon

JP, KW = "A1VC38T7YXB528", "A0INVENTEDKWD1"


def join(amazon, **members):
    status, account = amazon.control("POST", "accounts", members)
    assert status == 201, account
    return account


def test_a_new_account_sells_signs_in_and_is_authorised(amazon):
    account = join(amazon, region="FE", name="Harbour & Home K.K.")
    assert [market["currency"] for market in account["marketplaces"]] == ["JPY", "AUD", "SGD"]
    assert account["refreshToken"].startswith("Atzr|self")
    number = account["sellerId"]
    order = amazon.order(seller=number, marketplace=JP)
    amazon.advance(121)
    page = amazon.search(seller=number, marketplaceIds=JP)[1]
    assert amazon.control("GET", "accounts")[1]["endpoints"]["FE"] == "http://sim/fe"
    assert [row["orderId"] for row in page["orders"]] == [order["orderId"]]


def test_the_same_seed_makes_the_same_account(amazon):
    assert join(amazon, region="EU") == join(Amazon(), region="EU")


def test_yen_have_no_decimals_and_dinars_three(amazon):
    yen = join(amazon, region="FE")["sellerId"]
    dinars = join(amazon, region="EU", marketplaceIds=[KW])["sellerId"]
    assert "." not in amazon.order(seller=yen, marketplace=JP)["grandTotal"]
    order = amazon.order(seller=dinars, marketplace=KW, quantity=3)
    assert (order["currency"], len(order["grandTotal"].split(".")[1])) == ("KWD", 3)


def test_a_marketplace_that_no_program_knows_has_country_and_currency(amazon):
    seller = join(amazon, region="EU", marketplaceIds=[KW])["sellerId"]
    payload = amazon.call("GET", "/sellers/v1/marketplaceParticipations", seller=seller)[1]["payload"]
    market = payload[0]["marketplace"]
    assert (market["id"], market["countryCode"], market["defaultCurrencyCode"]) == (KW, "KW", "KWD")


def test_an_account_outlives_a_restart(tmp_path):
    before = Amazon(home=tmp_path)
    account = join(before, region="NA", oddGoods=True)
    before.simulator.close()
    after = Amazon(home=tmp_path)
    assert after.control("GET", "accounts")[1]["accounts"][-1] == account
    assert (account["sellerId"], "ODD/02") in after.simulator.world.listings
    after.simulator.close()


def test_traffic_reaches_an_account_that_joins_later(amazon):
    amazon.control("POST", "traffic", {"marketplaces": {JP: 30}, "dayCurve": False})
    amazon.advance(3600)
    assert amazon.control("GET", "traffic")[1]["placed"] == 0
    join(amazon, region="FE")
    amazon.advance(3600)
    assert amazon.control("GET", "traffic")[1]["placed"] > 10


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({}, "region"),
        ({"region": "MARS"}, "region"),
        ({"region": "EU", "marketplaceIds": [JP]}, "marketplaceIds"),
        ({"region": "EU", "marketplaceIds": []}, "marketplaceIds"),
        ({"region": "EU", "sellerId": "a b"}, "sellerId"),
        ({"region": "EU", "sellerId": "A2HARBOUREULTD1"}, "sellerId"),
    ],
)
def test_a_wrong_account_is_refused_with_its_field(amazon, changed, field):
    status, answer = amazon.control("POST", "accounts", changed)
    assert (status, field in answer["error"]) == (400, True), answer
    assert len(amazon.simulator.world.sellers) == 2
