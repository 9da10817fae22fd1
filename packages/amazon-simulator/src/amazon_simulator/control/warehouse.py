"""Amazon's warehouses on command: stock that moves, and what buyers send back."""

from amazon_simulator.control.accounts import seller_of
from amazon_simulator.control.bodies import Returning, StockMove, given
from amazon_simulator.control.state_report import return_json, stock_json
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.simulator import Simulator
from amazon_simulator.world import NotPossible

MOVES = {
    "restock": "The seller sends units in, and they are received at once",
    "send-in": "The seller sends units in: they are on their way",
    "receive": "Units that are on their way become fulfillable",
    "lose": "Amazon cannot find units",
    "find": "Units that were lost are there again",
    "damage": "Units are damaged in the warehouse",
    "future": "What may be ordered of a supply to come",
}
"""What happens in Amazon's warehouses."""


def move_stock(simulator: Simulator, verb: str, body: StockMove, now: float) -> Response:
    """`verb`: one of MOVES."""
    world, seller, sku, quantity = simulator.world, seller_of(simulator, body.seller_id), body.sku, body.quantity
    pools = [pool for owner, pool, held in world.fba if (owner, held) == (seller.id, sku)]
    if not pools:
        raise NotPossible(f"sku: {seller.name} has no FBA stock of “{sku[:60]}”")
    stock = world.warehouses.stock(seller.id, given(body.pool, pools[0]), sku)
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
        case _:
            stock.future = quantity
            world.records.touch(stock)
    return answer_json(stock_json(stock))


def take_back(simulator: Simulator, body: Returning, now: float) -> Response:
    """A buyer sends something back; the first item of the order unless another is named."""
    order = simulator.world.orders.get(body.order_id)
    if order is None:
        raise NotPossible(f"orderId: “{body.order_id[:60]}” is not known; see GET /_simulator/books")
    back = simulator.world.returning.take_back(
        order,
        given(body.order_item_id, order.items[0].id),
        body.quantity,
        now,
        reason=body.reason,
        disposition=body.disposition,
    )
    return answer_json(return_json(back), 201)
