"""How a page is made, whichever it is: one policy, one style sheet."""

from importlib import resources
from typing import Any

import jinja2

from amazon_simulator.core.clock import iso
from amazon_simulator.core.http import Response

_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("amazon_simulator", "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def page(name: str, status: int = 200, *, form_action: str = "'self'", **context: Any) -> Response:
    """A page with a strict policy; `form_action` lets the consent form lead back to the application."""
    policy = (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action {form_action}"
    )
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy,
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
    }
    return Response(status, _templates.get_template(name).render(**context).encode(), headers)


def not_found(text: str = "There is no such page.") -> Response:
    return page("message.html", 404, title="Not found", text=text)


def style_sheet() -> Response:
    css = (resources.files("amazon_simulator") / "static" / "simulator.css").read_bytes()
    return Response(200, css, {"content-type": "text/css; charset=utf-8", "cache-control": "max-age=60"})


def moment(seconds: float) -> str:
    """As a person reads it."""
    return iso(seconds)[:19].replace("T", " ") + " UTC"
