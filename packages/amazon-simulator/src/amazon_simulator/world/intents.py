"""Planned acts of buyers and Amazon's warehouses, done when their time has come."""

from typing import Any

from amazon_simulator.world.entities import FbaStock, Intent, Order
from amazon_simulator.world.orders import Orders
from amazon_simulator.world.records import Records
from amazon_simulator.world.refusals import NotPossible
from amazon_simulator.world.returns import Returns
from amazon_simulator.world.warehouses import Warehouses


class Intents:
    def __init__(self, records: Records, orders: Orders, warehouses: Warehouses, returns: Returns) -> None:
        self._records = records
        self._orders = orders
        self._warehouses = warehouses
        self._returns = returns

    def turn(self, intent: Intent | None, at: float) -> None:
        if intent is None:
            return
        self._carry_out(intent, at)
        intent.done = True
        self._records.make(intent)

    def _carry_out(self, intent: Intent, at: float) -> None:
        try:
            if intent.verb in ("cancel", "ask", "pay", "return"):
                self._do_to_order(self._records.orders[intent.subject], intent.verb, intent.params, at)
            else:
                self._do_to_stock(self._warehouses.stock(*intent.params["stock"]), intent.verb, intent.params, at)
        except NotPossible:
            return  # it was shipped, cancelled or sold meanwhile: the act is dropped

    def _do_to_order(self, order: Order, verb: str, params: dict[str, Any], at: float) -> None:
        match verb:
            case "cancel":
                self._orders.cancel(order, params["by"], at)
            case "ask":
                self._orders.request_cancellation(order, params["reason"], at)
            case "pay":
                self._orders.pay(order, at)
            case _:
                self._returns.take_back(
                    order,
                    params["item"],
                    params["quantity"],
                    at,
                    reason=params["reason"],
                    disposition=params["disposition"],
                )

    def _do_to_stock(self, stock: FbaStock, verb: str, params: dict[str, Any], at: float) -> None:
        match verb:
            case "receive":
                self._warehouses.receive(stock, params["quantity"], at, params.get("reference", ""))
            case "lose":
                self._warehouses.lose(stock, params["quantity"], at)
            case "find":
                self._warehouses.find(stock, params["quantity"], at)
            case "damage":
                self._warehouses.damage(stock, params["quantity"], at)
            case _:
                raise ValueError(f"{verb}: unknown act")
