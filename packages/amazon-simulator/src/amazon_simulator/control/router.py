"""Which control call is which."""

from collections.abc import Sequence

from amazon_simulator.control.accounts import accounts, participate, register, seller_of, suspend
from amazon_simulator.control.clock_control import clock_json, set_clock
from amazon_simulator.control.create_account import create_account, known_markets
from amazon_simulator.control.fault_control import faults_json, set_fault
from amazon_simulator.control.labels import labels_json
from amazon_simulator.control.listings import add_listing, set_issues
from amazon_simulator.control.notifications import notifications_json
from amazon_simulator.control.orders import change, place
from amazon_simulator.control.other_applications import set_other_applications
from amazon_simulator.control.rate_limits import limits_json, set_limit
from amazon_simulator.control.request_parsing import Body
from amazon_simulator.control.roles import roles_json, set_role
from amazon_simulator.control.scenarios import scenarios_json, start_scenario
from amazon_simulator.control.snapshot import load_world, save_world
from amazon_simulator.control.state_report import books, order_json
from amazon_simulator.control.traffic_settings import set_traffic, traffic_json
from amazon_simulator.control.warehouse import move_stock, take_back
from amazon_simulator.core.http import Request, Response, answer_json
from amazon_simulator.simulator import Simulator
from amazon_simulator.world import NotPossible, SoldOut


def answer(simulator: Simulator, request: Request, parts: Sequence[str]) -> Response:
    """One control call; errors are {"error": a sentence that names the field and the cure}."""
    if list(parts) == ["world"] and request.method == "POST":
        return load_world(simulator, request)
    try:
        told = Body(request.json() if request.method == "POST" else {})
        return _answer(simulator, request, [request.method, *parts], told)
    except SoldOut as fault:
        return answer_json({"error": str(fault)}, 409)
    except (NotPossible, ValueError) as fault:
        return answer_json({"error": str(fault)}, 400)


def _answer(simulator: Simulator, request: Request, call: list[str], told: Body) -> Response:
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
            return answer_json(order_json(order))
        case ["POST", "fba", verb]:
            return move_stock(simulator, verb, told, now)
        case ["POST", "returns"]:
            return take_back(simulator, told, now)
        case ["POST", "listings"]:
            return answer_json(add_listing(simulator, told, now), 201)
        case ["POST", "listings", "issues"]:
            return answer_json(set_issues(simulator, told, now))
        case ["POST", "authorisations", "revoke"]:
            return answer_json({"revoked": simulator.application.revoke(seller_of(simulator, told).id)})
        case ["POST", "application"]:
            return register(simulator, told)
        case ["POST", "accounts", seller_id, "suspend"]:
            return suspend(simulator, Body({**told.members, "sellerId": seller_id}))
        case ["POST", "accounts", seller_id, "participate"]:
            return participate(simulator, Body({**told.members, "sellerId": seller_id}))
        case ["GET", "labels"]:
            return answer_json({"labels": labels_json(simulator)})
        case ["GET", "notifications"]:
            return answer_json(notifications_json(simulator, request.params()))
        case ["GET", "faults"]:
            return answer_json(faults_json(simulator))
        case ["POST", "faults"]:
            return set_fault(simulator, told)
        case ["GET", "world"]:
            return save_world(simulator)
        case ["GET", "scenarios"]:
            return answer_json(scenarios_json())
        case ["POST", "scenarios", name]:
            return start_scenario(simulator, name, told, now)
        case ["GET", "marketplaces"]:
            return answer_json({"marketplaces": known_markets()})
        case ["POST", "accounts"]:
            return answer_json(create_account(simulator, told, now), 201)
        case ["GET", "limits"]:
            return answer_json(limits_json(simulator))
        case ["POST", "limits"]:
            return set_limit(simulator, told)
        case ["POST", "limits", "others"]:
            return set_other_applications(simulator, told, now)
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
