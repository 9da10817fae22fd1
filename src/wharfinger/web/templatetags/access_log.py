"""Template tags of the access log: `{% load access_log %}`."""

from django import template
from django.urls import reverse
from django.utils.html import format_html

from wharfinger.db.queries.installation.access_log import AccessRow
from wharfinger.domain.installation.access_log import Subject
from wharfinger.web.list_views.access_log import which_list

register = template.Library()

_PAGES = {Subject.SALES_ORDER: "sales-order", Subject.IMPORTED_ORDER: "imported-order", Subject.CUSTOMER: "customer"}


@register.simple_tag
def access_subject(row: AccessRow) -> str:
    """What an entry is about: the order or customer with a link, or which list."""
    if row.subject is None or row.subject_id is None:
        return which_list(row)
    if not row.about:
        return row.subject.label
    return format_html('<a href="{}">{}</a>', reverse(_PAGES[row.subject], args=[row.subject_id]), row.about)
