"""How long to wait before trying again: growing pauses, without a clock; chance comes in as a number."""

import hashlib
from datetime import timedelta

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=30)
FIRST_PAUSE_OF_A_DENIAL = timedelta(minutes=5)
LONGEST_PAUSE_OF_A_DENIAL = timedelta(hours=1)
"""A role that was given back is noticed within it: until then quantities at Amazon are those of before."""
JITTER = 0.25
"""The part of a pause by which chance makes it longer at most: what failed together does not come back together."""

FIRST_PAUSE_OF_A_REFUSAL = timedelta(minutes=5)
LONGEST_PAUSE_OF_A_REFUSAL = timedelta(hours=6)
"""Of a quantity. A refusal is mostly the listing's own fault and stays until somebody fixes it; some are Amazon's and
pass. A number that never came back would leave the listing with too many units for good."""


def growing_pause(first: timedelta, longest: timedelta, times: int, *, roll: float = 0.0) -> timedelta:
    """`first`, doubled for each further time in a row, at most `longest`; up to a quarter more by `roll` (0 to 1)."""
    if times < 1:
        raise ValueError("A pause follows at least one failure.")
    return min(longest, first * (1 << min(times - 1, 12))) * (1 + JITTER * roll)


def pause_after(failures: int, *, roll: float = 0.0) -> timedelta:
    """The pause (trade time) after so many failures in a row: 30 s, 1 min, 2 min ... at most 30 min, and the jitter."""
    return growing_pause(FIRST_PAUSE, LONGEST_PAUSE, failures, roll=roll)


def pause_after_denial(denials: int, *, roll: float = 0.0) -> timedelta:
    """After so many 403 in a row on one operation: 5 min, 10 min ... at most an hour. Only a person can change it."""
    return growing_pause(FIRST_PAUSE_OF_A_DENIAL, LONGEST_PAUSE_OF_A_DENIAL, denials, roll=roll)


def roll_of(*seed: object) -> float:
    """A number from 0 to 1 (exclusive) that looks like chance, and is the same for the same seed."""
    text = ":".join(str(part) for part in seed)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / 2**48
