"""`{% translate "…" %}` of a sentence alone, quicker than Django's own: a page of a list has hundreds of them."""

from typing import Any

from django import template
from django.template.base import Node, Parser, Token
from django.template.context import Context
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils.translation import get_language, gettext

register = template.Library()

_LANGUAGE = "language of the sentences"


class _Sentence(Node):
    """Keeps what it says in each language: which one is active takes Django 2 µs to say, a sentence 3 µs more."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        self.said: dict[str, str] = {}

    def render(self, context: Context) -> str:
        frame: Any = context.render_context.dicts[-1]  # of one template, while it is rendered
        language: str | None = frame.get(_LANGUAGE)
        if language is None:
            language = frame[_LANGUAGE] = str(get_language())
        said = self.said.get(language)
        if said is None:
            said = self.said[language] = gettext(self.sentence)
        return said


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    """Django's own where there is more in it than a sentence: a variable, a filter, `as`, a context, a %."""
    node = do_translate(parser, token)
    sentence = getattr(node.filter_expression.var, "literal", None)
    if not isinstance(sentence, str) or "%" in sentence or not _is_bare(node):
        return node
    return _Sentence(sentence)


def _is_bare(node: TranslateNode) -> bool:
    return not (node.noop or node.asvar or node.message_context or node.filter_expression.filters)
