"""Our client of Click & Drop: what it sends is judged by the description's facts, what comes back becomes a value or a
leaf of one tree."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import httpx2
import pytest
from tests.couriers.pretend import KEY, LABEL, PretendClickAndDrop, label_of, tracking_number

from wharfinger.cli.demo.click_and_drop.description import NEVER_SENT
from wharfinger.couriers import errors
from wharfinger.couriers.click_and_drop import ClickAndDrop, quoted, to_order
from wharfinger.couriers.errors import (
    AddressRefused,
    KeyRefused,
    NoMoney,
    NotAllowed,
    NotReached,
    NotThere,
    NotUnderstood,
    OurBug,
    RequestRefused,
    ServerFault,
    ServiceNotAvailable,
    Throttled,
    Verdict,
)
from wharfinger.couriers.seam import BoughtLabel, Content, LabelRequest, Recipient
from wharfinger.couriers.transport import Transport

TO = Recipient("Paula Parker", "1 Quay Street", "Bristol", "GB", postcode="BS1 4RW", phone="0117 496 0000")
REQUEST = LabelRequest(
    reference="SO000012-1-c0fe",
    service_code="TPN24",
    package_format="smallParcel",
    grams=450,
    recipient=TO,
    ordered_at=datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
    currency="GBP",
    goods=Decimal("10.829"),
    shipping=Decimal(0),
    total=Decimal("12.99"),
)
NORTH = replace(
    REQUEST,
    recipient=replace(TO, town="Belfast", postcode="BT1 5GS", company="Parker Ltd"),
    business=False,
    contents=(Content("Mug", 2, Decimal("5.41"), 200, "GB", "69120000"),),
    carrier_name="Royal Mail OBA",
)


@pytest.fixture
def royal_mail():
    return PretendClickAndDrop()


def client(royal_mail, key=KEY):
    return ClickAndDrop(Transport(http=royal_mail), key)


def test_an_order_is_bought_with_its_label_in_one_call(royal_mail):
    bought = client(royal_mail).buy(REQUEST)
    assert bought == BoughtLabel("1000", REQUEST.reference, tracking_number(1000), label_of(royal_mail.orders[0]))
    assert royal_mail.calls == ["POST /api/v1/orders"]
    assert royal_mail.broken_rules == []
    assert royal_mail.bodies[0]["subtotal"] == Decimal("10.83")


@pytest.mark.parametrize("request_", [REQUEST, NORTH, replace(REQUEST, with_label=False)])
def test_what_is_sent_keeps_the_descriptions_rules_and_overwrites_nothing_in_the_account(royal_mail, request_):
    client(royal_mail).buy(request_)
    assert royal_mail.broken_rules == []

    def names(value):
        if isinstance(value, dict):
            return set(value) | {name for part in value.values() for name in names(part)}
        return {name for part in value for name in names(part)} if isinstance(value, list) else set()

    assert names(royal_mail.bodies[0]) & NEVER_SENT == set()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"grams": 0}, "the weight"),
        ({"grams": 30_001}, "the weight"),
        ({"reference": ""}, "the reference"),
        ({"reference": "x" * 41}, "the reference"),
        ({"service_code": "TOOLONGCODE"}, "the service code"),
        ({"package_format": "box"}, "the package format"),
        ({"total": Decimal(-1)}, "money"),
        ({"recipient": replace(TO, line_1="")}, "the address"),
        ({"recipient": replace(TO, town="x" * 101)}, r"too long \[city\]"),
    ],
)
def test_what_would_break_them_is_not_sent(royal_mail, change, words):
    with pytest.raises(OurBug, match=words):
        client(royal_mail).buy(replace(REQUEST, **change))
    assert royal_mail.calls == []


def test_a_label_that_fails_within_a_200_is_an_order_that_waits_for_its_label(royal_mail):
    royal_mail.labels_fail = True
    bought = client(royal_mail).buy(REQUEST)
    assert (bought.identifier, bought.label, bought.tracking_number) == ("1000", None, "")
    assert bought.label_error == "LabelFailed: The label could not be generated."
    with pytest.raises(RequestRefused, match="The label could not be generated"):
        client(royal_mail).fetch("1000")
    royal_mail.labels_fail = False
    fetched = client(royal_mail).fetch("1000")
    assert fetched == BoughtLabel("1000", REQUEST.reference, tracking_number(1000), label_of(royal_mail.orders[0]))
    assert royal_mail.broken_rules == []


@pytest.mark.parametrize("label", ["", "no base64!", "SGVsbG8="])
def test_a_label_that_is_no_pdf_is_no_label(label):
    answer = {"createdOrders": [{"orderIdentifier": 7, "createdOn": "2026-11-24T12:00:00Z", "label": label}]}
    network = httpx2.MockTransport(lambda request: httpx2.Response(200, json=answer))
    bought = ClickAndDrop(Transport(http=network), KEY).buy(REQUEST)
    assert (bought.identifier, bought.label, bought.label_error) == ("7", None, "The answer held no label.")


def test_an_order_is_found_by_its_reference_whatever_signs_it_has(royal_mail):
    odd = replace(REQUEST, reference='SO/12;1 "é"')
    made = client(royal_mail).buy(odd)
    found = client(royal_mail).find(odd.reference)
    assert found == BoughtLabel(made.identifier, odd.reference, made.tracking_number)
    assert quoted(odd.reference) == "%22SO%2F12%3B1%20%22%C3%A9%22%22"
    assert client(royal_mail).find("SO99") is None


def test_a_deleted_order_is_not_there(royal_mail):
    made = client(royal_mail).buy(REQUEST)
    client(royal_mail).void(made.identifier)
    assert royal_mail.held == []
    assert client(royal_mail).find(REQUEST.reference) is None
    with pytest.raises(NotThere):
        client(royal_mail).void(made.identifier)


OTHER = {"orderIdentifier": 7, "orderReference": "SO000099-1-beef", "trackingNumber": "AB123456785GB"}


@pytest.mark.parametrize(
    ("answer", "call", "unknown"),
    [
        ({"createdOrders": [OTHER]}, lambda courier: courier.buy(REQUEST), True),
        ([OTHER], lambda courier: courier.find(REQUEST.reference), False),
        ([{"orderIdentifier": 7}], lambda courier: courier.find(REQUEST.reference), False),
        ([OTHER], lambda courier: courier.fetch("1000"), False),
        ({"deletedOrders": [{"orderIdentifier": 7}]}, lambda courier: courier.void("1000"), True),
    ],
)
def test_an_answer_about_another_order_is_no_answer(answer, call, unknown):
    """Its label would send the goods to somebody else, and a purchase that is not found is made again."""

    def network(request):
        is_label = request.url.path.endswith("/label")
        return httpx2.Response(200, content=LABEL) if is_label else httpx2.Response(200, json=answer)

    with pytest.raises(NotUnderstood, match="another order") as caught:
        call(ClickAndDrop(Transport(http=httpx2.MockTransport(network)), KEY))
    assert caught.value.outcome_unknown is unknown


def test_a_check_sees_whether_the_key_is_taken(royal_mail):
    assert client(royal_mail).check() == "4.2"
    with pytest.raises(KeyRefused):
        client(royal_mail, "another").check()


@pytest.mark.parametrize(
    ("change", "fault", "words"),
    [
        (
            {"recipient": replace(TO, postcode="NOWHERE")},
            AddressRefused,
            "200 41: Postcode … is not valid. [Recipient.Address.Postcode]",
        ),
        (
            {"service_code": "NOPE"},
            ServiceNotAvailable,
            "200 12: Service code NOPE is not valid. [PostageDetails.ServiceCode]",
        ),
    ],
)
def test_a_failed_order_within_a_200_is_a_refusal_that_names_the_field_and_no_person(royal_mail, change, fault, words):
    with pytest.raises(fault) as raised:
        client(royal_mail).buy(replace(REQUEST, **change))
    assert raised.value.summary() == words
    assert (raised.value.verdict, raised.value.outcome_unknown) == (Verdict.NEVER, False)
    assert royal_mail.orders == []


def test_no_money_is_a_refusal_of_its_own(royal_mail):
    royal_mail.money = False
    with pytest.raises(NoMoney, match="Insufficient funds"):
        client(royal_mail).buy(REQUEST)


SHAPES = {
    "one": {"code": "Bad", "message": "Wrong.", "details": "Look."},
    "of orders": [{"accountOrderNumber": 1, "channelOrderReference": "x", "code": "Bad", "message": "Wrong. Look."}],
    "of deleting": [{"orderIdentifier": 1, "orderReference": "x", "code": "Bad", "message": "Wrong. Look."}],
    "of a status": [{"orderIdentifier": 1, "status": "new", "code": "Bad", "message": "Wrong. Look."}],
    "of manifests": {"errors": [{"code": "Bad", "description": "Wrong. Look."}]},
}


@pytest.mark.parametrize("body", SHAPES.values(), ids=SHAPES)
def test_every_shape_of_an_error_is_read(body):
    network = httpx2.MockTransport(lambda request: httpx2.Response(400, json=body))
    with pytest.raises(RequestRefused) as raised:
        ClickAndDrop(Transport(http=network), KEY).find("SO1")
    assert raised.value.summary() == "400 Bad: Wrong. Look."


@pytest.mark.parametrize(
    ("status", "body", "fault", "unknown"),
    [
        (401, b"", KeyRefused, False),
        (403, b"", NotAllowed, False),
        (402, b"", NoMoney, False),
        (404, b"", NotThere, False),
        (429, b"", Throttled, False),
        (408, b"", ServerFault, True),
        (500, b"{}", ServerFault, True),
        (503, b"<html>", ServerFault, True),
        (200, b"<html>", NotUnderstood, True),
        (200, b"{}", NotUnderstood, True),
        (200, b'{"createdOrders": [{"orderIdentifier": "x"}]}', NotUnderstood, True),
        (302, b"", NotUnderstood, True),
    ],
)
def test_every_status_is_one_leaf_and_says_whether_the_outcome_is_known(status, body, fault, unknown):
    network = httpx2.MockTransport(lambda request: httpx2.Response(status, content=body))
    with pytest.raises(fault) as raised:
        ClickAndDrop(Transport(http=network), KEY).buy(REQUEST)
    assert type(raised.value) is fault
    assert raised.value.outcome_unknown is unknown


@pytest.mark.parametrize(
    ("error", "unknown"),
    [
        (httpx2.ConnectError, False),
        (httpx2.ConnectTimeout, False),
        (httpx2.PoolTimeout, False),
        (httpx2.ReadTimeout, True),
        (httpx2.WriteError, True),
        (httpx2.RemoteProtocolError, True),
    ],
)
def test_a_broken_line_is_unknown_once_sending_began(error, unknown):
    def fail(request):
        raise error("x", request=request)

    with pytest.raises(NotReached) as raised:
        ClickAndDrop(Transport(http=httpx2.MockTransport(fail)), KEY).buy(REQUEST)
    assert raised.value.outcome_unknown is unknown


def test_the_key_stays_out_of_every_text(royal_mail):
    def answer(request):
        return httpx2.Response(400, json={"message": f"bad {request.headers['authorization']} for Paula Parker"})

    with pytest.raises(RequestRefused) as raised:
        ClickAndDrop(Transport(http=httpx2.MockTransport(answer)), KEY).buy(REQUEST)
    assert str(raised.value) == "create order: 400 bad Bearer … for … The courier refused the request."
    with pytest.raises(OurBug) as raised:
        ClickAndDrop(Transport(http=royal_mail), "kéy\n").check()
    assert "kéy" not in f"{raised.value!r} {raised.value.__cause__!r}"
    assert "Paula" not in repr(REQUEST)


def test_a_pause_comes_before_every_call(royal_mail):
    seen = []
    courier = ClickAndDrop(Transport(http=royal_mail), KEY, before_call=lambda: seen.append(len(royal_mail.calls)))
    courier.fetch(courier.buy(REQUEST).identifier)
    assert seen == [0, 1, 2]


def test_every_leaf_has_its_verdict_and_advice():
    leaves = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    for kind in leaves:
        if kind is not errors.CourierError:
            assert kind.verdict in Verdict
            assert kind.advice.endswith(".")


def test_an_order_without_a_label_is_wanted_so():
    assert "label" not in to_order(replace(REQUEST, with_label=False))
