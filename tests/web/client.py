"""The browser of the tests of pages."""

from copy import copy
from typing import Any

import django.test
import django.test.client
from django.conf import settings
from django.test.utils import ContextList
from tests.html import in_one_line

from wharfinger.web.second_factor import PASSWORD_AT, PROVED


def _store_once(store: dict[str, Any], signal: Any, sender: Any, template: Any, context: Any, **_: Any) -> None:
    """Django's copies the context at each of the some forty templates of a page: a fifth of its time. Templates that
    another one includes or extends share its context, of which one copy says what the view gave."""
    store.setdefault("templates", []).append(template)
    store.setdefault("context", ContextList())
    shared = store.setdefault("shared", [])  # held, so that no other one takes the place of a context that is gone
    if not any(context is one for one in shared):
        shared.append(context)
        store["context"].append(copy(context))


django.test.client.store_rendered_templates = _store_once  # type: ignore[assignment]


class Client(django.test.Client):
    """Django's, which reads markup in one line: tests say what a page holds, not how its template is laid out."""

    def force_login(self, user: Any, backend: str | None = None, *, proved: bool = True) -> None:
        """`proved`: by a second factor too, as a live system wants it, and by a password typed just now."""
        super().force_login(user, backend)
        if proved:
            session = self.session
            session.update({PROVED: True, PASSWORD_AT: settings.CLOCK.machine_now().isoformat()})
            session.save()

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        if not response.streaming and response.headers.get("Content-Type", "").startswith("text/html"):
            response.content = in_one_line(response.content.decode()).encode()
        return response


def text(answer: Any) -> str:
    """The page, in which no white space stands twice."""
    return " ".join(answer.content.decode().split())
