"""Each reader has the pages in their language, and dates as it writes them."""

import pytest
from django.http import QueryDict
from django.template import engines
from django.test import Client
from django.utils.translation import get_language, override
from tests.factories import moments
from tests.factories.cast import Trading
from tests.factories.ground import NOW

from wharfinger.db.models import User
from wharfinger.domain.orders.order import ImportState, SalesOrderState
from wharfinger.domain.sentences import N_
from wharfinger.operations.refusals import Refused
from wharfinger.web.forms.problems import ProblemFilterForm
from wharfinger.web.forms.sales_orders import SalesOrderFilterForm
from wharfinger.web.request_context import message_of
from wharfinger.web.templatetags.wharfinger import state

pytestmark = pytest.mark.django_db
ADDRESS = "/settings/"


def choose(client, language):
    return client.post(ADDRESS, {"time_zone": "Europe/London", "language": language})


def test_pages_and_dates_are_in_the_language_that_was_chosen_until_the_page_ends(sign_in):
    world, client = Trading(), sign_in()
    moments.imported_order(world, 1, placed_at=NOW)
    orders = "/imported-orders/"
    assert 'lang="en-gb"' in client.get(orders).text
    assert "24 Nov" in client.get(orders).text
    assert choose(client, "en-us").status_code == 302
    assert 'lang="en-us"' in client.get(orders).text
    assert "Nov 24" in client.get(orders).text
    assert 'lang="en-gb"' in Client().get("/sign-in/").text
    assert get_language() == "en-gb"


def test_a_language_that_there_is_not_is_refused_and_none_leaves_the_one_chosen(sign_in):
    client = sign_in()
    choose(client, "en-us")
    answer = choose(client, "tlh")
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["language"])
    assert choose(client, "").status_code == 302
    assert [user.language.value for user in User.objects.all()] == ["en-us"]


@pytest.mark.parametrize(
    "source",
    [
        '{% translate "Authorise" %}',
        '{% state _("Authorise") %}',
        "{% blocktranslate %}Authorise{% endblocktranslate %}",
    ],
)
def test_a_sentence_is_in_the_language_of_each_page(source):
    page = engines["django"].from_string("{% load wharfinger %}" + source)
    said = []
    for language in ("en-gb", "en-us", "en-gb"):
        with override(language):
            said.append(page.render())
    assert ["Authorise" in text for text in said] == [True, False, True]
    assert ["Authorize" in text for text in said] == [False, True, False]


def _said(function):
    said = []
    for language in ("en-gb", "en-us", "en-gb"):
        with override(language):
            said.append(function())
    return said


REFUSED = Refused("Ask an administrator: the running shop creates channels and authorises them.")


@pytest.mark.parametrize(
    ("function", "british", "american"),
    [
        (lambda: SalesOrderState.CANCELLED.label, "Cancelled", "Canceled"),
        (lambda: state(SalesOrderState.CANCELLED), ">Cancelled<", ">Canceled<"),
        (lambda: str(ProblemFilterForm(QueryDict(), channels=())["kind"]), "Authorisation lost", "Authorization lost"),
        (lambda: str(SalesOrderFilterForm(QueryDict(), channels=())["state"]), "Cancelled", "Canceled"),
        (lambda: ImportState.SKIPPED.msgid + SalesOrderState.CANCELLED.msgid, "SkippedCancelled", "SkippedCancelled"),
        (lambda: message_of(REFUSED), "authorises", "authorizes"),
        (lambda: message_of(Refused("Of 3 authorised ones.")), "authorised", "authorised"),
        (
            lambda: message_of(Refused("%(account)s is not authorised yet: press Authorise first.", account="100 %")),
            "100 % is not authorised yet",
            "100 % is not authorized yet",
        ),
        (
            lambda: message_of(Refused("“%(row)s”: %(used)s", row="authorised", used=N_("Cancelled"))),
            "“authorised”: Cancelled",
            "“authorised”: Canceled",
        ),
        (lambda: f"[{message_of(Refused(''))}]", "[]", "[]"),
    ],
)
def test_what_python_says_is_in_the_language_of_who_reads_it(function, british, american):
    said = _said(function)
    assert [british in said[0], american in said[1], said[2] == said[0]] == [True, True, True]


def test_a_label_finds_its_member_in_the_readers_language_and_in_english():
    with override("en-us"):
        assert SalesOrderState.named("canceled") is SalesOrderState.named("Cancelled") is SalesOrderState.CANCELLED
