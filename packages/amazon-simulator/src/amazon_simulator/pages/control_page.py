"""The control page: what this Amazon is doing, and forms for all that control can do by JSON."""

from collections import Counter
from collections.abc import Sequence
from email import message_from_bytes
from typing import Any

from amazon_simulator.access.application import APPLICATION_KINDS, ROLES
from amazon_simulator.access.rate_limits import EVERY
from amazon_simulator.control import bodies
from amazon_simulator.control.accounts import register, suspend
from amazon_simulator.control.clock_control import set_clock
from amazon_simulator.control.create_account import create_account
from amazon_simulator.control.fault_control import set_fault
from amazon_simulator.control.other_applications import set_other_applications
from amazon_simulator.control.rate_limits import set_limit
from amazon_simulator.control.request_parsing import read
from amazon_simulator.control.roles import set_role
from amazon_simulator.control.scenarios import SCENARIOS, start_scenario
from amazon_simulator.control.traffic_settings import set_traffic
from amazon_simulator.core.clock import from_iso, iso
from amazon_simulator.core.http import Request, Response, see_other
from amazon_simulator.faults.faults import HAPPENINGS, KINDS
from amazon_simulator.pages import calls
from amazon_simulator.pages.rendering import moment, not_found, page
from amazon_simulator.simulator import Simulator
from amazon_simulator.snapshot import load
from amazon_simulator.world import NotPossible
from amazon_simulator.world.catalogue import BY_REGION, MARKETS

RATES = (1, 10, 60)
STEPS = ((600, "10 minutes"), (3600, "1 hour"), (24 * 3600, "1 day"))
DONE = {
    "clock": "The clock is set.",
    "scenario": "The scenario has started.",
    "traffic": "The traffic settings are saved.",
    "faults": "The faults are saved.",
    "limits": "The limits are saved.",
    "accounts": "The account is saved.",
    "application": "The application is saved.",
    "roles": "The roles are saved.",
    "others": "The other applications are saved.",
    "world": "The world is loaded from the file.",
}


def answer(simulator: Simulator, request: Request, parts: Sequence[str]) -> Response:
    """The page, and its forms: /control/ and a name of DONE."""
    match [request.method, *parts]:
        case ["GET"]:
            return _show(simulator, done=DONE.get(request.params().get("done", ""), ""))
        case ["GET", "calls"]:
            return calls.show(simulator)
        case ["POST", verb] if verb in DONE:
            return _act(simulator, request, verb)
        case _:
            return not_found()


def _act(simulator: Simulator, request: Request, verb: str) -> Response:
    """Back to the page, or the page with the error."""
    form, now = request.form(), simulator.clock.seconds()
    try:
        match verb:
            case "clock":
                set_clock(simulator, read(bodies.Clock, _members(form, "rate", "advance")))
            case "scenario":
                start_scenario(simulator, form.get("name", ""), read(bodies.Scenario, _members(form, "sellerId")), now)
            case "traffic":
                set_traffic(simulator, read(bodies.Traffic, _traffic(form)), now)
            case "faults":
                set_fault(simulator, read(bodies.Fault, _fault(form, now)))
            case "limits":
                flags = {name: form[name] == "1" for name in ("lift", "reset", "restore") if name in form}
                members = _members(form, "sellerId", "operation", "rate", "burst")
                set_limit(simulator, read(bodies.Limit, {**members, **flags}))
            case "accounts":
                _change_accounts(simulator, form, now)
            case "roles":
                members = {"role": form.get("role", ""), "granted": form.get("granted") == "1"}
                minutes = _minutes(form)
                set_role(
                    simulator, read(bodies.Role, {**members, **({"seconds": minutes * 60} if minutes else {})}), now
                )
            case "others":
                _let_others_call(simulator, form, now)
            case "application":
                texts: dict[str, Any] = {name: form[name].split() for name in ("redirectUris",) if name in form}
                texts |= {name: form[name] for name in ("kind",) if name in form}
                roles = [role for number, role in enumerate(ROLES) if f"role{number}" in form]
                register(simulator, read(bodies.Application, {"draft": "draft" in form, "roles": roles, **texts}))
            case _:
                load(simulator, _file(request))
    except (NotPossible, ValueError) as fault:
        return _show(simulator, error=str(fault), place=verb, status=422)
    return see_other(f"/?done={verb}#{verb}")


def _change_accounts(simulator: Simulator, form: dict[str, str], now: float) -> None:
    """An account joins, is suspended or let sell again, or withdraws its consent."""
    if "suspended" in form:
        suspend(simulator, form.get("sellerId", ""), bodies.Suspension(suspended=form["suspended"] == "1"))
    elif "withdraw" in form:
        simulator.application.revoke(form.get("sellerId", ""))
    else:
        create_account(
            simulator, read(bodies.Account, {**_members(form, "region", "name"), "oddGoods": "odd" in form}), now
        )


def _members(form: dict[str, str], *names: str) -> dict[str, Any]:
    """What was filled in, numbers as numbers: what is none is left for control to refuse."""
    return {name: form[name] if name in TEXTS else _number(form[name]) for name in names if form.get(name, "") != ""}


TEXTS = ("sellerId", "operation", "name", "kind", "region")


def _number(text: str) -> float | str:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def _traffic(form: dict[str, str]) -> dict[str, Any]:
    if "stop" in form:
        return {"stop": True}
    if "peak" in form:
        return {"peak": {"factor": 10, "seconds": 3600}}
    return {
        **_members(form, "ordersPerHour", "odd"),
        "dayCurve": "dayCurve" in form,
        "warehouses": "warehouses" in form,
        "keepStocked": "keepStocked" in form,
    }


def _fault(form: dict[str, str], now: float) -> dict[str, Any]:
    if "clear" in form:
        number = _number(form["clear"])
        return {"clear": True, **({"number": number} if number else {})}
    members = _members(form, "kind", "operation", "sellerId", "count", "probability", "seconds")
    minutes = _minutes(form)
    if minutes:
        members["window"] = {"since": iso(now), "until": iso(from_iso(iso(now)) + minutes * 60)}
        members.setdefault("count", 0)
    return members


def _minutes(form: dict[str, str]) -> float:
    """How long; 0 where nothing was filled in."""
    minutes = _number(form.get("minutes") or "0")
    if isinstance(minutes, str) or minutes < 0:
        raise NotPossible("minutes: give a number of minutes, or nothing")
    return minutes


def _let_others_call(simulator: Simulator, form: dict[str, str], now: float) -> None:
    if "stop" in form:
        number = _number(form["stop"])
        set_other_applications(
            simulator, read(bodies.OtherApplication, {"stop": True, **({"number": number} if number else {})}), now
        )
        return
    minutes = _minutes(form)
    members = _members(form, "sellerId", "operation", "rate")
    set_other_applications(
        simulator, read(bodies.OtherApplication, {**members, **({"seconds": minutes * 60} if minutes else {})}), now
    )


def _file(request: Request) -> bytes:
    """The uploaded file of a multipart form; ValueError when there is none."""
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode("latin-1")
    for part in message_from_bytes(head + request.body).walk():
        content = part.get_payload(decode=True) if part.get_filename() else None
        if isinstance(content, bytes) and content:
            return content
    raise ValueError("file: choose a saved world")


def _show(simulator: Simulator, *, error: str = "", place: str = "", done: str = "", status: int = 200) -> Response:
    world, clock, limits = simulator.world, simulator.clock, simulator.limits
    now = clock.seconds()
    return page(
        "index.html",
        status,
        error=error,
        place=place,
        done=done,
        now=moment(now),
        clock=clock,
        rates=RATES,
        steps=STEPS,
        tiles=_tiles(simulator),
        scenarios=SCENARIOS,
        sellers=list(world.sellers.values()),
        markets=MARKETS,
        regions=list(BY_REGION),
        registration=simulator.application.registration,
        roles=ROLES,
        application_kinds=APPLICATION_KINDS,
        others=limits.consumers,
        missing=sorted(simulator.not_simulated.requests.values(), key=lambda row: -row.last),
        authorised={seller: simulator.application.authorisation(seller, now) is not None for seller in world.sellers},
        plan=simulator.traffic.plan,
        hourly=round(sum(simulator.traffic.plan.hourly.values()), 2),
        peak=simulator.traffic.plan.peaks and simulator.traffic.plan.peaks[-1][1] > now,
        kinds=KINDS,
        happenings=HAPPENINGS,
        operations=sorted(simulator.routes.operations),
        faults=simulator.faults.faults,
        limits=limits,
        every=EVERY,
        counters=[
            (counter, limits.left(counter, now), *limits.plan(counter.seller, counter.operation))
            for counter in sorted(limits.counters.values(), key=lambda row: (row.seller, row.operation))
        ],
        sandbox=simulator.sandbox,
        moment=moment,
    )


def _tiles(simulator: Simulator) -> list[tuple[str, Any, str]]:
    """(label, count, kind) of the figures at the top of the page."""
    world = simulator.world
    found = Counter((order.status, order.fulfilled_by == "MERCHANT") for order in world.orders.values())
    faults, refused = len(simulator.faults.faults), simulator.limits.refused
    return [
        ("Orders", len(world.orders), ""),
        ("Waiting for payment", found["PENDING", True] + found["PENDING", False], ""),
        ("For the seller to send", found["UNSHIPPED", True] + found["PARTIALLY_SHIPPED", True], ""),
        ("Sent", found["SHIPPED", True] + found["SHIPPED", False], ""),
        ("Cancelled", found["CANCELLED", True] + found["CANCELLED", False], ""),
        ("Returns", len(world.returns), ""),
        ("Shipment confirmations", len(world.confirmations), ""),
        ("Labels bought", len(simulator.labels.held) + len(simulator.shipping.shipments), ""),
        ("Calls refused (429)", refused, "bad" if refused else ""),
        ("Refused because of others", simulator.limits.refused_by_others, ""),
        ("Called, not simulated", simulator.not_simulated.count, "bad" if simulator.not_simulated.count else ""),
        ("Faults waiting", faults, "bad" if faults else ""),
    ]
