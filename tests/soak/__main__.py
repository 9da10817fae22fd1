"""`python -m tests.soak`: configured as a test run is, then `run`."""

import sys

import tests.conftest  # noqa: F401 -- the environment, and Django
from tests.soak.run import main

sys.exit(main(sys.argv[1:]))
