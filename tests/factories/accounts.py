"""Seller accounts and the applications that they authorised."""

from tests.factories.ground import NOW

from wharfinger.db.models import AmazonApplication, Participation, SellerAccount
from wharfinger.domain.channels.channel import LinkState

QUEUE = {
    "queue_url": "https://sqs.eu-west-1.amazonaws.com/123456789012/q",
    "queue_region": "eu-west-1",
    "queue_key_id": "AKIAEXAMPLEEXAMPLE",
    "queue_secret": "queue secret",
}
"""An application's, to which Amazon sends its new secret."""


def an_application(client_secret="amzn1.oa2-cs.v1.topsecret", **values):
    defaults = {
        "name": "Ours",
        "application_id": "amzn1.sp.solution.1",
        "client_id": "amzn1.application-oa2-client.1",
        "secret_last_four": client_secret[-4:],
        "secret_set_at": NOW,
    }
    return AmazonApplication.objects.create(client_secret=client_secret, **{**defaults, **values})


def an_account(name="Harbour & Home", seller_id="A2HARBOUREULTD1", region="EU", **values):
    fields = {"link_state": LinkState.LINKED.value, "made_at": NOW, **values}
    return SellerAccount.objects.create(name=name, seller_id=seller_id, region=region, **fields)


def a_participation(account, marketplace, participating=True):
    return Participation.objects.create(
        account=account,
        marketplace_id=marketplace,
        participating=participating,
        suspended_listings=False,
        store_name="Harbour",
    )
