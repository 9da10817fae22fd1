"""The whole world as one file, given and taken."""

from amazon_simulator.core.clock import iso
from amazon_simulator.core.http import Request, Response, answer_json
from amazon_simulator.simulator import Simulator
from amazon_simulator.snapshot import load, save


def save_world(simulator: Simulator) -> Response:
    name = f"amazon-{iso(simulator.clock.seconds())[:19].replace(':', '-')}.jsonl"
    headers = {"content-type": "application/x-ndjson", "content-disposition": f'attachment; filename="{name}"'}
    return Response(200, save(simulator), headers)


def load_world(simulator: Simulator, request: Request) -> Response:
    """The body is the file; tokens, orders, limits, faults and traffic are those of the file from now on."""
    try:
        head = load(simulator, request.body)
    except ValueError as fault:
        return answer_json({"error": f"the body: {fault}"}, 400)
    return answer_json({"savedAt": iso(head.now), "now": iso(simulator.clock.seconds()), "seed": head.seed})
