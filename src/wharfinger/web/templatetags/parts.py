"""Template tags of repeated shapes: parts with slots, and the small ones that take a value or two.

`{% load parts %}`. `{% part "notice" tone="warn" title="Not confirmed" %}…{% endpart %}` renders
`wharfinger/parts/notice.html` with what stands between as `body`; `{% slot "actions" %}…{% endslot %}` in it fills
a name of its own. A slot of white space only is empty, so that a part can leave its frame out. A part sees what it is
given, and nothing of the page round it.
"""

from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_FILLED = "slots of the parts that are being filled"


class _Part(Node):
    def __init__(self, name: str, words: dict[str, FilterExpression], nodelist: NodeList) -> None:
        self.name = name
        self.words = words
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        frame: Any = context.render_context  # the stubs know only what Django keeps in it
        open_parts: list[dict[str, str]] = frame.setdefault(_FILLED, [])
        open_parts.append({})
        body = self.nodelist.render(context)
        filled = {**open_parts.pop(), "body": body}
        words: dict[str, Any] = {name: value.resolve(context) for name, value in self.words.items()}
        for name, text in filled.items():
            # What a template rendered is escaped already.
            words[name] = mark_safe(text.strip()) or words.get(name, "")
        assert context.template is not None
        part = context.template.engine.get_template(f"wharfinger/parts/{self.name}.html")
        return part.render(context.new(words))


class _Slot(Node):
    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        context.render_context[_FILLED][-1][self.name] = self.nodelist.render(context)
        return ""


def _name(token: Token, word: str) -> str:
    if len(word) < 3 or word[0] != '"' or word[-1] != '"':
        raise template.TemplateSyntaxError(f"{token.contents}: the name stands in double quotes")
    return word[1:-1]


@register.tag
def part(parser: Parser, token: Token) -> _Part:
    """{% part "name" word=value … %}body and slots{% endpart %}"""
    _, name, *bits = token.split_contents()
    words = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError(f"{token.contents}: words of a part are given as name=value")
    nodelist = parser.parse(("endpart",))
    parser.delete_first_token()
    return _Part(_name(token, name), words, nodelist)


@register.tag
def slot(parser: Parser, token: Token) -> _Slot:
    """{% slot "name" %}…{% endslot %}, within a part."""
    _, name = token.split_contents()
    nodelist = parser.parse(("endslot",))
    parser.delete_first_token()
    return _Slot(_name(token, name), nodelist)


@register.simple_tag
def crumb(title: object, page: str, *args: object) -> SafeString:
    """One step of the way to a page: {% crumb channel.name "channel" channel.id %}."""
    return format_html('<li><a href="{}">{}</a></li>', reverse(page, args=args), title)


@register.simple_tag
def fact(label: str, value: object) -> SafeString:
    """A line of a facts list."""
    return format_html("<dt>{}</dt><dd>{}</dd>", label, value)


@register.simple_tag
def known_fact(label: str, value: object) -> SafeString:
    """A line of a facts list, left out where there is no value."""
    return fact(label, value) if value else mark_safe("")


@register.simple_tag
def pick(row_id: int, name: object, form: str = "") -> SafeString:
    """The box of a list's row that is picked for what the list can do; it stays ticked when the list renews itself."""
    return format_html(
        '<input type="checkbox" id="pick-{}" hx-preserve="true" data-select name="ids" value="{}"{}'
        ' aria-label="Select {}">',
        row_id,
        row_id,
        format_html(' form="{}"', form) if form else "",
        name,
    )


@register.simple_tag
def card_head(title: object, note: object = "") -> SafeString:
    """The head of a card that holds its title and a note; with more in it: {% part "card_head" %}."""
    said = format_html('<span class="card-note">{}</span>', note) if note else ""
    return format_html('<div class="card-head"><h2>{}</h2>{}</div>', title, said)


@register.simple_block_tag(name="words")
def long_text(content: str) -> SafeString:
    """A text too long for a tag's line: {% words as lead %}…{% endwords %}, then `lead` is it."""
    return mark_safe(content.strip())
