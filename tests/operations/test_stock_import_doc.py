"""docs/stock-import.md: its examples, run."""

import re
from pathlib import Path

import pytest
from tests.factories.ground import NOW
from tests.factories.stock import a_site

from wharfinger.db.models import StockLevel
from wharfinger.operations.stock.stock_csv import COLUMNS, apply_csv, plan_csv

pytestmark = pytest.mark.django_db
DOC = (Path(__file__).parents[2] / "docs/stock-import.md").read_text(encoding="utf-8")
FILES = re.findall(r"```csv\n(.*?)```", DOC, re.DOTALL)
ANSWERS = [block.splitlines() for block in re.findall(r"```text\n(.*?)```", DOC, re.DOTALL)]


@pytest.fixture(autouse=True)
def warehouse():
    return a_site()


def test_the_example_is_planned_as_the_page_says_and_written(warehouse):
    plan = plan_csv(FILES[0])
    assert plan.errors == plan.questions == ()
    assert [f"Row {row.number}, {row.code}: {'; '.join(row.changes)}" for row in plan.rows] == ANSWERS[0]
    assert apply_csv(FILES[0], now=NOW) == 3
    levels = StockLevel.objects.order_by("item__code").values_list("item__code", "site", "on_hand")
    assert list(levels) == [("MUG-BLUE", warehouse.pk, 24), ("MUG-RED", warehouse.pk, 18)]


def test_the_mistakes_are_named_as_the_page_says():
    assert [str(error) for error in plan_csv(FILES[1]).errors] == ANSWERS[1]


def test_the_page_names_every_column():
    assert re.findall(r"^\| `(.+?)` \|", DOC, re.MULTILINE) == list(COLUMNS)
