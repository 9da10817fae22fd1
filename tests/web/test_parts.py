"""Parts with slots, and the small tags of repeated shapes."""

import pytest
from django.template import Context, Template, TemplateSyntaxError
from tests.html import in_one_line


def rendered(text, **context):
    return in_one_line(Template("{% load parts %}" + text).render(Context(context))).strip()


def test_what_stands_between_is_the_body_and_slots_have_names_of_their_own():
    text = """
      {% part "form_actions" %}
        <a href="/">{{ label }}</a>
      {% endpart %}"""
    assert rendered(text, label="Back & on") == '<div class="form-actions"><a href="/">Back &amp; on</a></div>'
    text = """
      {% part "page_header" title=name %}
        {% if lost %}{% slot "beside" %}<b>lost</b>{% endslot %}{% endif %}
        {% slot "subtitle" %}Of {{ name }}{% endslot %}
      {% endpart %}"""
    assert rendered(text, name="<Shop>", lost=True) == (
        '<div class="page-header"><div class="page-heading"><div class="page-title">'
        "<h1>&lt;Shop&gt;</h1><b>lost</b></div>"
        '<p class="page-subtitle">Of &lt;Shop&gt;</p></div></div>'
    )


def test_a_slot_of_white_space_only_leaves_its_frame_out():
    text = """
      {% part "page_header" title="Stock" %}
        {% slot "actions" %}
          {% if may %}<a href="/">New</a>{% endif %}
        {% endslot %}
      {% endpart %}"""
    assert "page-actions" not in rendered(text, may=False)
    assert '<div class="page-actions"><a href="/">New</a></div>' in rendered(text, may=True)


def test_a_part_sees_nothing_of_the_page_round_it():
    assert rendered('{% part "card_head" %}<i></i>{% endpart %}', title="of the page") == (
        '<div class="card-head"><h2></h2><i></i></div>'
    )


def test_a_part_in_a_part_fills_its_own_slots():
    text = """
      {% part "page_header" title="Outer" %}
        {% slot "below" %}
          {% part "page_header" title="Inner" %}{% slot "subtitle" %}in{% endslot %}{% endpart %}
        {% endslot %}
      {% endpart %}"""
    assert rendered(text).count('<p class="page-subtitle">in</p>') == 1


@pytest.mark.parametrize("text", ["{% part name %}{% endpart %}", '{% part "notice" loud %}{% endpart %}'])
def test_a_part_is_named_in_quotes_and_its_words_too(text):
    with pytest.raises(TemplateSyntaxError):
        rendered(text)


def test_a_known_fact_without_a_value_is_left_out():
    text = '{% fact "Site" site %}{% known_fact "Replaces" order %}'
    assert rendered(text, site="<Main>", order="") == "<dt>Site</dt><dd>&lt;Main&gt;</dd>"
    assert rendered(text, site="Main", order="SO1") == "<dt>Site</dt><dd>Main</dd><dt>Replaces</dt><dd>SO1</dd>"


def test_a_crumb_leads_to_its_page():
    assert rendered('{% crumb name "channel" 7 %}', name="A & B") == '<li><a href="/channels/7/">A &amp; B</a></li>'


def test_long_words_are_kept_for_a_tag():
    assert rendered("{% words as lead %}\n  Link {{ it }}.\n{% endwords %}{{ lead }}", it="<it>") == "Link &lt;it&gt;."
