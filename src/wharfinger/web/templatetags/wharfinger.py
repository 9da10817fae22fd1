"""Template tags of the pages: money, quantities, times, states, icons, query strings.

`{% load wharfinger %}`. Money, numbers and times are written by `formats`, for the reader; states always with their
text and never by colour alone.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from django import forms, template
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext

from wharfinger.db.models import User
from wharfinger.db.queries.installation.alerts import AlertRow
from wharfinger.db.queries.installation.problems import ProblemRow
from wharfinger.domain.installation.people import Right
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.remedies import closed_by_word
from wharfinger.domain.labels import Labelled
from wharfinger.domain.orders.programs import NAMES
from wharfinger.domain.shipping.offers import name_of_benefit, names_of_reasons
from wharfinger.domain.stock.pictures import is_shown
from wharfinger.domain.vat_facts import Reason
from wharfinger.web.formats import (
    Style,
    written_change,
    written_date,
    written_moment,
    written_money,
    written_number,
    written_percent,
)
from wharfinger.web.problem_pages import page_of_alert, page_of_problem, problems_fixed_here
from wharfinger.web.rights import may_open
from wharfinger.web.tones import TONES, tone_of

register = template.Library()

NOTHING = format_html('<span class="faint">{}<span class="unseen">{}</span></span>', "–", "none")


def _text(value: object) -> str:
    if isinstance(value, Labelled):
        return value.label
    return str(value.value if isinstance(value, Enum) else value)


@register.filter
def amazon_word(word: str) -> str:
    """What a word of Amazon's (a programme, a constraint) is called; one that is not known stays as it is."""
    return gettext(NAMES[word]) if word in NAMES else word


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """One icon of img/icons.svg. Hidden from screen readers unless it has a label of its own."""
    address = f"{static('wharfinger/img/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon {}" role="img" aria-label="{}"><use href="{}"></use></svg>', css, label, address
        )
    return format_html('<svg class="icon {}" aria-hidden="true"><use href="{}"></use></svg>', css, address)


FLAGS = frozenset(
    {
        "GB", "DE", "FR", "IT", "ES", "NL", "SE", "PL", "BE", "IE", "TR", "ZA", "EG", "SA", "AE", "IN", "US", "CA",
        "MX", "BR", "JP", "AU", "SG",
    }
)  # fmt: skip
"""The symbols of img/flags.svg: emoji flags are shown as two letters on Windows."""


@register.simple_tag
def flag(country: str) -> SafeString:
    """The flag of a marketplace's country beside its name; one that is not drawn shows its code."""
    if country in FLAGS:
        address = f"{static('wharfinger/img/flags.svg')}#{country}"
        return format_html('<svg class="flag" aria-hidden="true"><use href="{}"></use></svg>', address)
    return format_html('<span class="flag flag-code" aria-hidden="true">{}</span>', country)


@register.simple_tag
def money(amount: Decimal | None, currency: str = "") -> str:
    """A Decimal with its currency. None is a dash: Amazon said nothing, which is not zero."""
    if amount is None:
        return NOTHING
    return written_money(Decimal(amount), currency)


@register.filter
def quantity(value: int | None) -> str:
    """Units with thousands apart and a true minus sign; None is a dash (unknown is not zero)."""
    if value is None:
        return NOTHING
    return written_number(value)


@register.filter
def percent(rate: Decimal | None) -> str:
    """A rate; None is a dash."""
    return NOTHING if rate is None else written_percent(rate)


@register.filter
def reason(why: Reason) -> str:
    """Why VAT is treated so, in the reader's language."""
    return why.said(gettext)


@register.filter
def protection(code: str) -> str:
    """One that comes with a label."""
    return gettext("with %(protection)s") % {"protection": gettext(name_of_benefit(code))}


@register.filter
def no_protection(code: str, reasons: Sequence[str]) -> str:
    """One that does not, and why."""
    name = gettext(name_of_benefit(code))
    if not reasons:
        return gettext("without %(protection)s") % {"protection": name}
    why = ", ".join(gettext(one) for one in names_of_reasons(reasons))
    return gettext("without %(protection)s (%(why)s)") % {"protection": name, "why": why}


@register.filter
def signed(value: int | None) -> str:
    """A movement's quantity: +5 or −3."""
    if value is None:
        return NOTHING
    return written_change(value)


def _machine(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds")


@register.filter
def moment(value: datetime | date | None, style: Style = "full") -> str:
    """A time in the reader's zone as <time>; the styles are those of `formats`."""
    if value is None:
        return NOTHING
    if not isinstance(value, datetime):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), written_date(value))
    local = localtime(value)
    title = f"{written_moment(local, 'exact')} ({local.tzname()})"
    return format_html('<time datetime="{}" title="{}">{}</time>', _machine(value), title, written_moment(local, style))


@register.filter
def plain_moment(value: datetime | date, style: Style = "full") -> str:
    """The same where no element may stand: in a title, in a drawing."""
    return written_moment(localtime(value), style) if isinstance(value, datetime) else written_date(value, style)


@register.filter
def from_iso(text: str | None) -> datetime | None:
    """A moment that is kept in JSON."""
    return datetime.fromisoformat(text) if text else None


@register.simple_tag
def zoned(value: datetime | None, zone: str, style: Style = "short") -> str:
    """A deadline at Amazon in the marketplace's zone, the reader's time beside it where his clock shows another."""
    if value is None:
        return NOTHING
    there, here = value.astimezone(ZoneInfo(zone)), localtime(value)
    if there.replace(tzinfo=None) == here.replace(tzinfo=None):
        return moment(value, style)
    written = f"{written_moment(there, style)} {_zone_name(there)}"
    mine: Style = "short" if style == "time" and there.date() != here.date() else style
    return format_html(
        '<time datetime="{}" title="{} ({})">{}</time> <span class="under">{}</span>',
        _machine(value),
        written_moment(there, "exact"),
        zone,
        written,
        gettext("%(time)s your time") % {"time": written_moment(here, mine)},
    )


def _zone_name(there: datetime) -> str:
    """PST, CET; UTC+04 where the zone has no letters."""
    name = there.tzname() or ""
    return name if name.isalpha() else f"UTC{name}"


def written_age(seconds: int) -> str:
    """`3 min ago`, `in 2 h`: the largest unit only."""
    size = abs(seconds)
    if size < 10:
        return "now"
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        if size >= length:
            text = f"{size // length} {unit}"
            return f"{text} ago" if seconds >= 0 else f"in {text}"
    return "now"


@register.simple_tag(takes_context=True)
def age(context: Context, value: datetime | None) -> str:
    """How long ago (or until) by the trade clock of the page, `shell.now`."""
    if value is None:
        return NOTHING
    local = localtime(value)
    title = f"{written_moment(local, 'exact')} ({local.tzname()})"
    shell = context.get("shell")
    now = getattr(shell, "now", None) if not isinstance(shell, dict) else shell.get("now")
    text = written_age(int((now - value).total_seconds())) if now else written_moment(local, "short")
    return format_html('<time datetime="{}" title="{}">{}</time>', _machine(value), title, text)


@register.filter
def epoch_ms(value: datetime) -> int:
    """Milliseconds since 1970, for the page's clock."""
    return int(value.timestamp()) * 1000


@register.simple_tag
def state(value: object, tone: str = "", label: str = "") -> SafeString:
    """A state as a pill with its label, in the colour of its code. A page's own word is quiet without a tone."""
    if value is None or _text(value) == "":
        return NOTHING
    if tone and tone not in TONES:
        raise template.TemplateSyntaxError(f"state: tone {tone!r} is none of {', '.join(sorted(TONES))}")
    own = tone_of(value) if isinstance(value, Labelled) else "quiet"
    return format_html('<span class="pill pill-{}">{}</span>', tone or own, label or _text(value))


@register.simple_tag
def picture(link: str, size: int = 40) -> SafeString:
    """A product's picture, from where pages may show pictures; an empty square where there is none."""
    if not is_shown(link, settings.PICTURE_ORIGINS):
        return mark_safe('<span class="picture" aria-hidden="true"></span>')
    return format_html(
        '<img class="picture" src="{}" width="{}" height="{}" alt="" loading="lazy" decoding="async"'
        ' referrerpolicy="no-referrer">',
        link,
        size,
        size,
    )


@register.simple_tag
def chip(text: object, what: str = "") -> SafeString:
    """A code or number that people copy, with its button. `what` names it: `Copy order number`."""
    label = gettext("Copy %(what)s") % {"what": what} if what else gettext("Copy this")
    if text is None or _text(text) == "":
        return NOTHING
    return format_html(
        '<span class="chip"><span>{}</span><button type="button" class="chip-copy" data-copy="{}" title="{}">'
        '{}<span class="unseen">{}</span><span class="unseen" role="status" data-copy-said="{}"></span>'
        "</button></span>",
        _text(text),
        _text(text),
        label,
        icon("copy"),
        label,
        gettext("Copied"),
    )


def _query_of(context: Context) -> QueryDict:
    request = context.get("request")
    return request.GET.copy() if request is not None else QueryDict(mutable=True)


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """The page's query string with changes: `{% query page=2 %}`; None or "" takes a key away."""
    kept = _query_of(context)
    for key, value in changes.items():
        if value is None or value == "":
            kept.pop(key, None)
        else:
            kept[key] = _text(value)
    return f"?{kept.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_heading(context: Context, key: str, title: str, css: str = "") -> SafeString:
    """A whole <th> that sorts by `key`: ?sort=key, ?sort=-key. Goes back to the first page."""
    now = _query_of(context).get("sort", "")
    following = f"-{key}" if now == key else key
    address = query(context, sort=following, page=None, at=None, seen=None)
    direction = {key: "ascending", f"-{key}": "descending"}.get(now, "")
    arrow = icon("up" if direction == "ascending" else "down") if direction else ""
    said = format_html(' aria-sort="{}"', direction) if direction else ""
    return format_html('<th scope="col" class="{}"{}><a href="{}">{} {}</a></th>', css, said, address, title, arrow)


@register.inclusion_tag("wharfinger/parts/kept_query.html", takes_context=True)
def keep_query(context: Context, *dropped: str) -> dict[str, list[tuple[str, str]]]:
    """Hidden inputs that keep the query string in a GET form, but for the named keys and the page."""
    left_out = {*dropped, "page"}
    pairs = [(key, value) for key, values in _query_of(context).lists() for value in values if key not in left_out]
    return {"pairs": pairs}


def _label_of(choices: Iterable[Any], value: str) -> str:
    for key, label in choices:
        if isinstance(label, (list, tuple)):
            found = _label_of(label, value)
            if found:
                return found
        elif str(key) == value:
            return str(label)
    return ""


@register.filter
def shown(field: forms.BoundField) -> str:
    """What a form field holds, as text for a screen that is read only."""
    return written_value(field.field, field.value())


def written_value(field: forms.Field, value: Any) -> str:
    """A value of a form's field in the words of the page."""
    if isinstance(field, forms.BooleanField):
        return gettext("Yes") if value else gettext("No")
    choices = getattr(field, "choices", None)
    if choices is not None:
        wanted = value if isinstance(value, (list, tuple)) else [value]
        labels = (_label_of(choices, _text(one)) or _text(one) for one in wanted if one not in (None, ""))
        return ", ".join(labels)
    if isinstance(field, forms.DateField) and isinstance(value, str):
        try:
            value = field.to_python(value)
        except ValidationError:
            return str(value)  # as it was typed: the field's own error says what is wrong
    if isinstance(value, datetime):
        return written_moment(localtime(value), "full")
    if isinstance(value, date):
        return written_date(value)
    return "" if value is None else _text(value)


@register.filter
def is_tick(field: forms.BoundField) -> bool:
    """Whether the field is one check box."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.inclusion_tag("wharfinger/problems/here.html", takes_context=True)
def problems_here(context: Context) -> dict[str, Any]:
    """The open problems that are fixed on this page, with their remedies."""
    request = context["request"]
    if not isinstance(request.user, User):
        return {"problems": ()}
    return {
        "problems": problems_fixed_here(request),
        "may_fix": request.user.may(Right.FIX_PROBLEMS),
        "here": request.get_full_path(),
        "request": request,
    }


@register.simple_tag(takes_context=True)
def url_if_may(context: Context, name: str, *args: object) -> str:
    """The address of a page of ours; nothing where it would turn the reader's role away."""
    return page_if_may(context, reverse(name, args=args))


@register.simple_tag(takes_context=True)
def fixed_where(context: Context, row: ProblemRow | AlertRow) -> str:
    """The address of the page where a problem or an alert is fixed; nothing where it turns the reader away."""
    return page_if_may(context, page_of_problem(row) if isinstance(row, ProblemRow) else page_of_alert(row))


def page_if_may(context: Context, address: str) -> str:
    user = context["request"].user
    return address if isinstance(user, User) and may_open(user, address) else ""


@register.filter
def may_be_marked_done(kind: str) -> bool:
    """Whether a person's word closes a problem of this kind."""
    return closed_by_word(ProblemKind(kind))


@register.filter
def initials(name: str) -> str:
    """AB for Anna Becker."""
    words = name.replace(".", " ").split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


_AUDITED_PAGES = {
    "Channel": "channel", "Site": "site", "StockItem": "stock-item", "SalesOrder": "sales-order", "User": "user",
}  # fmt: skip


def noun_in_words(noun: str) -> str:
    """SellerAccount, as the audit log keeps it, in the words of the page: Seller account."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in noun).strip()
    return words[:1].upper() + words[1:]


@register.simple_tag
def audited(noun: str, noun_id: str, name: str, there: bool) -> str:
    """What an entry of the audit log is about, with a link where it still has a page."""
    title = f"{noun_in_words(noun)} {name or noun_id}"
    page = _AUDITED_PAGES.get(noun)
    if page is None or not there or not noun_id.isdigit():
        return title
    return format_html('<a href="{}">{}</a>', reverse(page, args=[int(noun_id)]), title)
