"""What `cli` wires, for tests of the worker: nothing is, but what the test names."""

from tests.factories.ground import NOW

from wharfinger.config.clock import SteppedClock
from wharfinger.worker.runs import Wired


def wired(**parts):
    nothing = {**dict.fromkeys(Wired.__dataclass_fields__), "flows": {}, "periodic_tasks": {}, "every": {}}
    return Wired(**{**nothing, "machine_clock": SteppedClock(NOW), **parts})
