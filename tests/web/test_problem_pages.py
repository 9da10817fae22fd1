"""Whatever a problem or an alert is about, its page exists; who has none says so with an empty address."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

import pytest
from django.http import QueryDict
from django.urls import resolve
from tests.domain.test_subjects import STORED

from wharfinger.db.queries.installation.alerts import AlertRow
from wharfinger.db.queries.installation.problems import ProblemRow
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutElse, AboutListing, AboutOrder, AboutWork, AlertSubject
from wharfinger.web.forms.problems import ProblemFilterForm
from wharfinger.web.problem_pages import page_of_alert, page_of_problem

NOW = datetime(2026, 11, 10, tzinfo=UTC)
LINKED = ProblemRow(
    id=1, kind=ProblemKind.OVERSOLD, key=AboutOrder(1), cause="", remedy="", account_id=1, account="", channel_id=2,
    channel="", imported_order_id=3, imported_order="", sales_order_id=4, sales_order="", item_id=5, item="",
    site_id=6, site="", listing_id=7, sku="AB 1", order_import_id=8, account_channel_id=9, listing_channel_id=10,
    count=1, opened_at=NOW, seen_at=NOW, solved_at=None,
)  # fmt: skip
SUBJECTS = [subject for subject in STORED.values() if not isinstance(subject, AboutElse)]


def page_exists(address):
    return resolve(urlsplit(address).path).url_name


@pytest.mark.parametrize("subject", SUBJECTS, ids=repr)
@pytest.mark.parametrize("kind", ProblemKind)
def test_every_kind_about_every_subject_has_a_page(kind, subject):
    assert page_exists(page_of_problem(replace(LINKED, kind=kind, key=subject)))


@pytest.mark.parametrize("subject", [one for one in SUBJECTS if isinstance(one, AlertSubject)], ids=repr)
def test_every_alert_has_a_page(subject):
    alert = AlertRow(1, "", "", "", subject, "", NOW, None, None, "", None, channel_id=9)
    assert page_exists(page_of_alert(alert))


def test_what_cannot_be_read_or_is_gone_has_none():
    bare = replace(LINKED, sales_order_id=None, key=AboutElse("x"))
    assert [page_of_problem(bare), page_of_problem(replace(bare, key=AboutOrder(1)))] == ["", ""]


def test_the_same_subject_leads_elsewhere_where_its_kind_says_so():
    pages = [
        page_of_problem(replace(LINKED, kind=kind, key=key))
        for kind, key in (
            (ProblemKind.NO_ADDRESS, AboutOrder(4)),
            (ProblemKind.AWAITING_STOCK, AboutOrder(4)),
            (ProblemKind.FLOW_FAILED, AboutWork(1, "orders_in")),
            (ProblemKind.THROTTLED, AboutWork(1, "searchOrders")),
        )
    ]
    assert pages == ["/imported-orders/8/", "/sales-orders/4/", "/", "/channels/9/"]


def test_a_listing_leads_to_itself_in_a_channel_that_sells_it_else_to_the_channels():
    listing = replace(LINKED, key=AboutListing(7), sku="A&B/1 " + "é" * 100)
    assert page_of_problem(listing) == "/channels/10/stock/?q=A%26B/1%20" + "%C3%A9" * 54
    assert page_of_problem(replace(listing, listing_channel_id=None)) == "/channels/"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("unknown_sku", "unknown_sku"), ("Unknown SKU", "unknown_sku"), ("unknown sku", "unknown_sku"),
        ("Buyer asks to cancel", "cancel_requested"), ("Buyer requested cancellation", "cancel_requested"),
        ("", ""), ("Nonsense", None),
    ],
)  # fmt: skip
def test_an_address_with_a_label_finds_its_kind_as_one_with_the_code_does(text, kind):
    form = ProblemFilterForm(QueryDict(urlencode({"kind": text, "show": "solved"})), channels=())
    form.is_valid()
    assert (form.cleaned_data.get("kind"), form["kind"].value(), form.cleaned_data["show"]) == (
        kind, text if kind is None else kind, "solved",
    )  # fmt: skip
