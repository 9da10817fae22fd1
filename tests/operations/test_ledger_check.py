"""Levels against their ledgers; whoever switched the database's guards off is found out, and put right."""

import json

import pytest
from django.db import connection
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.orders import an_order
from tests.factories.stock import a_level, a_site, an_item, level_of

from wharfinger.cli.arguments import parser
from wharfinger.cli.check_ledger import run, what_differs
from wharfinger.cli.ledger_finding import look_at_ledger
from wharfinger.db.models import Problem, StockLevel
from wharfinger.db.queries.stock.ledger_check import check_ledger
from wharfinger.db.queries.stock.oversells import oversells
from wharfinger.domain.installation.health import Verdict
from wharfinger.domain.stock.ledger import MovementReason
from wharfinger.operations.stock import ledger
from wharfinger.operations.stock._stock_steps import Move, move_stock
from wharfinger.operations.stock.ledger_repair import repair_levels

pytestmark = pytest.mark.django_db


def behind_the_ledger(statement):
    """The guards are switched off for it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what the test itself wrote is looked at first
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")


@pytest.fixture
def counted():
    return a_level(an_item(), a_site(), 7)


def check(capsys, *words):
    code = run(parser().parse_args(["check-ledger", *words]))
    return code, capsys.readouterr().out


def test_levels_that_are_the_sums_of_their_movements_are_well(counted, capsys):
    ledger.receive_stock(counted.item_id, counted.site_id, 3, now=NOW)
    sentence = "✓ 1 level: each is the sum of its movements and of its allocations.\n"
    assert check(capsys) == (0, sentence)
    assert look_at_ledger().verdict is Verdict.WELL


FALSIFIED = {
    "8 on hand, 7 by its movements": "UPDATE wharfinger_stocklevel SET on_hand = 8",
    "2 allocated, 0 by its orders": "UPDATE wharfinger_stocklevel SET allocated = 2",
    "0 on hand, 7 by its movements": "DELETE FROM wharfinger_stocklevel",
}


@pytest.mark.parametrize(("said", "statement"), FALSIFIED.items(), ids=FALSIFIED)
def test_a_level_that_differs_is_named_and_repaired_from_its_ledger(said, statement, counted, capsys):
    behind_the_ledger(statement)
    code, out = check(capsys)
    assert (code, out.splitlines()[0]) == (1, f"✗ MUG at Main warehouse: {said}")
    found = look_at_ledger()
    assert (found.verdict, found.detail) == (Verdict.WRONG, f"MUG at Main warehouse: {said}")
    assert check(capsys, "--repair")[0] == 0
    assert level_of(counted.item, counted.site) == (7, 0)


def test_what_is_traded_between_the_look_and_the_repair_stays(counted):
    behind_the_ledger("UPDATE wharfinger_stocklevel SET allocated = 2")
    (part,) = check_ledger()
    ledger.receive_stock(counted.item_id, counted.site_id, 3, now=NOW)
    assert repair_levels(part.differences, now=NOW) == 1
    assert level_of(counted.item, counted.site) == (10, 0)
    assert repair_levels(part.differences, now=NOW) == 0


def test_a_ledger_that_is_broken_itself_is_said_and_left(counted, capsys):
    behind_the_ledger("UPDATE wharfinger_movement SET quantity = 6")
    (part,) = check_ledger()
    assert [what_differs(one) for one in part.differences] == [
        "7 on hand, 6 by its movements; 1 movement does not go on from the one before"
    ]
    assert check(capsys, "--repair")[0] == 1
    assert level_of(counted.item, counted.site) == (7, 0)


def test_for_programs_it_is_json(counted, capsys):
    behind_the_ledger("UPDATE wharfinger_stocklevel SET on_hand = 8")
    code, out = check(capsys, "--json")
    (difference,) = json.loads(out)["differences"]
    assert (code, difference["on_hand"], difference["moved"]) == (1, 8, 7)


def test_an_oversell_names_the_two_orders_that_met(counted):
    channel = a_channel(an_account())
    first, second = (an_order(channel, counted.site, [(counted.item, 5)]) for _ in range(2))
    key = (counted.item_id, counted.site_id)
    for order in (first, second):
        move_stock(*key, Move(-5, MovementReason.SOLD, order_line=order.lines.get()), now=NOW)
    met = oversells([key])[key]
    assert (met.before, met.first.code, met.first.units, met.second.code, met.second.units) == (
        2,
        first.code,
        5,
        second.code,
        5,
    )
    assert f"{first.code} took 5 and left 2; {second.code} then took 5." in Problem.objects.get(kind="oversold").cause


def test_what_a_count_between_two_orders_changed_is_not_what_the_first_one_left(counted):
    channel = a_channel(an_account())
    first, second = (an_order(channel, counted.site, [(counted.item, 5)]) for _ in range(2))
    key = (counted.item_id, counted.site_id)
    move_stock(*key, Move(-5, MovementReason.SOLD, order_line=first.lines.get()), now=NOW)
    ledger.count_stock(*key, 4, now=NOW)
    move_stock(*key, Move(-5, MovementReason.SOLD, order_line=second.lines.get()), now=NOW)
    said = f"{first.code} took 5 and left 2; {second.code} then took 5 when 4 were there."
    assert said in Problem.objects.get(kind="oversold").cause


def test_an_oversell_that_no_order_made_names_none(counted):
    ledger.adjust_stock(counted.item_id, counted.site_id, -9, "lost", now=NOW)
    key = (counted.item_id, counted.site_id)
    assert (oversells([key])[key].first, oversells([key])[key].second) == (None, None)
    assert StockLevel.objects.get().on_hand == -2
    assert "more units were taken away than were in stock." in Problem.objects.get(kind="oversold").cause
