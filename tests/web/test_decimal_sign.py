"""Each reader's files have their decimal sign, and the separator that goes with it."""

import csv
import io
import re
from decimal import Decimal

import pytest
from django.urls import get_resolver
from tests.factories import moments
from tests.factories.cast import Trading
from tests.factories.ground import NOW
from tests.factories.stock import a_level, a_site, an_item

from wharfinger.db.models import Channel, ImportedOrder, User
from wharfinger.domain.csv_cells import DecimalSign
from wharfinger.domain.stock.counts import CountScope
from wharfinger.operations.channels import first_upload
from wharfinger.operations.stock import stock_csv
from wharfinger.operations.stock.warehouse import counts
from wharfinger.operations.stock.warehouse.counts import CountRequest
from wharfinger.web.csv_files import amount

pytestmark = pytest.mark.django_db
ADDRESS = "/settings/"


def files():
    routes = [route for one in get_resolver().url_patterns for route in getattr(one, "url_patterns", [one])]
    return sorted(str(route.pattern) for route in routes if str(route.pattern).endswith(".csv"))


def rows(client, address, separator):
    text = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def choose(client, sign):
    answer = client.post(ADDRESS, {"time_zone": "Europe/Berlin", "decimal_sign": sign})
    assert answer.status_code == 302


@pytest.mark.parametrize("sign", DecimalSign)
def test_every_file_is_written_as_its_reader_chose(sign, sign_in):
    shop, client = Trading(), sign_in()
    choose(client, sign.value)
    found = files()
    assert len(found) > 10
    other = ";" if sign is DecimalSign.POINT else ","
    count = counts.begin_count(CountRequest(shop.warehouse.pk, CountScope.SITE), now=NOW)
    known = {
        "account_id": shop.fbm.account_id,
        "channel_id": shop.fbm.pk,
        "count_id": count.pk,
        "site_id": shop.warehouse.pk,
    }
    Channel.objects.filter(pk=shop.fbm.pk).update(stock_upload_approved_at=None)
    first_upload.request_plan(shop.fbm.pk, now=NOW, user=User.objects.get())
    for pattern in found:
        address = "/" + re.sub(r"<int:(\w+)>", lambda named: str(known[named[1]]), pattern)
        (heading, *_) = rows(client, address, sign.separator)
        assert len(heading) > 1, address
        assert not any(other in cell for cell in heading), address


def test_money_has_the_readers_sign_and_others_keep_theirs(sign_in):
    shop, client = Trading(), sign_in()
    moments.imported_order(shop, 1)
    ImportedOrder.objects.update(total=Decimal("1234.5000"), currency="EUR")
    assert "1234.50" in rows(client, "/imported-orders/export.csv", ",")[1]
    choose(client, "comma")
    assert "1234,50" in rows(client, "/imported-orders/export.csv", ";")[1]
    assert set(User.objects.exclude(pk=client.session["_auth_user_id"]).values_list("decimal_sign", flat=True)) <= {
        "point"
    }


def test_a_file_with_semicolons_comes_back_unchanged(sign_in):
    client = sign_in()
    site = a_site("Möwe; Süd, links")
    a_level(an_item("00;1,5", "A, b; c"), site, -3)
    choose(client, "comma")
    text = b"".join(client.get("/stock/import/levels.csv").streaming_content).decode()
    plan = stock_csv.plan_csv(text)
    assert (plan.errors, plan.questions, plan.changes, len(plan.rows)) == ((), (), 0, 1)


def test_the_zone_alone_leaves_the_sign_and_another_sign_is_refused(sign_in):
    client = sign_in()
    choose(client, "comma")
    client.post(ADDRESS, {"time_zone": "Europe/London"})
    assert list(User.objects.filter(decimal_sign="comma").values_list("time_zone", flat=True)) == ["Europe/London"]
    answer = client.post(ADDRESS, {"time_zone": "Europe/London", "decimal_sign": "dot"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["decimal_sign"])


@pytest.mark.parametrize(
    ("value", "written"),
    [("0.5000", "0,50"), ("-1234.50", "-1234,50"), ("3", "3"), ("0.0056", "0,0056"), ("1E+3", "1000")],
)
def test_a_comma_stands_where_the_point_stood(value, written):
    assert amount(Decimal(value), DecimalSign.COMMA) == written
