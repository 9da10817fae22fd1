"""Scenarios by name."""

from typing import TYPE_CHECKING, Any

from amazon_simulator.control.accounts import seller_of
from amazon_simulator.http import Response, answer_json
from amazon_simulator.scenarios import STORIES, tell
from amazon_simulator.told import Told
from amazon_simulator.world import NotPossible

if TYPE_CHECKING:
    from amazon_simulator.simulator import Simulator


def scenarios_json() -> dict[str, Any]:
    return {"scenarios": {name: story.words for name, story in STORIES.items()}}


def tell_story(simulator: "Simulator", name: str, told: Told, now: float) -> Response:
    """The first seller unless told which."""
    if name not in STORIES:
        raise NotPossible(f"{name[:60]}: no such scenario; choose one of {', '.join(STORIES)}")
    first = next(iter(simulator.world.sellers))
    seller = seller_of(simulator, Told({"sellerId": first, **told.members}))
    return answer_json(tell(simulator, name, seller, now), 201)
