"""The world: sellers, listings, FBA stock, orders, returns, in trade time.

Pure: no IO, no clock of its own. `World` is put together of what is there (`records`) and of those who change it, each
with the parts that it needs: quantities, Amazon's warehouses, orders, shipments, returns, intents.
"""

from amazon_simulator.world.orders import FBA_SHIPS_AFTER, Line, Terms
from amazon_simulator.world.quantities import TAKES_EFFECT_AFTER
from amazon_simulator.world.records import Shelf
from amazon_simulator.world.refusals import NotPossible, SoldOut
from amazon_simulator.world.world import World

__all__ = ["FBA_SHIPS_AFTER", "TAKES_EFFECT_AFTER", "Line", "NotPossible", "Shelf", "SoldOut", "Terms", "World"]
