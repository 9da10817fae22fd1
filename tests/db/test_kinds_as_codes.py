"""The data step from labels to codes: rows of before read as the same kinds, in the ledger and the audit too."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.db.utils import DatabaseError
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.stock import a_site, an_item

from wharfinger.db.models import AuditEntry, Channel, ChannelOption, Movement, Site
from wharfinger.domain.channels.channel import CustomerPolicy, ImportFba
from wharfinger.domain.orders.order import OrderType
from wharfinger.domain.stock.ledger import MovementReason, SiteKind

step = import_module("wharfinger.db.migrations.0039_kinds_as_codes")


def test_every_label_that_was_stored_has_the_code_of_its_kind():
    """Labels may be worded anew since; the codes never change."""
    models = {model._meta.model_name: model for model in apps.get_app_config("wharfinger").get_models()}
    for (table, name), codes in step.CODES.items():
        members = {member.value for member in models[table]._meta.get_field(name).members}
        assert set(codes.values()) == members - {"search"}, (table, name)


def _migrate(forth=True):
    with connection.schema_editor() as editor, connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # rows of this transaction: a migration has none
        cursor.execute(step.triggers(on=False))
        cursor.execute(step.TO_CODES if forth else step.TO_LABELS)
        if forth:
            step.audit_to_codes(apps, editor)
        cursor.execute(step.triggers(on=True))


@pytest.mark.django_db
def test_rows_of_before_read_as_the_same_kinds_and_the_ledger_is_closed_again():
    shop, item = a_site("Quay", SiteKind.SHOP), an_item()
    channel = a_channel(an_account(), shop)
    ChannelOption.objects.create(
        channel=channel, order_type=OrderType.PRIME, customer_policy=CustomerPolicy.GENERIC, site=shop
    )
    for reason in MovementReason:
        Movement.objects.create(item=item, site=shop, quantity=1, on_hand_after=1, reason=reason, moved_at=NOW)
    _migrate(forth=False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM wharfinger_movement ORDER BY id")
        before = [reason for (reason,) in cursor.fetchall()]
        cursor.execute("SELECT customer_policy, order_type FROM wharfinger_channeloption WHERE order_type <> ''")
        assert (before[-1], cursor.fetchall()) == (
            "Difference at Amazon", [("Generic customer of the month", "Prime")],
        )  # fmt: skip
    _migrate()
    _migrate()  # a second run changes nothing
    assert list(Movement.objects.order_by("id").values_list("reason", flat=True)) == list(MovementReason)
    assert Site.objects.get(pk=shop.pk).kind is SiteKind.SHOP
    assert Channel.objects.get().import_fba_orders is ImportFba.NO_FBA
    option = ChannelOption.objects.get(order_type=OrderType.PRIME)
    assert option.customer_policy is CustomerPolicy.GENERIC
    with pytest.raises(DatabaseError, match="append-only"):
        Movement.objects.update(note="changed")


@pytest.mark.django_db
def test_an_audit_of_before_says_the_same_in_codes():
    entries = {
        "Channel": (
            {"name": "UK", "activated for": "", "import FBA orders": "No FBA import", "FBA: currency": "FBA"},
            {"name": "UK", "activated for": "Simulator", "(Global): customer policy": "Generic customer of the month",
             "record only": "3", "import": "1", "Prime: sales source": "Prime"},
        ),
        "CourierService": (None, {"tracking": "Later, typed on the order", "name": "At once"}),
        "MailSettings": ({"security": "STARTTLS"}, {"security": "None"}),
        "Site": (None, {"kind": "3PL", "pool": "", "name": "FBA"}),
        "User": ({"role": "Manager", "full name": "Viewer"}, None),
        "Problem": (None, {"cause": "Sold"}),
    }  # fmt: skip
    for noun, (before, after) in entries.items():
        AuditEntry.objects.create(verb="edit", noun=noun, noun_id="1", before=before, after=after, at=NOW)
    _migrate()
    assert {row.noun: (row.before, row.after) for row in AuditEntry.objects.all()} == {
        "Channel": (
            {"name": "UK", "activated for": "", "import FBA orders": "no_fba", "fba: currency": "FBA"},
            {"name": "UK", "activated for": "simulator", "(Global): customer policy": "generic",
             "record": "3", "import": "1", "prime: sales source": "Prime"},
        ),
        "CourierService": (None, {"tracking": "typed_later", "name": "At once"}),
        "MailSettings": ({"security": "starttls"}, {"security": "none"}),
        "Site": (None, {"kind": "third_party", "pool": "", "name": "FBA"}),
        "User": ({"role": "manager", "full name": "Viewer"}, None),
        "Problem": (None, {"cause": "Sold"}),
    }  # fmt: skip
