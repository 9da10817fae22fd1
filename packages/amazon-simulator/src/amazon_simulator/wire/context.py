"""What every room of this Amazon may use."""

from dataclasses import dataclass

from amazon_simulator.access.application import Application
from amazon_simulator.access.rate_limits import Limits
from amazon_simulator.core.clock import Clock
from amazon_simulator.core.numbering import Numbering
from amazon_simulator.faults.faults import Faults
from amazon_simulator.protocol.documents import Documents
from amazon_simulator.world import World


@dataclass(frozen=True, slots=True)
class ApiContext:
    """`base` is the address under which programs reach this; every address in an answer is made of it."""

    base: str
    seed: int
    clock: Clock
    world: World
    application: Application
    limits: Limits
    faults: Faults
    documents: Documents
    numbering: Numbering
