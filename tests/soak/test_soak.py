"""The soak itself: stories are made by their seed, shortened as far as they go, and judged by a judge who sees."""

import subprocess
import sys
from pathlib import Path

from tests.soak.shrink import shortest
from tests.soak.story import Fault, Kill, Order, story_of

ROOT = Path(__file__).parents[2]


def test_the_same_seed_makes_the_same_story_and_another_another():
    assert story_of(7) == story_of(7) != story_of(8)


def test_two_hundred_stories_have_every_kind_of_step_in_them():
    kinds = {type(step) for seed in range(200) for step in story_of(seed)}
    assert len(kinds) == 22
    assert {Fault, Kill, Order} <= kinds


def test_a_failing_story_is_told_with_the_steps_that_matter_alone():
    assert shortest(tuple(range(100)), lambda left: {13, 77} <= set(left)) == (13, 77)


def test_a_story_that_needs_all_of_its_steps_stays_as_it_is():
    assert shortest("abc", lambda left: left == tuple("abc")) == tuple("abc")


def test_shortening_ends_after_so_many_tries():
    tried = []
    shortest(range(1000), lambda left: bool(tried.append(len(left))), tries=20)
    assert len(tried) == 20


def test_the_judge_notices_each_falsification_and_nothing_where_there_is_none():
    command = [sys.executable, "-m", "tests.soak", "--prove"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing: no difference" in done.stdout
