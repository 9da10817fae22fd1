"""The room that writes rows is `operations`. Migrations write too; so do Django's sign-in and Procrastinate."""

import ast
import re
from pathlib import Path

import pytest

import wharfinger

ROOM = Path(wharfinger.__file__).parent
ALLOWED = ("operations", "db/migrations")
ALWAYS_WRITE = {
    "save", "asave", "create", "acreate", "bulk_create", "abulk_create", "bulk_update", "abulk_update",
    "get_or_create", "aget_or_create", "update_or_create", "aupdate_or_create",
}  # fmt: skip
SQL = re.compile(r"\b(insert\s+into|update\s+(only\s+)?[\w\".]+\s+set|delete\s+from|truncate)\b", re.IGNORECASE)


def writes(source):
    """Line and text of every call or statement that writes rows."""
    tree = ast.parse(source)
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and is_write(node):
            yield node.lineno, ast.unparse(node)[:120]
        text = node.value if isinstance(node, ast.Constant) and id(node) not in docstrings else None
        if isinstance(text, str) and SQL.search(text):
            yield node.lineno, text.strip()[:120]


def is_write(call):
    name = call.func.attr
    if name in ALWAYS_WRITE:
        return True
    if name in ("update", "aupdate"):  # a query set's takes keywords only, a dict's a mapping
        return bool(call.keywords) and not call.args
    # A row's and a query set's take nothing; a client's takes an address.
    return name in ("delete", "adelete") and not call.args and not call.keywords


def files():
    for path in sorted(ROOM.rglob("*.py")):
        inside = path.relative_to(ROOM).as_posix()
        if not inside.startswith(ALLOWED):
            yield pytest.param(path, id=inside)


@pytest.mark.parametrize("path", list(files()))
def test_no_row_is_written_here(path):
    found = [f"{path.name}:{line}: {text}" for line, text in writes(path.read_text())]
    assert not found, "Rows are written in operations only:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        "order.save()",
        "Order.objects.create(number=1)",
        "Order.objects.filter(pk=1).update(state='x')",
        "Order.objects.filter(pk=1).delete()",
        "site.levels.get_or_create(item=1)",
        "Order.objects.bulk_create(rows)",
        "cursor.execute('UPDATE wharfinger_order SET state = 1')",
        "cursor.execute(f'insert into {table} values (1)')",
        "cursor.execute('with x as (select 1) delete from wharfinger_order')",
    ],
)
def test_the_check_sees_a_write(source):
    assert list(writes(source))


@pytest.mark.parametrize(
    "source",
    ["seen.update({'a': 1})", "client.delete('/x')", "rows = Order.objects.filter(pk=1)", '"""delete from"""'],
)
def test_the_check_leaves_the_rest_alone(source):
    assert not list(writes(source))
