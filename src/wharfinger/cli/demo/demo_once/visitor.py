"""A visitor of web pages without a browser: follows links, fills in forms as they stand, keeps cookies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx2

Fields = Mapping[str, str | Sequence[str] | None]


class PageSurprise(Exception):
    """A page is not what its visitor expected; says which and what it holds."""


@dataclass
class Form:
    """A form as it stands on the page: what a browser would send if nothing were changed."""

    action: str = ""
    method: str = "get"
    fields: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[tuple[str, str]] = field(default_factory=list)
    """Tick-boxes that are not ticked."""
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, value and words of the buttons that send a value."""
    elsewhere: list[str] = field(default_factory=list)
    """Addresses of buttons that send the form to another one than its own."""

    def button(self, words: str) -> dict[str, str]:
        """What the button with these words sends; empty when it sends nothing of its own."""
        return next(({name: value} for name, value, text in self.buttons if words in (text, value)), {})

    def filled(self, changes: Fields) -> list[tuple[str, str]]:
        """The fields to send; None removes one (an unticked box), a list sends several."""
        kept = [(name, value) for name, value in self.fields if name not in changes]
        for name, value in changes.items():
            if isinstance(value, str):
                kept.append((name, value))
            elif value is not None:
                kept.extend((name, each) for each in value)
        return kept


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.text: list[str] = []
        self._by_id: dict[str, Form] = {}
        self._form: Form | None = None
        self._select: tuple[Form, str] | None = None
        self._options: list[tuple[str, bool]] = []
        self._textarea: tuple[Form, str, list[str]] | None = None
        self._link: list[str] | None = None
        self._button: tuple[Form, str, str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        match tag:
            case "form":
                self._form = Form(attributes.get("action", ""), attributes.get("method", "get").lower())
                self.forms.append(self._form)
                if "id" in attributes:
                    self._by_id[attributes["id"]] = self._form
            case "a":
                self._link = []
                self.links.append((attributes.get("href", ""), ""))
            case "input" | "button" | "select" | "textarea" | "option":
                self._field(tag, attributes, {name for name, _ in attrs})
            case _:
                pass  # no part of a form, and no link

    def _field(self, tag: str, attributes: dict[str, str], names: set[str]) -> None:
        if tag == "option":
            self._options.append((attributes.get("value", ""), "selected" in names))
            return
        form = self._by_id.get(attributes.get("form", "")) or self._form
        name = attributes.get("name", "")
        if form is not None and "formaction" in attributes:
            form.elsewhere.append(attributes["formaction"])
        if form is None or not name or "disabled" in names:
            return
        if tag == "select":
            self._select, self._options = (form, name), []
        elif tag == "textarea":
            self._textarea = (form, name, [])
        elif tag == "button":
            self._button = (form, name, attributes.get("value", ""), [])
        elif attributes.get("type") in ("submit", "image"):
            form.buttons.append((name, attributes.get("value", ""), attributes.get("value", "")))
        elif attributes.get("type") == "checkbox" and "checked" not in names:
            form.boxes.append((name, attributes.get("value", "on")))
        elif attributes.get("type") not in ("checkbox", "radio") or "checked" in names:
            form.fields.append((name, attributes.get("value", "on" if attributes.get("type") == "checkbox" else "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "a" and self._link is not None:
            self.links[-1] = (self.links[-1][0], " ".join("".join(self._link).split()))
            self._link = None
        elif tag == "select" and self._select is not None:
            form, name = self._select
            chosen = [value for value, selected in self._options if selected] or [v for v, _ in self._options[:1]]
            form.fields.extend((name, value) for value in chosen)
            self._select = None
        elif tag == "button" and self._button is not None:
            form, name, value, words = self._button
            form.buttons.append((name, value, " ".join("".join(words).split())))
            self._button = None
        elif tag == "textarea" and self._textarea is not None:
            form, name, parts = self._textarea
            form.fields.append((name, "".join(parts).removeprefix("\n")))  # as browsers do
            self._textarea = None

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._link is not None:
            self._link.append(data)
        if self._button is not None:
            self._button[3].append(data)
        if self._textarea is not None:
            self._textarea[2].append(data)


@dataclass(frozen=True)
class Page:
    """A page that was answered: its address, status, text, links and forms."""

    url: str
    status: int
    html: str
    text: str
    links: tuple[tuple[str, str], ...]
    forms: tuple[Form, ...]

    def form(self, ending: str) -> Form:
        """The form whose action, or whose button's, ends so (an empty ending: the first form that posts)."""
        for form in self.forms:
            for action in (form.action, *form.elsewhere) if form.method == "post" else ():
                if urljoin(self.url, action).split("?")[0].endswith(ending):
                    return replace(form, action=action)
        raise PageSurprise(f"{self.url} has no form for “{ending}”: {self.said()}")

    def link(self, wanted: str) -> str:
        """The address of the link whose text or address contains the words."""
        for href, text in self.links:
            if wanted in text or wanted in href:
                return urljoin(self.url, href)
        raise PageSurprise(f"{self.url} has no link “{wanted}”: {self.said()}")

    def said(self) -> str:
        return " ".join(self.text.split())[:600]


class Visitor:
    """One person's browser: cookies, redirects, forms."""

    def __init__(self, base: str) -> None:
        self._http = httpx2.Client(base_url=base, follow_redirects=True, timeout=30, trust_env=False)

    def open(self, address: str) -> Page:
        return _page(self._http.get(address))

    def send(self, page: Page, ending: str, changes: Fields) -> Page:
        """Fill in the page's form and press its button; redirects are followed."""
        form = page.form(ending)
        answer = self._http.post(
            urljoin(page.url, form.action),
            data=_grouped(form.filled(changes)),
            headers={"Referer": page.url, "Origin": _origin(page.url)},
        )
        return _page(answer)

    def forget(self, cookie: str) -> None:
        """As if signed out where this cookie was given."""
        if cookie in self._http.cookies:
            self._http.cookies.delete(cookie)

    def close(self) -> None:
        self._http.close()


def _grouped(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in fields:
        grouped.setdefault(name, []).append(value)
    return grouped


def _origin(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])


def _page(answer: httpx2.Response) -> Page:
    reader = _Reader()
    if "html" in answer.headers.get("content-type", ""):
        reader.feed(answer.text)
    page = Page(
        str(answer.url),
        answer.status_code,
        answer.text,
        "".join(reader.text),
        tuple(reader.links),
        tuple(reader.forms),
    )
    if answer.status_code >= 400:
        raise PageSurprise(f"{page.url} answered {page.status}: {page.said()}")
    return page
