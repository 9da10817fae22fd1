"""The chaos itself: plans are made by their seed, go through everything that can break, and a disk can be full."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.chaos.plan import KINDS_A_ROUND, LASTING, SECONDS, Break, round_of

ROOT = Path(__file__).parents[2]


def test_the_same_seed_makes_the_same_round_and_another_another():
    assert round_of(7, 3) == round_of(7, 3)
    assert len({round_of(7, 3), round_of(7, 4), round_of(8, 3)}) == 3


@pytest.mark.parametrize("seed", range(1, 30))
def test_rounds_in_a_row_go_through_everything_that_can_break(seed):
    rounds = -(-len(Break) // KINDS_A_ROUND)
    assert {event.what for number in range(1, rounds + 1) for event in round_of(seed, number).events} == set(Break)


def test_everything_breaks_within_the_round_and_lasts_as_its_kind_does():
    for number in range(1, 200):
        plan = round_of(1, number)
        assert list(plan.events) == sorted(plan.events)
        for event in plan.events:
            assert 0 < event.at < SECONDS
            low, high = LASTING.get(event.what, (0.0, 0.0))
            assert low <= event.seconds <= high


def test_what_is_left_out_never_happens():
    kinds = (Break.WORKER, Break.DISK)
    assert {event.what for number in range(1, 9) for event in round_of(1, number, kinds).events} == set(kinds)


FULL = """
import sys
from pathlib import Path
from tests.chaos.small_disk import own_disk
folder = Path(sys.argv[1])
with own_disk(folder) as ballast:
    if ballast is None:
        print("not allowed"); sys.exit()
    ballast.fill()
    try:
        (folder / "more").write_bytes(b"x" * 4096)
        print("room left")
    except OSError as error:
        print(error.strerror)
    ballast.remove()
    (folder / "more").write_bytes(b"x" * 4096)
    print((folder / "more").stat().st_size)
"""


def test_the_disk_of_a_run_is_full_for_itself_alone(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    if done.stdout.startswith("not allowed"):
        pytest.skip("no file system of its own can be mounted here")
    assert done.stdout.split("\n")[:2] == ["No space left on device", "4096"]
    assert list(tmp_path.iterdir()) == []
