"""Whatever an address is called with, the answer is a page, a redirect or a refusal: never a fault of ours.

The addresses come from the URL patterns, their parameters from the views' own sources: a page that is added is
called too. Each run calls a sample of all combinations, the same one for the same seed.
"""

import base64
import importlib
import inspect
import json
import random
import re
import sys
from itertools import product

import pytest
from django import forms
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.urls import get_resolver
from django.utils.http import urlencode
from tests.factories import moments
from tests.factories.cast import Trading
from tests.factories.people import someone
from tests.web.client import Client

from wharfinger.db.models import User
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db

SEED, GETS, POSTS, BY_ROLE = 20261128, 120, 60, 10


def cursor(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


HOSTILE = (
    "", "0", "-1", "1", "9" * 19, "9" * 400, "-" + "9" * 30, "1e400", "NaN", "0x10", "٣", "²", "1_000", "+1",
    "\0", "a\0b", "\ud800", "%00", "é" * 300, "x" * 5000, "'", '"><script>', "{{7*7}}", "%s%n", "\r\nX: y", "../../etc",
    "9999-12-31", "0001-01-01", "2026-02-30", "10000-01-01", "0000-00-00", "9999-12-31T23:59:59Z", "31/12/9999",
    "[]", "{}", "null", "true", "on",
    cursor(0, "9999-12-31T23:59:59+00:00", 1), cursor(1, "0001-01-01T00:00:00+14:00", 1), cursor(0, "a\0", 1),
    cursor(0, 10**30, 10**30), cursor(0, float("inf"), float("nan")), cursor(0, "x", -1), cursor(0, [1], {"a": 1}),
    cursor(0, 1), cursor(1, 10**25), cursor(0, "a" * 300), base64.urlsafe_b64encode(b"[" * 700).decode(),
)  # fmt: skip
IN_PATH = (
    "0",
    "9" * 19,
    "9" * 400,
    "x",
    "%00",
    "%ED%A0%80",
    "%C3%28",
    "a%2Fb",
    "..",
    "%F0%9F%92%A9",
    "%0d%0aX:%20y",
    "A" * 3000,
)
_HOLE = re.compile(r"<(?:(\w+):)?(\w+)>")
_READ = re.compile(r"(?:GET|POST)\.(?:get|getlist)\(\s*\"(\w+)\"|numbers\(\[?request\.\w+\.get(?:list)?\(\"(\w+)\"")
NOT_REQUESTED = {"sign-out/"}


def addresses():
    """(pattern, the names of the parameters that its module reads), for every address of ours."""
    for pattern in get_resolver().url_patterns:
        for route in getattr(pattern, "url_patterns", [pattern]):
            view = inspect.unwrap(route.callback)
            yield str(route.pattern), sorted(parameters(view.__module__))


def parameters(module_name):
    module = importlib.import_module(module_name)
    names = {name for found in _READ.findall(inspect.getsource(module)) for name in found if name}
    for thing in vars(module).values():
        if inspect.isclass(thing) and issubclass(thing, forms.BaseForm):
            names |= set(getattr(thing, "base_fields", {}))
    return names | {"at", "page", "q", "next", "seen", "part"}


@pytest.fixture
def world(clock):
    shop = Trading()
    item = moments.stocked_item(shop, "MUG", allocated=2)
    order = moments.sales_order(shop, 1, item)
    for number in range(2, 5):
        moments.imported_order(shop, number)
    moments.unknown_sku(shop, order)
    return shop


def a_path(pattern, chance):
    """The pattern's holes filled: mostly with what there is, sometimes with what cannot be."""
    return "/" + _HOLE.sub(lambda hole: a_value(hole[1] or "str", chance), pattern)


def a_value(kind, chance):
    if chance.random() < 0.7:
        return "1" if kind == "int" else chance.choice(["draft", "general", "fbm", "orders"])
    fitting = [text for text in IN_PATH if kind != "int" or text.isdigit()]
    return chance.choice(fitting)


def ask(client, method, path, params):
    """The status and the fault, if there was one; nothing of it stays in the database."""
    faults = []

    def note(sender, request, **more):
        faults.append(repr(sys.exc_info()[1])[:200])

    got_request_exception.connect(note)
    kept = transaction.savepoint()
    try:
        answer = (
            client.get(f"{path}?{params}")
            if method == "GET"
            else client.post(path, params, "application/x-www-form-urlencoded")
        )
        if answer.streaming:
            b"".join(answer.streaming_content)
        for close in answer._resource_closers:  # a file's; closing the answer would end the database's connection
            close()
        return answer.status_code, faults
    except (UnicodeError, ValueError) as error:
        return 500, [repr(error)]
    finally:
        connection.needs_rollback = False
        transaction.savepoint_rollback(kept)
        got_request_exception.disconnect(note)


def in_address(names, values):
    return urlencode(
        [(name, value.encode("utf-8", "surrogatepass")) for name, value in zip(names, values, strict=True)]
    )


def a_client(role):
    client = Client(raise_request_exception=False)
    if role is not None:
        client.force_login(User.objects.filter(role=role.value).first() or someone(role))
    return client


def broken_addresses(chance, count, method, role):
    everywhere = [(pattern, names) for pattern, names in addresses() if pattern not in NOT_REQUESTED]
    one_by_one = [(pattern, [name]) for pattern, names in everywhere for name in names]
    combinations = list(product(range(len(one_by_one)), range(len(HOSTILE))))
    client = a_client(role)
    for place, value in chance.sample(combinations, min(count, len(combinations))):
        pattern, names = one_by_one[place]
        path, params = a_path(pattern, chance), in_address(names, [HOSTILE[value]])
        status, faults = ask(client, method, path, params)
        if status >= 500 or faults:
            yield f"{method} {path[:90]}?{params[:120]} as {role}: {status} {faults}"


def test_no_address_of_the_house_breaks_whatever_it_is_requested(world):
    chance = random.Random(SEED)
    broken = list(broken_addresses(chance, GETS, "GET", Role.ADMINISTRATOR))
    broken += broken_addresses(chance, POSTS, "POST", Role.ADMINISTRATOR)
    for role in (None, *(role for role in Role if role is not Role.ADMINISTRATOR)):
        broken += broken_addresses(chance, BY_ROLE, "GET", role)
    assert broken == []


def test_every_address_is_requested():
    patterns = dict(addresses())
    assert len(patterns) > 100
    assert {"date_from", "date_to", "at"} <= set(patterns["imported-orders/"])


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2101-01-01"])
def test_a_day_at_the_end_of_time_is_an_error_at_its_field_and_filters_nothing(world, sign_in, day):
    client = sign_in()
    for address in ("/imported-orders/", "/settings/audit/"):
        for name in ("date_from", "date_to"):
            answer = client.get(address, {name: day})
            assert (answer.status_code, "Give a day from 2000 to 2100." in answer.text) == (200, True)
    assert client.get("/imported-orders/", {"date_to": "2100-12-31"}).context["page"].rows


def test_an_id_that_no_row_can_have_is_not_found(world, sign_in):
    client = sign_in()
    for number in (2**63, 10**30):
        assert client.get(f"/channels/{number}/").status_code == 404
        assert client.post(f"/channels/{number}/check/").status_code == 404
    for gone in ("/products/999/unlink/", "/problems/999/", "/settings/users/999/reset/"):
        assert client.post(gone).status_code in (404, 405)
