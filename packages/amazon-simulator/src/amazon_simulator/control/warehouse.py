"""Amazon's warehouses on command: stock that moves, and what buyers send back."""

from amazon_simulator.control.accounts import seller_of
from amazon_simulator.control.request_parsing import Body
from amazon_simulator.control.state_report import return_json, stock_json
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.simulator import Simulator
from amazon_simulator.world import NotPossible
from amazon_simulator.world.returns import REASONS


def move_stock(simulator: Simulator, verb: str, told: Body, now: float) -> Response:
    """What happens in Amazon's warehouses: restock, send-in, receive, lose, find, damage, future."""
    world, seller, sku = simulator.world, seller_of(simulator, told), told.text("sku")
    pools = [pool for owner, pool, held in world.fba if (owner, held) == (seller.id, sku)]
    if not pools:
        raise NotPossible(f"sku: {seller.name} has no FBA stock of “{sku[:60]}”")
    stock = world.warehouses.stock(seller.id, told.text("pool", pools[0]), sku)
    quantity = told.whole("quantity", least=1)
    match verb:
        case "restock":
            world.warehouses.restock(seller.id, stock.pool, sku, quantity, now)
        case "send-in":
            world.warehouses.send_in(stock, quantity)
        case "receive":
            world.warehouses.receive(stock, quantity, now)
        case "lose":
            world.warehouses.lose(stock, quantity, now)
        case "find":
            world.warehouses.find(stock, quantity, now)
        case "damage":
            world.warehouses.damage(stock, quantity, now)
        case "future":
            stock.future = quantity
            world.records.touch(stock)
        case _:
            raise NotPossible(f"{verb}: no such verb; use restock, send-in, receive, lose, find, damage or future")
    return answer_json(stock_json(stock))


def take_back(simulator: Simulator, told: Body, now: float) -> Response:
    """A buyer sends something back; the first item of the order unless told which."""
    order = simulator.world.orders[told.one_of("orderId", simulator.world.orders, "GET /_simulator/books")]
    back = simulator.world.returning.take_back(
        order,
        told.text("orderItemId", order.items[0].id),
        told.whole("quantity", 1, least=1),
        now,
        reason=told.one_of("reason", dict.fromkeys(REASONS), ", ".join(REASONS), REASONS[0]),
        disposition=told.text("disposition", "SELLABLE"),
    )
    return answer_json(return_json(back), 201)
