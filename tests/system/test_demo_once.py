"""The main job with real processes: the simulator's books judge, workers are killed at random."""

import json
import os
import subprocess
import sys

import pytest

from wharfinger.cli.demo.demo_once.difficulties import CENTS_MISSING, IN_ITALY, ODD_ADDRESSES

pytestmark = pytest.mark.system


def test_the_main_job_loses_nothing_while_workers_are_killed(tmp_path):
    verdict = tmp_path / "out.json"
    words = ["demo-once", "--orders", "90", "--shipments", "25", "--kill-workers", "--json", str(verdict)]
    inherited = os.environ.items()  # noqa: TID251 -- a process of its own gets what this one was given
    environment = {name: value for name, value in inherited if not name.startswith("WHARFINGER_")}
    environment.pop("DATABASE_URL", None)
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, "-m", "wharfinger.cli.main", *words],
        env={**environment, "WHARFINGER_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    results = json.loads(verdict.read_text())
    placed = 90 + len(ODD_ADDRESSES) + CENTS_MISSING + IN_ITALY
    assert results["orders"] | {"skipped": 0} == {
        "placed": placed,
        "imported": placed,
        "skipped": 0,
        "lost": 0,
        "duplicated": 0,
        "wrong": 0,
    }
    assert results["orders"]["skipped"] >= IN_ITALY
    assert (results["listings"]["wrong"], results["throttled"], results["confirmations"]["twice"]) == (0, 0, 0)
    assert (results["oversold"], results["unexplained"]) == (0, 0)
    assert results["confirmations"]["due"] == results["confirmations"]["confirmed"] == 25
    assert results["labels"] > 0
    assert (results["labels_bought_twice"], results["labels_lost"]) == (0, 0)
    assert results["killed"] > 0
