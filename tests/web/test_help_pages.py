"""Pages that explain: every old step has its new one, every marketplace its line."""

import pytest
from django.urls import reverse

from wharfinger.db.models import Marketplace
from wharfinger.domain.installation.people import Role
from wharfinger.domain.marketplaces import COUNTRIES, MARKETPLACES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["help-channel", "help-stock", "help-mws", "marketplace-list"])
@pytest.mark.parametrize("role", list(Role))
def test_everybody_who_signed_in_may_read_them_and_nobody_else(sign_in, client, name, role):
    assert sign_in(role).get(reverse(name)).status_code == 200
    assert client.get(reverse(name)).status_code == 302


@pytest.mark.parametrize(
    "step",
    [
        "Visit Manage Your Apps",
        "Authorise new Developer",
        "4299-0833-5971",
        "4738-1640-5269",
        "MWS License Agreement",
        "amzn.mws.",
        "Token Expiry",
        "Seller ID (Merchant ID)",
    ],
)
def test_each_step_of_the_old_way_stands_beside_what_replaced_it(sign_in, step):
    assert step in sign_in().get(reverse("help-mws")).content.decode()


def test_every_marketplace_is_listed_with_its_country_and_seller_central(sign_in):
    page = sign_in().get(reverse("marketplace-list")).content.decode()
    for facts in MARKETPLACES:
        for fact in (facts.id, facts.name, COUNTRIES[facts.country], facts.currency, facts.seller_central):
            assert fact in page, (facts, fact)
    assert page.index("UK and Europe") < page.index("A1F83G8C2ARO7P") < page.index("ATVPDKIKX0DER")
    assert page.count("Not offered yet") == 1


def test_a_marketplace_that_only_amazon_knew_is_listed_with_what_amazon_said(sign_in):
    Marketplace.objects.create(
        id="A0NEW",
        name="Amazon.xx",
        country="XX",
        currency="XXX",
        region="EU",
        pool="OTHER",
        seller_central="s.amazon.xx",
    )
    page = sign_in().get(reverse("marketplace-list")).content.decode()
    assert "A0NEW" in page
