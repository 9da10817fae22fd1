"""How long to wait before trying again: growing pauses, without a clock and without chance."""

from datetime import timedelta

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=30)


def pause_after(failures: int) -> timedelta:
    """The pause (trade time) after so many failures in a row: 30 s, 1 min, 2 min ... at most 30 min."""
    if failures < 1:
        raise ValueError("A pause follows at least one failure.")
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(failures - 1, 12)))
