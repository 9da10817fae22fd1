"""The steps of New Channel, before and after Save Channel, and how far one has come."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

BEFORE = ("type", "checks", "general", "specific", "options", "save")
AFTER = ("authorise", "more", "first-import", "done")
TITLES = {
    "type": "Type",
    "checks": "Checks",
    "general": "General",
    "specific": "Channel Specific",
    "options": "(Global)",
    "save": "Save",
    "authorise": "Authorise",
    "more": "More channels",
    "first-import": "First import",
    "done": "Done",
}
SETTING_UP = "setting_up"
"""The session's channels whose set-up goes on."""


@dataclass(frozen=True, slots=True)
class Step:
    """`url` empty = not reached yet, or not to be gone back to."""

    title: str
    url: str
    done: bool
    current: bool


def _step(name: str, current: str, url: str) -> Step:
    order = [*BEFORE, *AFTER]
    return Step(TITLES[name], url, order.index(name) < order.index(current), name == current)


def steps_before(current: str, key: str, reached: Collection[str]) -> list[Step]:
    """While the channel is a draft: steps that were reached can be gone back to."""
    links = {name: reverse("channel-draft", args=[key, name]) for name in reached} | {"type": reverse("channel-new")}
    return [_step(name, current, links.get(name, "") if key or name == "type" else "") for name in (*BEFORE, *AFTER)]


def steps_after(current: str, channel_id: int) -> list[Step]:
    """Once the channel is made: what was before is its Setup tab now."""
    links = {name: reverse(f"channel-set-up-{name}", args=[channel_id]) for name in AFTER}
    return [_step(name, current, links.get(name, "")) for name in (*BEFORE, *AFTER)]


def place(steps: Sequence[Step]) -> tuple[int, int]:
    """The current step's number, and how many there are."""
    return next((n for n, step in enumerate(steps, start=1) if step.current), 1), len(steps)


def begin_set_up(request: HttpRequest, channel_id: int) -> None:
    kept = [each for each in request.session.get(SETTING_UP, []) if each != channel_id]
    request.session[SETTING_UP] = [*kept, channel_id][-20:]


def is_setting_up(request: HttpRequest, channel_id: int) -> bool:
    return channel_id in request.session.get(SETTING_UP, [])


def end_set_up(request: HttpRequest, channel_id: int) -> None:
    request.session[SETTING_UP] = [each for each in request.session.get(SETTING_UP, []) if each != channel_id]
