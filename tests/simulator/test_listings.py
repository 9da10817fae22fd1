"""Listings submitted, read again and searched."""

import json

import pytest
from tests.contract.judge import conforms
from tests.simulator.conftest import DE, EU, NA, UK, US, Amazon

ALL = "summaries,attributes,issues,offers,fulfillmentAvailability,procurement,relationships,productTypes"
ITEMS = f"/listings/2021-08-01/items/{EU}"
MX = "A1AM78C64UM0Y8"


def read(amazon, sku, market=UK, data=ALL, seller=EU):
    path = f"/listings/2021-08-01/items/{seller}/{sku}"
    return amazon.call("GET", path, seller=seller, query={"marketplaceIds": market, "includedData": data})[1]


def patch(amazon, *patches, sku="HH-0010", market=UK, seller=EU, **query):
    body = {"productType": "HOME", "patches": list(patches)}
    path = f"/listings/2021-08-01/items/{seller}/{sku}"
    return amazon.call("PATCH", path, seller=seller, query={"marketplaceIds": market, **query}, body=body)


def change(name, value, op="replace"):
    patch_json = {"op": op, "path": f"/attributes/{name}"}
    return patch_json if value is None else {**patch_json, "value": value}


def offer(price, market=UK, currency="GBP", **more):
    entry = {"marketplace_id": market, "currency": currency, "audience": "ALL"}
    return change("purchasable_offer", [{**entry, "our_price": [{"schedule": [{"value_with_tax": price}]}], **more}])


def channel(code="DEFAULT", **members):
    return {"fulfillment_channel_code": code, **members}


def channels(amazon, sku, seller=EU):
    found = read(amazon, sku, data="fulfillmentAvailability", seller=seller, market=UK if seller == EU else US)
    return [tuple(entry.values()) for entry in found["fulfillmentAvailability"]]


NEW = {
    "productType": "HOME",
    "attributes": {
        "item_name": [{"value": "Ship in a Bottle"}],
        "condition_type": [{"value": "new_new"}],
        "purchasable_offer": [{"currency": "GBP", "our_price": [{"schedule": [{"value_with_tax": 24.5}]}]}],
        "fulfillment_availability": [{"fulfillment_channel_code": "DEFAULT", "quantity": 9}],
        "externally_assigned_product_identifier": [{"type": "ean", "value": "5012345678900"}],
        "bullet_point": [{"value": "Sails at once", "marketplace_id": UK}],
    },
}


def put(amazon, sku, body=NEW, market=UK, **query):
    return amazon.call("PUT", f"{ITEMS}/{sku}", query={"marketplaceIds": market, **query}, body=body)


# --- patches


def test_a_price_takes_effect_and_is_what_a_buyer_pays(amazon):
    assert patch(amazon, offer(12.34))[1]["status"] == "ACCEPTED"
    amazon.advance(5)
    found = read(amazon, "HH-0010")
    assert found["offers"][0]["price"] == {"currencyCode": "GBP", "amount": "12.34"}
    assert found["attributes"]["purchasable_offer"][0]["our_price"] == [{"schedule": [{"value_with_tax": 12.34}]}]
    order = amazon.order(shippingPrice="0")
    assert order["grandTotal"] == "12.34"


def test_a_price_in_one_marketplace_leaves_the_others_alone(amazon):
    before = read(amazon, "HH-0010", DE)["offers"]
    patch(amazon, offer(12.34))
    amazon.advance(5)
    assert read(amazon, "HH-0010", DE)["offers"] == before


def test_a_price_beyond_the_guard_refuses_the_quantity_beside_it(amazon):
    value = [channel(quantity=1)]
    dear = offer(26730.86, MX, "MXN")
    before = amazon.listing("HH-0010", NA).quantity
    status, body = patch(amazon, change("fulfillment_availability", value, "merge"), dear, market=MX, seller=NA)
    assert (status, body["status"], body["issues"][0]["code"]) == (200, "INVALID", "95021")
    amazon.advance(5)
    assert amazon.listing("HH-0010", NA).quantity == before
    guarded = offer(26730.86, MX, "MXN", maximum_seller_allowed_price=[{"schedule": [{"value_with_tax": 30000}]}])
    assert patch(amazon, guarded, market=MX, seller=NA)[1]["status"] == "ACCEPTED"


def test_a_second_channel_stands_beside_the_first_until_it_is_deleted(amazon):
    amazon.set_quantity("HH-0010", 7)
    amazon.advance(5)
    patch(amazon, change("fulfillment_availability", [channel("AMAZON_EU")]))
    amazon.advance(5)
    assert channels(amazon, "HH-0010") == [("DEFAULT", 7), ("AMAZON_EU",)]
    patch(amazon, change("fulfillment_availability", [channel("DEFAULT")], "delete"))
    amazon.advance(5)
    assert channels(amazon, "HH-0010") == [("AMAZON_EU",)]


def test_a_quantity_turns_an_fba_sku_into_the_sellers_and_amazons_channel_stays_beside(amazon):
    amazon.set_quantity("FBA-0000", 4)
    amazon.advance(5)
    assert channels(amazon, "FBA-0000") == [("DEFAULT", 4), ("AMAZON_EU",)]
    patch(amazon, change("fulfillment_availability", [channel("DEFAULT")], "delete"), sku="FBA-0000")
    amazon.advance(5)
    assert channels(amazon, "FBA-0000") == [("AMAZON_EU",)]


def test_merging_keeps_what_was_sent_a_second_ago(amazon):
    full = [channel(quantity=5, lead_time_to_ship_max_days=9, restock_date="2026-12-24")]
    patch(amazon, change("fulfillment_availability", full))
    patch(amazon, change("fulfillment_availability", [channel(quantity=6)], "merge"))
    amazon.advance(5)
    (entry,) = read(amazon, "HH-0010")["attributes"]["fulfillment_availability"]
    assert entry == {**full[0], "quantity": 6, "marketplace_id": UK}
    patch(amazon, change("fulfillment_availability", [channel(quantity=6)]))
    amazon.advance(5)
    assert read(amazon, "HH-0010")["attributes"]["fulfillment_availability"] == [
        {**channel(quantity=6), "marketplace_id": UK}
    ]


def test_a_quantity_may_be_sent_with_the_marketplace_that_it_was_read_with(amazon):
    (entry,) = read(amazon, "HH-0010")["attributes"]["fulfillment_availability"]
    assert entry["marketplace_id"] == UK
    patch(amazon, change("fulfillment_availability", [{**entry, "quantity": 3}]))
    amazon.advance(5)
    shown = read(amazon, "HH-0010")["attributes"]["fulfillment_availability"]
    assert [(one["fulfillment_channel_code"], one["quantity"]) for one in shown] == [("DEFAULT", 3)]


def numbers(amazon, sku="HH-0010"):
    """What the attributes say and what is offered."""
    found = read(amazon, sku)
    (entry,) = found["attributes"]["fulfillment_availability"]
    return entry["quantity"], found["fulfillmentAvailability"][0]["quantity"]


def test_attributes_have_what_was_submitted_while_the_offer_is_still_the_old_one(amazon):
    old = amazon.listing("HH-0010").quantity
    amazon.control("POST", "faults", {"kind": "applied_late", "seconds": 600})
    patch(amazon, change("fulfillment_availability", [channel(quantity=3)], "merge"))
    assert numbers(amazon) == (3, old)
    amazon.advance(605)
    assert numbers(amazon) == (3, 3)


def test_attributes_keep_what_never_took_effect_until_the_next_number(amazon):
    old = amazon.listing("HH-0010").quantity
    amazon.control("POST", "faults", {"kind": "accepted_not_applied"})
    patch(amazon, change("fulfillment_availability", [channel(quantity=3)], "merge"))
    amazon.advance(600)
    assert numbers(amazon) == (3, old)
    patch(amazon, change("fulfillment_availability", [channel(quantity=4)], "merge"))
    amazon.advance(5)
    assert numbers(amazon) == (4, 4)


def test_one_quantity_for_the_region_while_attributes_elsewhere_keep_the_old_number(amazon):
    old = amazon.listing("HH-0010").quantity
    amazon.set_quantity("HH-0010", old + 5)
    amazon.advance(5)
    shown = [read(amazon, "HH-0010", market) for market in (UK, DE)]
    assert [listing["fulfillmentAvailability"][0]["quantity"] for listing in shown] == [old + 5, old + 5]
    numbers = [listing["attributes"]["fulfillment_availability"][0]["quantity"] for listing in shown]
    assert numbers == [old + 5, old]
    patch(amazon, change("fulfillment_availability", [channel(quantity=3)], "merge"), market=DE)
    amazon.advance(5)
    numbers = [
        read(amazon, "HH-0010", market)["attributes"]["fulfillment_availability"][0]["quantity"] for market in (UK, DE)
    ]
    assert numbers == [old + 5, 3]


def test_an_attribute_of_no_account_is_kept_as_it_was_sent(amazon):
    patch(amazon, change("bullet_point", [{"value": "Blue", "marketplace_id": UK}], "add"))
    amazon.advance(5)
    assert read(amazon, "HH-0010")["attributes"]["bullet_point"] == [{"value": "Blue", "marketplace_id": UK}]
    assert "bullet_point" not in read(amazon, "HH-0010", DE)["attributes"]
    patch(amazon, change("bullet_point", None, "delete"))
    amazon.advance(5)
    assert "bullet_point" not in read(amazon, "HH-0010")["attributes"]


def test_a_preview_changes_nothing(amazon):
    before = amazon.listing("HH-0010").quantity
    value = change("fulfillment_availability", [channel(quantity=before + 1)], "merge")
    body = patch(amazon, value, mode="VALIDATION_PREVIEW", includedData="issues,identifiers")[1]
    assert (body["status"], body["identifiers"]) == ("VALID", [{"marketplaceId": UK, "asin": "B0FBM00010"}])
    amazon.advance(5)
    assert amazon.listing("HH-0010").quantity == before
    assert patch(amazon, value, mode="REHEARSAL")[0] == 400


@pytest.mark.parametrize(
    ("patches", "code", "attribute"),
    [
        (change("fulfillment_availability/quantity", [{"a": 1}]), "90000900", "fulfillmentAvailability"),
        (change("fulfillment_availability", []), "90000900", "fulfillmentAvailability"),
        (change("fulfillment_availability", [channel("AMAZON_NA")]), "90000900", "fulfillmentAvailability"),
        (
            change("fulfillment_availability", [channel(lead_time_to_ship_max_days=3)], "merge"),
            "90000900",
            "fulfillmentAvailability",
        ),
        (
            change("fulfillment_availability", [channel(quantity=1, restock_date="soon")]),
            "90000900",
            "fulfillmentAvailability",
        ),
        (change("item_name", None, "delete"), "90220", "item_name"),
        (change("condition_type", [{"value": "shiny"}]), "90000900", "condition_type"),
        (offer("cheap"), "90000900", "purchasable_offer"),
        (offer(5, currency="USD"), "90000900", "purchasable_offer"),
        (offer(0), "90000900", "purchasable_offer"),
    ],
)
def test_a_wrong_patch_is_invalid_and_names_the_attribute(amazon, patches, code, attribute):
    before = read(amazon, "HH-0010")
    status, answer = patch(amazon, patches)
    assert (status, answer["status"]) == (200, "INVALID")
    assert [(issue["code"], issue["attributeNames"]) for issue in answer["issues"]] == [(code, [attribute])]
    amazon.advance(5)
    assert read(amazon, "HH-0010") == before


def test_too_many_patches_are_refused_with_their_own_message(amazon):
    value = change("fulfillment_availability", [channel(quantity=1)], "merge")
    body = [patch(amazon, value) for _ in range(6)][-1]
    words = "The frequency of requests was greater than what is allowed for the application."
    assert (body[0], body[1]["errors"][0]["message"]) == (429, words)


# --- whole submissions


def test_a_new_listing_is_there_when_its_submission_has_taken_effect(amazon):
    status, body = put(amazon, "SHIP-1", includedData="identifiers")
    assert (status, body["status"], len(body["identifiers"][0]["asin"])) == (200, "ACCEPTED", 10)
    assert amazon.call("GET", f"{ITEMS}/SHIP-1", query={"marketplaceIds": UK})[0] == 404
    amazon.advance(5)
    item = read(amazon, "SHIP-1")
    (summary,) = item["summaries"]
    assert (summary["itemName"], summary["status"]) == ("Ship in a Bottle", ["BUYABLE", "DISCOVERABLE"])
    assert (item["offers"][0]["price"]["amount"], item["fulfillmentAvailability"][0]["quantity"]) == ("24.50", 9)
    assert item["attributes"]["bullet_point"] == [{"value": "Sails at once", "marketplace_id": UK}]
    assert amazon.order(sku="SHIP-1", quantity=2, shippingPrice="0")["grandTotal"] == "49.00"


def test_a_whole_submission_forgets_what_it_does_not_say(amazon):
    put(amazon, "SHIP-1")
    amazon.advance(5)
    kept = {name: NEW["attributes"][name] for name in ("item_name", "condition_type", "purchasable_offer")}
    put(amazon, "SHIP-1", {**NEW, "attributes": kept})
    amazon.advance(5)
    found = read(amazon, "SHIP-1")
    assert set(found["attributes"]) == {*kept, "fulfillment_availability"}
    assert found["fulfillmentAvailability"][0]["quantity"] == 9


@pytest.mark.parametrize("name", ["item_name", "condition_type", "purchasable_offer"])
def test_a_submission_without_what_is_required_is_invalid(amazon, name):
    short = {key: value for key, value in NEW["attributes"].items() if key != name}
    body = put(amazon, "SHIP-1", {**NEW, "attributes": short})[1]
    assert (body["status"], body["issues"][0]["message"]) == ("INVALID", f"'{name}' is required but not supplied.")
    assert body["issues"][0]["categories"] == ["MISSING_ATTRIBUTE"]


@pytest.mark.parametrize("body", [{}, [], {"productType": "HOME"}, {**NEW, "requirements": "ALL"}])
def test_a_submission_that_is_none_cannot_be_parsed(amazon, body):
    status, result = put(amazon, "SHIP-1", body)
    assert (status, "cannot be parsed" in result["errors"][0]["message"]) == (400, True)


def test_a_whole_submission_is_for_one_marketplace(amazon):
    status, body = put(amazon, "SHIP-1", market=f"{UK},{DE}")
    assert (status, body["errors"][0]["message"]) == (
        400,
        "Too many 'marketplaceIds' values provided. Expected a maximum of 1.",
    )


def test_a_listing_is_deleted_marketplace_by_marketplace(amazon):
    put(amazon, "SHIP-1")
    amazon.advance(5)
    body = amazon.call("DELETE", f"{ITEMS}/SHIP-1", query={"marketplaceIds": UK})[1]
    amazon.advance(5)
    assert body["status"] == "ACCEPTED"
    assert amazon.call("GET", f"{ITEMS}/SHIP-1", query={"marketplaceIds": UK})[0] == 404
    amazon.call("DELETE", f"{ITEMS}/HH-0010", query={"marketplaceIds": UK})
    amazon.advance(5)
    found = [amazon.call("GET", f"{ITEMS}/HH-0010", query={"marketplaceIds": market})[0] for market in (UK, DE)]
    assert found == [404, 200]
    put(amazon, "SHIP-1")
    amazon.advance(5)
    assert amazon.call("GET", f"{ITEMS}/SHIP-1", query={"marketplaceIds": UK})[0] == 200


def test_an_unknown_sku_is_deleted_all_the_same(amazon):
    status, body = amazon.call("DELETE", f"{ITEMS}/NOBODY", query={"marketplaceIds": UK})
    assert (status, body["status"], body["issues"]) == (200, "ACCEPTED", [])


def test_all_of_it_outlives_a_restart(tmp_path):
    before = Amazon(home=tmp_path)
    put(before, "SHIP-1")
    before.advance(5)
    patch(before, offer(5.0), change("fulfillment_availability", [channel(quantity=4)], "merge"), sku="SHIP-1")
    before.advance(5)
    patch(before, change("fulfillment_availability", [channel("AMAZON_EU")]), sku="SHIP-1")
    found, books = read(before, "SHIP-1"), before.control("GET", "books")[1]
    before.simulator.close()
    after = Amazon(home=tmp_path)
    assert (read(after, "SHIP-1"), after.control("GET", "books")[1]["listings"]) == (found, books["listings"])
    after.advance(20)
    assert channels(after, "SHIP-1") == [("DEFAULT", 4), ("AMAZON_EU",)]
    after.simulator.close()


# --- read and searched


def add(amazon, sku, **more):
    status, body = amazon.control("POST", "listings", {"sellerId": EU, "sku": sku, **more})
    assert status == 201, body


def search(amazon, **query):
    return amazon.call("GET", ITEMS, query={"marketplaceIds": UK, **query})


def skus(result):
    return sorted(item["sku"] for item in result[1]["items"])


def test_variations_and_packages_name_each_other(amazon):
    add(amazon, "PARENT")
    add(amazon, "CHILD-S", parentSku="PARENT", variationTheme="SIZE/COLOR")
    add(amazon, "CASE", containsSku="CHILD-S")
    (variation,) = read(amazon, "PARENT")["relationships"][0]["relationships"]
    assert (variation["type"], variation["childSkus"]) == ("VARIATION", ["CHILD-S"])
    kinds = {row["type"]: row for row in read(amazon, "CHILD-S")["relationships"][0]["relationships"]}
    assert kinds["VARIATION"]["variationTheme"] == {"attributes": ["size", "color"], "theme": "SIZE/COLOR"}
    assert (kinds["VARIATION"]["parentSkus"], kinds["PACKAGE_HIERARCHY"]["parentSkus"]) == (["PARENT"], ["CASE"])
    assert skus(search(amazon, variationParentSku="PARENT")) == ["CHILD-S"]
    assert skus(search(amazon, packageHierarchySku="CHILD-S")) == ["CASE"]
    assert skus(search(amazon, packageHierarchySku="CASE")) == ["CHILD-S"]


def test_a_listing_is_found_by_its_numbers(amazon):
    add(amazon, "NUMBERED", barcodes={"EAN": "5012345678900", "UPC": "012345678905"}, asin="B0NUM00001")
    kinds = {"EAN": "5012345678900", "UPC": "012345678905", "GTIN": "5012345678900", "ASIN": "B0NUM00001"}
    for kind, number in {**kinds, "SKU": "NUMBERED"}.items():
        assert skus(search(amazon, identifiersType=kind, identifiers=number)) == ["NUMBERED"]
        amazon.advance(1)
    fnsku = read(amazon, "FBA-0000")["summaries"][0]["fnSku"]
    assert skus(search(amazon, identifiersType="FNSKU", identifiers=fnsku)) == ["FBA-0000"]


def test_issues_take_a_listing_down_and_are_searched_by(amazon):
    issue = {"code": "18155", "severity": "ERROR", "categories": ["INVALID_PRICE"], "actions": ["LISTING_SUPPRESSED"]}
    amazon.control("POST", "listings/issues", {"sellerId": EU, "sku": "HH-0010", "issues": [issue]})
    found = read(amazon, "HH-0010")
    assert (found["summaries"][0]["status"], found["issues"][0]["code"]) == (["DISCOVERABLE"], "18155")
    assert skus(search(amazon, withIssueSeverity="ERROR")) == ["HH-0010"]
    assert skus(search(amazon, withIssueSeverity="WARNING")) == []
    assert "HH-0010" in skus(search(amazon, withoutStatus="BUYABLE"))
    amazon.control("POST", "listings/issues", {"sellerId": EU, "sku": "HH-0010", "issues": []})
    assert read(amazon, "HH-0010")["issues"] == []


def test_businesses_may_pay_less(amazon):
    add(amazon, "FOR-WORK", pence=1000, businessPrices={UK: "8.50"})
    offers = read(amazon, "FOR-WORK")["offers"]
    assert [(row["offerType"], row["price"]["amount"]) for row in offers] == [("B2C", "10.00"), ("B2B", "8.50")]


@pytest.mark.parametrize(
    "query",
    [
        {"identifiers": "HH-0010"},
        {"identifiersType": "SKU"},
        {"identifiersType": "VIN", "identifiers": "X"},
        {"identifiersType": "SKU", "identifiers": ",".join(f"S{n}" for n in range(21))},
        {"identifiersType": "SKU", "identifiers": "X", "variationParentSku": "Y"},
        {"variationParentSku": "X", "packageHierarchySku": "Y"},
        {"withStatus": "LOUD"},
        {"withIssueSeverity": "FATAL"},
        {"sortBy": "price"},
        {"sortOrder": "UP"},
        {"createdAfter": "soon"},
        {"includedData": "identifiers"},
        {"pageSize": "0"},
        {"pageToken": "x"},
    ],
)
def test_a_wrong_search_is_refused(amazon, query):
    assert search(amazon, **query)[0] == 400


def test_pages_lead_forward_and_back(amazon):
    first = search(amazon, pageSize=20)[1]
    second = search(amazon, pageSize=20, pageToken=first["pagination"]["nextToken"])[1]
    again = search(amazon, pageSize=20, pageToken=second["pagination"]["previousToken"])[1]
    assert (again["items"], "previousToken" in first["pagination"]) == (first["items"], False)


def test_everything_conforms(amazon):
    put(amazon, "SHIP-1")
    add(amazon, "CHILD", parentSku="SHIP-1", barcodes={"EAN": "1"}, businessPrices={UK: "1.00"})
    issue = {"severity": "WARNING", "actions": ["SEARCH_SUPPRESSED"], "marketplaceIds": [UK]}
    amazon.control("POST", "listings/issues", {"sellerId": EU, "sku": "CHILD", "issues": [issue]})
    amazon.set_quantity("FBA-0000", 4)
    amazon.advance(5)
    for sku in ("SHIP-1", "CHILD", "FBA-0000", "FBA-0001"):
        assert conforms("listingsItems_2021-08-01.json", "Item", read(amazon, sku)) == []
    for body in (
        put(amazon, "SHIP-2")[1],
        put(amazon, "SHIP-2", {**NEW, "attributes": {}})[1],
        patch(amazon, offer(99999.0))[1],
        amazon.call("DELETE", f"{ITEMS}/SHIP-1", query={"marketplaceIds": UK})[1],
    ):
        assert conforms("listingsItems_2021-08-01.json", "ListingsItemSubmissionResponse", body) == []
    body = json.loads(json.dumps(search(amazon, includedData=ALL)[1]))
    assert conforms("listingsItems_2021-08-01.json", "ItemSearchResults", body) == []


def test_automated_handling_time_shows_instead_of_what_is_sent_and_what_was_sent_stays(amazon):
    def shown():
        (entry,) = read(amazon, "HH-0010")["attributes"]["fulfillment_availability"]
        return entry["lead_time_to_ship_max_days"]

    amazon.control("POST", f"accounts/{EU}/handling", {"automatedDays": 0})
    assert (shown(), amazon.listing("HH-0010").lead_time > 0) == (0, True)
    patch(
        amazon,
        change("fulfillment_availability", [channel(quantity=7, lead_time_to_ship_max_days=12)], "merge"),
    )
    amazon.advance(5)
    patch(amazon, change("fulfillment_availability", [channel(quantity=8)], "merge"))
    amazon.advance(5)
    assert (shown(), amazon.listing("HH-0010").lead_time) == (0, 12)
    amazon.control("POST", f"accounts/{EU}/handling", {"automatedDays": None})
    assert shown() == 12
