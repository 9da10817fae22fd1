"""Settings, Privacy; legal holds on the order; what is held about a customer: for administrators, and audited."""

import json

import pytest
from tests.operations.test_erasure import CANARY, DAY, Shop

from wharfinger.cli.privacy.erasing import erase_all
from wharfinger.db.models import AuditEntry, Customer, Installation, LegalHold, PrivacyProof
from wharfinger.domain.installation.people import Role
from wharfinger.operations.orders.privacy import proofs

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(clock):
    return Shop()


def text(answer):
    return " ".join(answer.content.decode().split())


def test_the_proof_counts_every_place_and_the_time_is_set_there(shop, sign_in, clock):
    client = sign_in(Role.ADMINISTRATOR)
    assert "is being counted" in text(client.get("/settings/privacy/"))
    proofs.count(now=shop.now)
    page = text(client.get("/settings/privacy/"))
    assert "is being counted" not in page
    for words in ("Raw messages from Amazon", "Files attached to orders", "Words by which orders are found"):
        assert words in page
    assert client.post("/settings/privacy/days/", {"days": "31"}).status_code == 422
    assert client.post("/settings/privacy/days/", {"days": "20"}).status_code == 302
    assert Installation.objects.get().personal_data_days == 20
    entry = AuditEntry.objects.latest("pk")
    assert (entry.before, entry.after) == (
        {"personal data is kept": "30 days"}, {"personal data is kept": "20 days"},
    )  # fmt: skip


def test_a_count_is_a_days_or_wanted_and_the_page_says_of_when_it_is(shop, sign_in, clock):
    client = sign_in(Role.ADMINISTRATOR)
    assert proofs.is_due(shop.now)
    proofs.count(now=shop.now)
    assert (proofs.is_due(shop.now), proofs.is_due(shop.now + DAY), proofs.is_due(shop.now - DAY)) == (
        False, True, True,
    )  # fmt: skip
    assert client.post("/settings/privacy/count/").status_code == 302
    assert proofs.is_due(shop.now)
    assert "is being counted" in text(client.get("/settings/privacy/"))
    erase_all(shop.now + 60 * DAY)
    proofs.count(now=shop.now + 60 * DAY)
    row = PrivacyProof.objects.get()
    assert (row.erased, {rows for _, rows, _, _ in row.places}) == (1, {0})


def test_an_order_says_until_when_it_is_held_and_that_it_was_erased(shop, sign_in):
    client, address = sign_in(Role.ADMINISTRATOR), f"/sales-orders/{shop.sale.pk}/"
    page = text(client.get(address))
    said = page[page.index("Personal data is kept until") :][:120]
    assert "2027-01-07" in said  # two weeks under way, and 30 days
    form = client.get(f"{address}legal-hold/")
    assert "Place under legal hold" in text(form)
    assert client.post(f"{address}legal-hold/", {"reason": ""}).status_code == 422
    assert client.post(f"{address}legal-hold/", {"reason": "Claim 42"}).status_code == 302
    page = text(client.get(address))
    assert "Its personal data is not erased before the hold is lifted." in page
    assert "Claim 42" in page
    assert "Claim 42" in text(client.get("/settings/privacy/"))
    assert "Claim 42" not in text(sign_in(Role.VIEWER).get(address))
    assert client.post(f"{address}lift-legal-hold/").status_code == 302
    assert not LegalHold.objects.filter(lifted_at=None).exists()
    erase_all(shop.now + 60 * DAY)
    page = text(client.get(address))
    assert "the country stays, for VAT" in page
    assert CANARY not in page
    assert "Personal data was erased, as Amazon demands." in text(client.get(f"/customers/{shop.sale.customer_id}/"))


def test_what_is_held_about_a_customer_is_one_file_and_its_export_is_audited(shop, sign_in):
    client, address = sign_in(Role.ADMINISTRATOR), f"/customers/{shop.sale.customer_id}/held/"
    answer = client.post(address)
    held = json.loads(answer.content)
    (order,) = held["orders"]
    assert held["customer"][0]["name"] == f"{CANARY} Byron"
    assert order["amazon_order_number"] == shop.message["orderId"]
    assert order["own_delivery"]["name"] == f"{CANARY} Lovelace"
    assert [len(order[name]) for name in ("notes", "files", "holds", "messages_from_amazon", "parcels")] == [1] * 5
    assert order["messages_from_amazon"][0]["message"] == shop.message
    assert order["lines"][0]["gift_message"].startswith(CANARY)
    assert answer["Content-Disposition"] == f'attachment; filename="{shop.sale.customer.code}-held.json"'
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.noun_id, entry.user.role) == (
        "export what is held", str(shop.sale.customer_id), Role.ADMINISTRATOR,
    )  # fmt: skip
    generic = Customer.objects.create(code="Amazo-1126", generic=True, made_at=shop.now)
    assert client.post(f"/customers/{generic.pk}/held/").status_code == 302


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_keep_shorten_and_export(shop, sign_in, role):
    client, order = sign_in(role), f"/sales-orders/{shop.sale.pk}/"
    assert client.get("/settings/privacy/").status_code == 403
    posts = ("/settings/privacy/days/", f"{order}legal-hold/", f"{order}lift-legal-hold/",
             f"/customers/{shop.sale.customer_id}/held/")  # fmt: skip
    assert {client.post(address, {"days": "5", "reason": "x"}).status_code for address in posts} == {403}
    page = (
        text(client.get(order))
        + text(client.get(f"/customers/{shop.sale.customer_id}/"))
        + text(client.get("/settings/"))
    )
    for words in ("Legal hold", "Export what is held", ">Privacy<"):
        assert words not in page
