"""Fixtures for tests of any project. In a conftest.py:

    pytest_plugins = ["amazon_simulator.pytest_plugin"]

`amazon`: a fresh Amazon in this process, an `amazon_simulator.testing.Amazon`; nothing listens, nothing is kept.
`amazon_app`: the same Amazon as `amazon`, as an ASGI application for clients that take one.
`amazon_server`: the address of a fresh Amazon on a free port, for programs that want HTTP.
`amazon_seed`: override it to have another world (1).

Trade time of both stands still until it is moved: `amazon.advance(seconds)`, or POST /_simulator/clock.
"""

from collections.abc import Iterator

import pytest

from amazon_simulator.asgi import App
from amazon_simulator.testing import Amazon, app, served, stepped


@pytest.fixture
def amazon_seed() -> int:
    return 1


@pytest.fixture
def amazon(amazon_seed: int) -> Amazon:
    return Amazon(stepped(seed=amazon_seed))


@pytest.fixture
def amazon_app(amazon: Amazon) -> App:
    return app(amazon.simulator)


@pytest.fixture
def amazon_server(amazon_seed: int) -> Iterator[str]:
    with served(seed=amazon_seed) as base:
        yield base
