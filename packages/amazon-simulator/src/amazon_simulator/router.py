"""The router of all requests: `answer(simulator, request)`."""

from amazon_simulator.access import login
from amazon_simulator.control import router as control
from amazon_simulator.core.http import Request, Response, answer_json
from amazon_simulator.core.journal import NotWritten
from amazon_simulator.pages import control_page, seller_central, shop
from amazon_simulator.pages.rendering import style_sheet
from amazon_simulator.representations.catalogue_items import picture
from amazon_simulator.simulator import Simulator
from amazon_simulator.sqs import router as queues

REGIONS = {"eu": "EU", "na": "NA", "fe": "FE"}


def answer(simulator: Simulator, request: Request) -> Response:
    """Answer one request; what it changed is in the journal before the answer goes out.

    While the disk takes nothing more nothing else is changed either, and every answer is 503. The change that met
    the full disk first is not acknowledged; it is written down when there is room, or lost whole in a restart.
    """
    try:
        simulator.write()
        simulator.turn()
        response = _route(simulator, request)
        simulator.keep()
        return response
    except NotWritten as fault:
        error = {"code": "ServiceUnavailable", "message": f"{fault}: make room on the disk."}
        return answer_json({"errors": [error]}, 503)


def _route(simulator: Simulator, request: Request) -> Response:
    parts, now = request.segments(), simulator.clock.seconds()
    match parts[0]:
        case _ if queues.is_for_queues(request, parts):
            return queues.answer(simulator.queues, request, now)
        case "auth" if parts[1:] == ["o2", "token"]:
            return login.give_token(simulator.application, request, now)
        case "_simulator" if request.method == "GET" and len(parts) == 1:
            return control_page.answer(simulator, request, [])
        case "_simulator":
            return control.answer(simulator, request, parts[1:])
        case "sellercentral":
            return seller_central.answer(simulator, request, parts[1:])
        case "documents":
            return simulator.documents.answer(request, parts[1:], now)
        case "" | "control":
            return control_page.answer(simulator, request, parts[1:])
        case "shop":
            return shop.answer(simulator, request, parts[1:])
        case "pictures" if len(parts) == 2:
            return picture(parts[1])
        case "static" if parts[1:] == ["simulator.css"]:
            return style_sheet()
        case "sandbox" if simulator.sandbox is not None and REGIONS.get("".join(parts[1:2])):
            return simulator.selling_api.play(simulator.sandbox, request, parts[2:], REGIONS[parts[1]])
        case "eu" | "na" | "fe":
            return simulator.selling_api.answer(request, parts[1:], REGIONS[parts[0]])
        case _:
            return simulator.selling_api.answer(request, parts, "")
