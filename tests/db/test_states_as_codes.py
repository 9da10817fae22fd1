"""The data step from labels to codes: rows of before read as the same states, whatever their column."""

from importlib import import_module

import pytest
from django.db import connection
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.stock import a_site

from wharfinger.db.models import (
    AuthorisationAttempt,
    Channel,
    Confirmation,
    ImportedOrder,
    RawMessage,
    RunningShop,
    SalesOrder,
    SellerAccount,
    StockPush,
)
from wharfinger.domain.channels.channel import LinkState

step = import_module("wharfinger.db.migrations.0034_states_as_codes")
MODELS = (
    AuthorisationAttempt, Channel, Confirmation, ImportedOrder, RawMessage, RunningShop, SalesOrder, SellerAccount,
    StockPush,
)  # fmt: skip


def test_every_label_that_was_stored_has_the_code_of_its_state():
    """Labels may be worded anew since; the codes never change."""
    fields = {model._meta.model_name: model for model in MODELS}
    for (table, name), words in step.CODES.items():
        members = fields[table]._meta.get_field(name).members
        assert sorted(words.values()) == sorted(member.value for member in members), (table, name)


@pytest.mark.django_db
def test_rows_of_before_read_as_the_same_states():
    channels = [a_channel(an_account(), a_site())]
    with connection.cursor() as cursor:
        for label, state in zip(step.LINKS, LinkState, strict=True):
            cursor.execute("UPDATE wharfinger_channel SET link_state = %s", [label])
            cursor.execute("UPDATE wharfinger_selleraccount SET link_state = %s", [label])
            cursor.execute(step.TO_CODES)
            assert Channel.objects.get(pk=channels[0].pk).link_state is state
            assert SellerAccount.objects.get(pk=channels[0].account_id).link_state is state
        cursor.execute(step.TO_CODES)
        assert Channel.objects.get().link_state is LinkState.LOST, "a second run changes nothing"
        cursor.execute(step.TO_LABELS)
        cursor.execute("SELECT link_state FROM wharfinger_channel")
        assert cursor.fetchall() == [("Authorisation lost",)]
