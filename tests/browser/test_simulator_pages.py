"""The simulator's control page and shop: accessible, and no wider than the screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from amazon_simulator.testing import served

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]}


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (375, "dark")])
def test_the_pages_are_accessible_and_fit_the_screen(chromium, width, scheme):
    with served() as base:
        sheet = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        wrong = []
        sheet.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        sheet.goto(base)
        sheet.get_by_label("Orders per hour").fill("300")
        sheet.get_by_role("button", name="Start traffic").click()
        sheet.get_by_role("button", name="1 hour").click()
        sheet.get_by_role("button", name="outage").click()
        for path in ("/", "/shop"):
            sheet.goto(base + path)
            assert sheet.evaluate("document.documentElement.scrollWidth") <= width
            found = Axe().run(sheet, options=RULES).response["violations"]
            assert [(one["id"], [node["html"][:100] for node in one["nodes"]][:3]) for one in found] == []
        assert wrong == []
        sheet.close()
