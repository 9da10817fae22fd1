"""The table of control calls, and the way into them."""

from collections.abc import Callable, Sequence

from amazon_simulator.control import bodies
from amazon_simulator.control.accounts import accounts, participate, register, revoke, suspend
from amazon_simulator.control.clock_control import clock_json, set_clock
from amazon_simulator.control.create_account import create_account, known_markets
from amazon_simulator.control.fault_control import faults_json, set_fault
from amazon_simulator.control.labels import labels_json
from amazon_simulator.control.listings import add_listing, automate_handling, set_issues
from amazon_simulator.control.notifications import notifications_json
from amazon_simulator.control.openapi import document
from amazon_simulator.control.orders import CHANGES, change, place
from amazon_simulator.control.other_applications import set_other_applications
from amazon_simulator.control.rate_limits import limits_json, set_limit
from amazon_simulator.control.request_parsing import read
from amazon_simulator.control.roles import roles_json, set_role
from amazon_simulator.control.routing import ControlCall, ControlRoute, find
from amazon_simulator.control.scenarios import scenarios_json, start_scenario
from amazon_simulator.control.snapshot import load_world, save_world
from amazon_simulator.control.state_report import order_json, state_report
from amazon_simulator.control.traffic_settings import set_traffic, traffic_json
from amazon_simulator.control.warehouse import MOVES, move_stock, take_back
from amazon_simulator.core.http import Request, Response, answer_json
from amazon_simulator.simulator import Simulator
from amazon_simulator.world import NotPossible, SoldOut


def answer(simulator: Simulator, request: Request, parts: Sequence[str]) -> Response:
    """One control call; errors are {"error": a sentence that names the member and the remedy}."""
    found = find(ROUTES, request.method, parts)
    if found is None:
        what = " ".join([request.method, *parts[:1]])
        return answer_json({"error": f"there is no {what}…; GET /_simulator/openapi lists every call"}, 404)
    route, names = found
    call = ControlCall(simulator, request, names, simulator.clock.seconds())
    try:
        return route.act(call, None if route.body is None else read(route.body, request.json()))
    except SoldOut as fault:
        return answer_json({"error": str(fault)}, 409)
    except (NotPossible, ValueError) as fault:
        return answer_json({"error": str(fault)}, 400)


def _order(verb: str) -> Callable[[ControlCall, bodies.Body], Response]:
    def act(call: ControlCall, body: bodies.Body) -> Response:
        order = call.simulator.world.orders.get(call.names[0])
        if order is None:
            error = f"order {call.names[0]}: not in the books; see GET /_simulator/books"
            return answer_json({"error": error}, 404)
        change(call.simulator, order, verb, body, call.now)
        return answer_json(order_json(order))

    return act


def _move(verb: str) -> Callable[[ControlCall, bodies.StockMove], Response]:
    return lambda call, body: move_stock(call.simulator, verb, body, call.now)


def _unknown(choices: Sequence[str]) -> Callable[[ControlCall, None], Response]:
    def act(call: ControlCall, _: None) -> Response:
        raise NotPossible(f"{call.names[-1][:60]}: no such verb; use {', '.join(choices)}")

    return act


ROUTES: tuple[ControlRoute, ...] = (
    ControlRoute(
        "GET", "accounts", "What a program needs to run against this Amazon",
        lambda call, _: answer_json(accounts(call.simulator)),
    ),
    ControlRoute(
        "POST", "accounts", "A seller account joins",
        lambda call, body: answer_json(create_account(call.simulator, body, call.now), 201), bodies.Account,
    ),
    ControlRoute(
        "POST", "accounts/{sellerId}/suspend", "The account may not sell in a marketplace, or everywhere",
        lambda call, body: suspend(call.simulator, call.names[0], body), bodies.Suspension,
    ),
    ControlRoute(
        "POST", "accounts/{sellerId}/participate", "The seller joins or leaves a marketplace",
        lambda call, body: participate(call.simulator, call.names[0], body), bodies.Participation,
    ),
    ControlRoute(
        "POST", "accounts/{sellerId}/handling", "Automated handling time is switched on, or off",
        lambda call, body: automate_handling(call.simulator, call.names[0], body), bodies.HandlingTime,
    ),
    ControlRoute(
        "POST", "authorisations/revoke", "The seller withdraws the consent",
        lambda call, body: revoke(call.simulator, body), bodies.OfSeller,
    ),
    ControlRoute(
        "POST", "application", "What the developer sets in the portal",
        lambda call, body: register(call.simulator, body), bodies.Application,
    ),
    ControlRoute(
        "GET", "roles", "Which roles the application has and which operation wants which",
        lambda call, _: answer_json(roles_json(call.simulator)),
    ),
    ControlRoute(
        "POST", "roles", "A role is taken away or given back",
        lambda call, body: set_role(call.simulator, body, call.now), bodies.Role,
    ),
    ControlRoute(
        "GET", "marketplaces", "Where an account may sell",
        lambda call, _: answer_json({"marketplaces": known_markets()}),
    ),
    ControlRoute(
        "GET", "books", "What really happened: the judge of what a program did",
        lambda call, _: answer_json(state_report(call.simulator, call.query)),
    ),
    ControlRoute(
        "GET", "clock", "Trade time and its pace",
        lambda call, _: answer_json(clock_json(call.simulator)),
    ),
    ControlRoute(
        "POST", "clock", "Another pace, a step ahead, or a moment to go to",
        lambda call, body: set_clock(call.simulator, body), bodies.Clock,
    ),
    ControlRoute(
        "POST", "orders", "A buyer places an order, or many do by a seed",
        lambda call, body: place(call.simulator, body, call.now), bodies.Placing,
    ),
    *(
        ControlRoute("POST", f"orders/{{orderId}}/{verb}", one.summary, _order(verb), one.body)
        for verb, one in CHANGES.items()
    ),
    ControlRoute("POST", "orders/{orderId}/{verb}", "Any other verb is refused", _unknown([*CHANGES])),
    *(
        ControlRoute("POST", f"fba/{verb}", summary, _move(verb), bodies.StockMove)
        for verb, summary in MOVES.items()
    ),
    ControlRoute("POST", "fba/{verb}", "Any other verb is refused", _unknown([*MOVES])),
    ControlRoute(
        "POST", "returns", "A buyer sends something back",
        lambda call, body: take_back(call.simulator, body, call.now), bodies.Returning,
    ),
    ControlRoute(
        "POST", "listings", "A SKU more",
        lambda call, body: answer_json(add_listing(call.simulator, body, call.now), 201), bodies.NewListing,
    ),
    ControlRoute(
        "POST", "listings/issues", "Amazon finds fault with a listing, or no more",
        lambda call, body: answer_json(set_issues(call.simulator, body, call.now)), bodies.Issues,
    ),
    ControlRoute(
        "GET", "labels", "The labels that were bought",
        lambda call, _: answer_json({"labels": labels_json(call.simulator)}),
    ),
    ControlRoute(
        "GET", "notifications", "Destinations, subscriptions, queues, and why something was not delivered",
        lambda call, _: answer_json(notifications_json(call.simulator, call.query)),
    ),
    ControlRoute(
        "GET", "faults", "Every fault and every kind",
        lambda call, _: answer_json(faults_json(call.simulator)),
    ),
    ControlRoute(
        "POST", "faults", "A fault more, or faults away",
        lambda call, body: set_fault(call.simulator, body), bodies.Fault,
    ),
    ControlRoute(
        "GET", "limits", "Plans, overrides, and each bucket with its calls and refusals",
        lambda call, _: answer_json(limits_json(call.simulator)),
    ),
    ControlRoute(
        "POST", "limits", "Another plan for an operation, or the published ones again",
        lambda call, body: set_limit(call.simulator, body), bodies.Limit,
    ),
    ControlRoute(
        "POST", "limits/others", "Another application of the seller's uses the same limits up",
        lambda call, body: set_other_applications(call.simulator, body, call.now), bodies.OtherApplication,
    ),
    ControlRoute(
        "GET", "traffic", "How many buyers come, and what they do",
        lambda call, _: answer_json(traffic_json(call.simulator)),
    ),
    ControlRoute(
        "POST", "traffic", "More buyers, or fewer, or none",
        lambda call, body: set_traffic(call.simulator, body, call.now), bodies.Traffic,
    ),
    ControlRoute(
        "GET", "scenarios", "The scenarios by name",
        lambda call, _: answer_json(scenarios_json()),
    ),
    ControlRoute(
        "POST", "scenarios/{name}", "A scenario happens to a seller",
        lambda call, body: start_scenario(call.simulator, call.names[0], body, call.now), bodies.Scenario,
    ),
    ControlRoute("GET", "world", "The whole world as one file", lambda call, _: save_world(call.simulator)),
    ControlRoute(
        "POST", "world", "The file as the body goes on with it",
        lambda call, _: load_world(call.simulator, call.request),
    ),
    ControlRoute(
        "GET", "openapi", "This table as an OpenAPI document",
        lambda call, _: answer_json(document(call.simulator.base, ROUTES)),
    ),
)  # fmt: skip
"""A route with a name where another has a word stands after it."""
