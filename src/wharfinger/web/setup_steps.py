"""The steps of New Channel, before and after Save Channel, and how far one has come."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from wharfinger.db.queries.channels.channel_facts import ChannelPage
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.sentences import N_

BEFORE = ("type", "checks", "general", "specific", "options", "save")
AFTER = ("authorise", "more", "first-import", "done")
TITLES = {
    "type": N_("Type"),
    "checks": N_("Checks"),
    "general": N_("General"),
    "specific": N_("Channel Specific"),
    "options": N_("(Global)"),
    "save": N_("Save"),
    "authorise": N_("Authorise"),
    "more": N_("More channels"),
    "first-import": N_("First import"),
    "done": N_("Done"),
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


def _steps(current: str, links: Mapping[str, str], done: Collection[str]) -> list[Step]:
    return [
        Step(gettext(TITLES[name]), links.get(name, ""), name in done and name != current, name == current)
        for name in (*BEFORE, *AFTER)
    ]


def steps_before(current: str, key: str, reached: Collection[str], passed: Collection[str]) -> list[Step]:
    """While the channel is a draft: steps that were reached can be gone back to, those that were taken bear a tick."""
    links = {name: reverse("channel-draft", args=[key, name]) for name in reached} if key else {}
    return _steps(current, {**links, "type": reverse("channel-new")}, {*passed, "type"} if key else ())


def steps_after(current: str, channel: ChannelPage) -> list[Step]:
    """Once the channel is made: what was before is its Setup tab now. A step bears a tick when it has happened."""
    links = {name: reverse(f"channel-set-up-{name}", args=[channel.id]) for name in AFTER}
    linked = channel.link == LinkState.LINKED
    happened = {
        "authorise": linked,
        "more": bool(channel.shared_with),
        "first-import": linked and not channel.dont_import_orders,
    }
    return _steps(current, links, {*BEFORE, *(name for name, so in happened.items() if so)})


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
