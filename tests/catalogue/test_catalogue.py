"""The committed catalogues are those of the sources; `make messages` writes them."""

import ast
import re

import pytest
from tests.catalogue import make
from tests.catalogue.make import forms

TEMPLATE = make.read_template()
TRANSLATIONS = make.translations()


def test_every_sentence_of_the_sources_is_in_the_template_and_no_other():
    assert {message.id for message in make.template()} == {message.id for message in TEMPLATE}, "run make messages"


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.parents[1].name)
def test_a_language_has_the_sentences_of_the_template_and_runs_as_it_is_written(path):
    catalog = make.read(path)
    assert {message.id for message in catalog} == {message.id for message in TEMPLATE}, "run make messages"
    assert path.with_suffix(".mo").read_bytes() == make.compiled(catalog), "run make messages"


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.parents[1].name)
def test_a_translation_has_the_values_of_its_sentence(path):
    value = re.compile(r"%\((\w+)\)s")
    translated = [message for message in make.read(path) if message.id and any(message.string)]
    assert translated
    for message in translated:
        wanted = {name for form in forms(message.id) for name in value.findall(form)}
        assert {name for form in forms(message.string) for name in value.findall(form)} == wanted, message.id


def test_us_english_has_no_british_spelling():
    for message in make.read(make.LOCALE / "en_US/LC_MESSAGES/django.po"):
        for sentence, shown in zip(forms(message.id), forms(message.string), strict=True):
            assert make.american(shown or sentence) == (shown or sentence), (
                "translate it in the .po, or run make messages"
            )


def test_the_sentence_of_each_way_to_write_one_is_found():
    template = (
        '{% translate "One" %}{% card_head _("Two") note=_("Three") %}{{ name|default:_("Four") }}'
        "{% blocktranslate trimmed count number=rows|length with site=row.site %}\n  {{ number }} row\n"
        "  of {{ site }}{% plural %}\n  {{ number }} rows\n  of {{ site }}\n{% endblocktranslate %}"
    )
    assert list(make.of_template(template)) == [
        "One", "Two", "Three", "Four", ("%(number)s row of %(site)s", "%(number)s rows of %(site)s"),
    ]  # fmt: skip


def test_the_sentence_of_each_way_to_write_one_in_python_is_found():
    source = (
        'a = gettext("One ""whole") + module.gettext_lazy("Two")\nraise Refused("Three.", "field")\n'
        'b = {"c": N_("Four")}\nngettext("%(n)s row", "%(n)s rows", n)\ngettext(b["c"]), Refused(f"{b} not taken")\n'
        'class Kind(Labelled):\n    """Six."""\n\n    FIVE = "five", "Five"\n'
    )
    assert sorted(map(str, make.of_python(source))) == sorted(
        map(str, ["One whole", "Two", "Three.", "Four", ("%(n)s row", "%(n)s rows"), "Five"])
    )


def test_no_sentence_for_gettext_is_made_of_pieces():
    assert list(make.made_of_pieces('gettext(f"{a} rows")\ngettext("rows")')) == [1]
    paths = sorted(make.PACKAGE.rglob("*.py"))
    found = [(path.name, line) for path in paths for line in make.made_of_pieces(path.read_text(encoding="utf-8"))]
    assert found == []


def bare_sentences(source):
    """Lines of notices after an action and of labels and help texts of fields that no catalogue can have."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="messages")), args=[_, shown, *_]):
                shown_texts = [shown]
            case ast.Call(keywords=keywords):
                shown_texts = [each.value for each in keywords if each.arg in ("label", "help_text")]
            case _:
                continue
        for value in shown_texts:
            if isinstance(value, ast.JoinedStr) or (isinstance(value, ast.Constant) and value.value):
                yield value.lineno


def test_no_notice_and_no_label_of_a_field_stands_bare():
    source = (
        'messages.info(request, "Bare.")\nField(label=f"{a} bare")\nField(help_text=gettext_lazy("Fine."), label="")'
    )
    assert list(bare_sentences(source)) == [1, 2]
    paths = [path for room in ("forms", "views") for path in sorted((make.PACKAGE / "web" / room).rglob("*.py"))]
    found = [(path.name, line) for path in paths for line in bare_sentences(path.read_text(encoding="utf-8"))]
    assert (bool(paths), found) == (True, [])
