"""The browser of the tests of pages."""

from typing import Any

import django.test
from tests.html import in_one_line


class Client(django.test.Client):
    """Django's, which reads markup in one line: tests say what a page holds, not how its template is laid out."""

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        if not response.streaming and response.headers.get("Content-Type", "").startswith("text/html"):
            response.content = in_one_line(response.content.decode()).encode()
        return response


def text(answer: Any) -> str:
    """The page, in which no white space stands twice."""
    return " ".join(answer.content.decode().split())
