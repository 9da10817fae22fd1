"""The whole world as one file, given and taken."""

from typing import TYPE_CHECKING

from amazon_simulator.clock import iso
from amazon_simulator.http import Request, Response, answer_json
from amazon_simulator.saved import load, save

if TYPE_CHECKING:
    from amazon_simulator.simulator import Simulator


def give_world(simulator: "Simulator") -> Response:
    name = f"amazon-{iso(simulator.clock.seconds())[:19].replace(':', '-')}.jsonl"
    headers = {"content-type": "application/x-ndjson", "content-disposition": f'attachment; filename="{name}"'}
    return Response(200, save(simulator), headers)


def take_world(simulator: "Simulator", request: Request) -> Response:
    """The body is the file; tokens, books, limits, faults and traffic are those of the file from now on."""
    try:
        head = load(simulator, request.body)
    except ValueError as fault:
        return answer_json({"error": f"the body: {fault}"}, 400)
    return answer_json({"savedAt": iso(head.now), "now": iso(simulator.clock.seconds()), "seed": head.seed})
