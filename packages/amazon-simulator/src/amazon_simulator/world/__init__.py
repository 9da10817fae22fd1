"""The world that lives: sellers, listings, FBA stock, orders, returns, in trade time.

Pure: no IO, no clock of its own. One class in layers, each upon the one before: what is there (`held`), quantities
(`quantities`), Amazon's warehouses (`warehouses`), orders (`orders`), shipments and returns (`parcels`).
"""

from amazon_simulator.world.held import Shelf
from amazon_simulator.world.orders import FBA_SHIPS_AFTER, Line, Terms
from amazon_simulator.world.parcels import World
from amazon_simulator.world.quantities import TAKES_EFFECT_AFTER
from amazon_simulator.world.refusals import NotPossible, SoldOut

__all__ = ["FBA_SHIPS_AFTER", "TAKES_EFFECT_AFTER", "Line", "NotPossible", "Shelf", "SoldOut", "Terms", "World"]
