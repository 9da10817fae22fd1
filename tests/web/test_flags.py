"""Flags are drawn: emoji flags are two letters on Windows."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from wharfinger.domain.marketplaces import MARKETPLACES
from wharfinger.web.templatetags.wharfinger import FLAGS, flag

WEB = Path(__file__).parents[2] / "src/wharfinger"


def test_every_marketplaces_country_has_a_flag_in_the_drawing():
    drawn = set(re.findall(r'<symbol id="(\w+)"', Path(finders.find("wharfinger/img/flags.svg")).read_text()))
    assert {facts.country for facts in MARKETPLACES} <= drawn == FLAGS


def test_a_country_that_is_not_drawn_shows_its_code():
    assert flag("XK") == '<span class="flag flag-code" aria-hidden="true">XK</span>'
    assert flag("GB").startswith('<svg class="flag"')


@pytest.mark.django_db
def test_no_page_writes_a_flag_as_emoji(sign_in):
    page = sign_in().get("/settings/marketplaces/").text
    assert (page.count('<svg class="flag"') >= 20, re.search("[\U0001f1e6-\U0001f1ff]", page)) == (True, None)


def test_no_source_of_the_pages_holds_an_emoji_flag():
    files = [path for path in WEB.rglob("*") if path.suffix in {".py", ".html", ".js", ".css"}]
    assert not [path for path in files if re.search("[\U0001f1e6-\U0001f1ff]", path.read_text(encoding="utf-8"))]
