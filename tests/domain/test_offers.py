"""Which offer a service takes, of all that there could be; what a schema asks for; where Amazon sells labels."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.factories.ground import NOW
from tests.factories.offers import CONFIRMATION, DOCUMENT, an_offer, some_offers

from wharfinger.amazon.shipping import BUSINESSES
from wharfinger.domain.marketplaces import MARKETPLACES
from wharfinger.domain.shipping.connections import CAPABILITIES, ConnectionKind, LabelFormat
from wharfinger.domain.shipping.dispatching import Stays
from wharfinger.domain.shipping.input_schemas import NotUnderstood, fault_of_inputs, nested, read_schema
from wharfinger.domain.shipping.offers import (
    Choice,
    Extra,
    ExtraGroup,
    OfferRule,
    Offers,
    Picked,
    Protection,
    Wanted,
    arrives_in_time,
    chosen_again,
    extras_of,
    fault_of_extras,
    pick,
)

PROMISE = NOW + timedelta(days=3)
GROUPS = st.sampled_from([(), (CONFIRMATION,), (ExtraGroup("PICKUP", "", False, (Extra("COLLECT", "", Decimal(2)),)),)])
OFFERS = st.builds(
    lambda number, price, days, protected, groups, formats, inputs: an_offer(
        f"S{number}",
        str(price),
        deliver_by=NOW + timedelta(days=days),
        included=("CLAIMS_PROTECTED",) if protected else (),
        groups=groups,
        documents=dict.fromkeys(formats, DOCUMENT),
        needs_inputs=inputs,
    ),
    st.integers(1, 99),
    st.decimals("0.50", "30", places=2),
    st.integers(1, 6),
    st.booleans(),
    GROUPS,
    st.sampled_from([("png",), ("png", "pdf"), ("zpl",)]),
    st.booleans(),
)
WANTED = st.builds(
    Wanted,
    rule=st.sampled_from([OfferRule.IN_TIME, OfferRule.CHEAPEST]),
    label_format=st.sampled_from(LabelFormat),
    code=st.sampled_from(["", "royal_mail", "S1", "UPS"]),
    protection=st.sampled_from(Protection),
    extras=st.sampled_from([(), ("SIGNATURE_CONFIRMATION",), ("COLLECT",)]),
)


def fits(one, wanted):
    """The rule, said once more: offer by offer."""
    return (
        wanted.code.casefold() in ("", one.carrier_id.casefold(), one.service_id.casefold())
        and wanted.label_format in one.documents
        and extras_of(one, wanted.extras) is not None
        and not one.needs_inputs
        and (one.protected or wanted.protection is not Protection.REQUIRED)
        and (wanted.rule is OfferRule.CHEAPEST or one.deliver_by <= PROMISE)
    )


@given(offers=st.lists(OFFERS, max_size=6), wanted=WANTED)
def test_what_is_picked_fits_and_none_that_fits_is_better(offers, wanted):
    fitting = [one for one in offers if fits(one, wanted)]
    picked = pick(Offers("t", NOW, tuple(offers)), wanted, deliver_by=PROMISE)
    if not fitting:
        assert isinstance(picked, Stays)
        assert picked.sentence % picked.values
        return
    assert isinstance(picked, Picked)
    assert picked.offer in fitting
    assert fault_of_extras(picked.offer, picked.extras) is None
    if wanted.protection is not Protection.ANY and any(one.protected for one in fitting):
        assert picked.offer.protected
        fitting = [one for one in fitting if one.protected]
    cheapest = min(one.total(extras_of(one, wanted.extras)) for one in fitting)
    assert picked.offer.total(picked.extras) == cheapest


@given(offer=OFFERS, again=OFFERS)
def test_a_choice_is_bought_again_only_as_it_was_chosen_and_for_no_higher_price(offer, again):
    extras = extras_of(offer, ()) or ()
    choice = Choice(offer.carrier_id, offer.service_id, extras, offer.total(extras), offer.currency)
    found = chosen_again(Offers("t2", NOW, (again,)), choice, LabelFormat.PNG)
    if not isinstance(found, Stays):
        assert found.service_id == offer.service_id
        assert found.total(extras) <= choice.price
        assert fault_of_extras(found, extras) is None


def test_offers_live_nine_minutes_and_none_of_a_clock_that_was_ahead_lives():
    offers = some_offers()
    assert [offers.live(NOW + timedelta(seconds=at)) for at in (-1, 0, 539, 540)] == [False, True, True, False]


def test_an_order_without_a_delivery_date_is_in_time_with_any_offer():
    assert arrives_in_time(an_offer(deliver_by=None), None)
    assert not arrives_in_time(an_offer(deliver_by=None), NOW)


def test_no_offer_says_what_amazon_says_of_the_services():
    none = Offers("t", NOW, (), some_offers().ineligible)
    stays = pick(none, Wanted(OfferRule.CHEAPEST, LabelFormat.PNG), deliver_by=None)
    assert "DPD Next Day: It would arrive too late." in stays.sentence % stays.values


def test_labels_are_sold_where_the_client_knows_a_business():
    countries = {one.country for one in MARKETPLACES if one.id in BUSINESSES}
    assert countries == set(CAPABILITIES[ConnectionKind.AMAZON].countries)
    assert {one.id for one in MARKETPLACES if one.country in countries} <= set(BUSINESSES)


SCHEMA = {
    "properties": {
        "goods": {
            "type": "object",
            "properties": {
                "code": {"type": "string", "title": "Commodity code", "pattern": "^[0-9]{6,10}$"},
                "units": {"type": "integer"},
                "kind": {"type": "string", "enum": ["GIFT", "SALE"]},
            },
            "required": ["code", "kind"],
        },
        "note": {"type": "string", "maxLength": 5},
        "pictures": {"type": "array"},
    },
    "required": ["goods"],
}


def test_a_schema_is_read_as_fields_and_what_was_entered_as_its_objects():
    fields = read_schema(SCHEMA)
    assert [(one.name, one.title, one.required) for one in fields] == [
        ("goods__code", "Commodity code", True),
        ("goods__units", "units", False),
        ("goods__kind", "kind", True),
        ("note", "note", False),
    ]
    entered = {"goods__code": "691200", "goods__kind": "SALE", "goods__units": None, "note": ""}
    assert nested(fields, entered) == {"goods": {"code": "691200", "kind": "SALE"}}
    assert fault_of_inputs(SCHEMA, nested(fields, entered)) is None


def test_what_does_not_fit_a_schema_is_named_by_its_title():
    good = {"code": "691200", "kind": "SALE"}
    wrong = {
        "goods__code": ({**good, "code": "mug"}, {}),
        "goods__kind": ({**good, "kind": "LOAN"}, {}),
        "goods__units": ({**good, "units": "two"}, {}),
        "note": (good, {"note": "too long"}),
    }
    for field, (goods, more) in wrong.items():
        assert fault_of_inputs(SCHEMA, {"goods": goods, **more}).field == field
    assert fault_of_inputs(SCHEMA, {"goods": {"kind": "SALE"}}).sentence == "Give “%(title)s”."


def test_a_schema_that_no_form_holds_is_said():
    assert read_schema({**SCHEMA, "required": ["pictures"]}) == NotUnderstood("pictures")
    assert "pictures" in str(fault_of_inputs({**SCHEMA, "required": ["pictures"]}, {}).values)
