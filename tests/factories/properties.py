"""How many examples a property gets: few at each run, more with `--hypothesis-profile thorough`. None has a deadline.

A property on rows costs some milliseconds for each event. Random examples are therefore few, and `chains` are given as
well: one example each that goes from every event to every other, which some hundred short random ones would not do.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction
from hypothesis import HealthCheck, settings

THOROUGH = 10
"""As many times the examples has the profile `thorough`."""

settings.register_profile("quick", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=100 * THOROUGH)


def on_rows(examples: int) -> settings:
    """For a property that writes: so many examples in the quick profile."""
    times = settings().max_examples // 100
    return settings(
        max_examples=examples * max(times, 1),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def chain(events: Sequence[str]) -> list[str]:
    """Each event followed by each (itself too) once: an Eulerian walk over all pairs."""
    left = {event: [other for other in events if other != event] + [event] for event in events}
    walk, ahead = [], [events[0]]
    while ahead:
        if left[ahead[-1]]:
            ahead.append(left[ahead[-1]].pop())
        else:
            walk.append(ahead.pop())
    return walk[::-1]


@contextmanager
def undone() -> Iterator[None]:
    """What is written inside is taken back: each example begins with the rows of the fixtures alone."""
    begun = transaction.savepoint()  # no `atomic`: operations are durable and may stand inside the test's own alone
    try:
        yield
    finally:
        transaction.savepoint_rollback(begun)
