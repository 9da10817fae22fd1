"""Every state has a colour and a label; the colour follows from the code."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from wharfinger import web
from wharfinger.db.fields import EnumField
from wharfinger.domain.labels import Labelled
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.web.templatetags.wharfinger import state
from wharfinger.web.tones import TONES, tone_of


def enums() -> list[type[Labelled]]:
    columns = (field for model in apps.get_models() for field in model._meta.get_fields())
    found = {field.members for field in columns if isinstance(field, EnumField)}
    return sorted((each for each in found if issubclass(each, Labelled)), key=lambda each: each.__qualname__)


STATES = [each for each in enums() if each.__qualname__.endswith(("State", "Outcome"))]
"""Kinds have a code and a label as states have; nothing is good or bad about them."""


@pytest.mark.parametrize("enum", enums(), ids=lambda enum: enum.__qualname__)
def test_every_member_has_a_label_and_a_code_of_small_letters(enum):
    for member in enum:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", member.value), member
        assert member.label[:1].isupper() or member.label == "3PL", member
        assert enum.named(member.value) is enum.named(f" {member.label.upper()} ") is member


@pytest.mark.parametrize("enum", STATES, ids=lambda enum: enum.__qualname__)
def test_every_state_has_a_colour(enum):
    for member in enum:
        assert tone_of(member) in TONES, member
        assert f"pill-{tone_of(member)}" in state(member)
        assert f">{member.label}<" in state(member)


def test_a_word_of_a_page_is_quiet_without_a_tone():
    assert state("Failed") == '<span class="pill pill-quiet">Failed</span>'
    assert state("Failed", "bad") == '<span class="pill pill-bad">Failed</span>'


def test_no_template_compares_a_label():
    labels = {member.label for enum in enums() for member in enum} - set(Fulfilment)
    compared = re.compile(r"""[=!]= *["']([^"']+)["']""")
    templates = sorted((Path(web.__file__).parent / "templates").rglob("*.html"))
    found = [(path.name, text) for path in templates for text in compared.findall(path.read_text(encoding="utf-8"))]
    assert [each for each in found if each[1] in labels] == []
