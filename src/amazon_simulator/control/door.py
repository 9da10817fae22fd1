"""Which control call is which."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from amazon_simulator.control.accounts import accounts, participate, register, seller_of, suspend
from amazon_simulator.control.allowance import limits_json, set_limit
from amazon_simulator.control.books import books, order_of_books
from amazon_simulator.control.bustle import set_traffic, traffic_json
from amazon_simulator.control.goods import add_listing, move_stock, take_back
from amazon_simulator.control.hours import clock_json, set_clock
from amazon_simulator.control.keeping import give_world, take_world
from amazon_simulator.control.labels import labels_json
from amazon_simulator.control.listings import tell_issues
from amazon_simulator.control.newcomers import add_account, known_markets
from amazon_simulator.control.notices import notices_json
from amazon_simulator.control.orders import change, place
from amazon_simulator.control.others import let_others_call
from amazon_simulator.control.roles import roles_json, set_role
from amazon_simulator.control.stories import scenarios_json, tell_story
from amazon_simulator.control.trouble import faults_json, set_fault
from amazon_simulator.http import Request, Response, answer_json
from amazon_simulator.told import Told
from amazon_simulator.world import NotPossible, SoldOut

if TYPE_CHECKING:
    from amazon_simulator.simulator import Simulator


def answer(simulator: "Simulator", request: Request, parts: Sequence[str]) -> Response:
    """One control call; errors are {"error": a sentence that names the field and the cure}."""
    if list(parts) == ["world"] and request.method == "POST":
        return take_world(simulator, request)
    try:
        told = Told(request.json() if request.method == "POST" else {})
        return _answer(simulator, request, [request.method, *parts], told)
    except SoldOut as fault:
        return answer_json({"error": str(fault)}, 409)
    except (NotPossible, ValueError) as fault:
        return answer_json({"error": str(fault)}, 400)


def _answer(simulator: "Simulator", request: Request, call: list[str], told: Told) -> Response:
    world, now = simulator.world, simulator.clock.seconds()
    match call:
        case ["GET", "accounts"]:
            return answer_json(accounts(simulator))
        case ["GET", "books"]:
            return answer_json(books(simulator, request.params()))
        case ["GET", "clock"]:
            return answer_json(clock_json(simulator))
        case ["POST", "clock"]:
            return set_clock(simulator, told)
        case ["POST", "orders"]:
            return place(simulator, told, now)
        case ["POST", "orders", order_id, verb]:
            if order_id not in world.orders:
                return answer_json({"error": f"order {order_id}: not in the books; see GET /_simulator/books"}, 404)
            order = world.orders[order_id]
            change(simulator, order, verb, told, now)
            return answer_json(order_of_books(order))
        case ["POST", "fba", verb]:
            return move_stock(simulator, verb, told, now)
        case ["POST", "returns"]:
            return take_back(simulator, told, now)
        case ["POST", "listings"]:
            return answer_json(add_listing(simulator, told, now), 201)
        case ["POST", "listings", "issues"]:
            return answer_json(tell_issues(simulator, told, now))
        case ["POST", "authorisations", "revoke"]:
            return answer_json({"revoked": simulator.application.revoke(seller_of(simulator, told).id)})
        case ["POST", "application"]:
            return register(simulator, told)
        case ["POST", "accounts", seller_id, "suspend"]:
            return suspend(simulator, Told({**told.members, "sellerId": seller_id}))
        case ["POST", "accounts", seller_id, "participate"]:
            return participate(simulator, Told({**told.members, "sellerId": seller_id}))
        case ["GET", "labels"]:
            return answer_json({"labels": labels_json(simulator)})
        case ["GET", "notifications"]:
            return answer_json(notices_json(simulator, request.params()))
        case ["GET", "faults"]:
            return answer_json(faults_json(simulator))
        case ["POST", "faults"]:
            return set_fault(simulator, told)
        case ["GET", "world"]:
            return give_world(simulator)
        case ["GET", "scenarios"]:
            return answer_json(scenarios_json())
        case ["POST", "scenarios", name]:
            return tell_story(simulator, name, told, now)
        case ["GET", "marketplaces"]:
            return answer_json({"marketplaces": known_markets()})
        case ["POST", "accounts"]:
            return answer_json(add_account(simulator, told, now), 201)
        case ["GET", "limits"]:
            return answer_json(limits_json(simulator))
        case ["POST", "limits"]:
            return set_limit(simulator, told)
        case ["POST", "limits", "others"]:
            return let_others_call(simulator, told, now)
        case ["GET", "roles"]:
            return answer_json(roles_json(simulator))
        case ["POST", "roles"]:
            return set_role(simulator, told, now)
        case ["GET", "traffic"]:
            return answer_json(traffic_json(simulator))
        case ["POST", "traffic"]:
            return set_traffic(simulator, told, now)
        case _:
            return answer_json({"error": f"there is no {' '.join(call[:2])}…; see docs/simulator.md"}, 404)
