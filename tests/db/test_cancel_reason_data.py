"""The data step for buyers' reasons: nothing clear is left, and the order still tells it to those who may read it."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from tests.factories.amazon_orders import line, order
from tests.factories.ground import NOW
from tests.sync.orders_world import World

from wharfinger.db.models import Activity, Problem
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutOrder

pytestmark = pytest.mark.django_db

step = import_module("wharfinger.db.migrations.0010_cancel_reason_data")


def _sale_with(world, reason):
    message = order(line("MUG"))
    world.hear(message)
    sale = world.sale(message)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wharfinger_salesorder SET cancel_reason = %s WHERE id = %s", [reason, sale.pk])
    Activity.objects.create(happened_at=NOW, text=f"The buyer asks to cancel: {reason}.", sales_order=sale)
    Problem.objects.create(
        kind=ProblemKind.CANCEL_REQUESTED,
        key=AboutOrder(sale.pk),
        cause=f"The buyer of {sale.code} asks to cancel: {reason}.",
        remedy="",
        opened_at=NOW,
        seen_at=NOW,
    )
    return sale


def test_words_stored_in_clear_are_encrypted_on_the_order_and_gone_elsewhere():
    world = World()
    world.item("MUG", 10)
    sale, silent = _sale_with(world, "I asks to cancel: my wife is ill"), _sale_with(world, "no reason given")
    with connection.schema_editor() as editor:
        step.encrypt_reasons(apps, editor)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wharfinger_problem SET kind = 'Buyer asks to cancel'")
        cursor.execute(step.WITHOUT_WORDS)
        cursor.execute("SELECT cancel_reason FROM wharfinger_salesorder WHERE id = %s", [sale.pk])
        stored = cursor.fetchone()[0]
    assert "ill" not in stored
    for one in (sale, silent):
        one.refresh_from_db()
    assert (sale.cancel_reason, silent.cancel_reason) == ("I asks to cancel: my wife is ill", "")
    causes = Problem.objects.filter(kind="Buyer asks to cancel").order_by("id").values_list("cause", flat=True)
    assert list(causes) == [f"The buyer of {one.code} requested cancellation." for one in (sale, silent)]
    assert Activity.objects.filter(text="The buyer requested cancellation.").count() == 2
    assert not Activity.objects.filter(text__contains="asks to cancel").exists()
