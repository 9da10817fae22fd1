"""The processes of one run: a fresh home, all children, and the killer of workers."""

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from wharfinger.cli.console import print_line
from wharfinger.cli.demo.demo_system import demo_environment, forget_demo
from wharfinger.cli.django_start import prepare_home, set_up_django
from wharfinger.cli.home import locked_home
from wharfinger.cli.postgres.embedded import EmbeddedPostgres
from wharfinger.cli.supervisor import processes
from wharfinger.cli.supervisor.installation import ended_by_signal
from wharfinger.cli.supervisor.processes import ClickAndDropPlan, SimulatorPlan
from wharfinger.cli.supervisor.supervisor import Supervisor
from wharfinger.config import environment

KILL_AFTER = (3.0, 8.0)
"""Seconds of machine time from the moment at which every worker works to the next kill."""


@dataclass(frozen=True)
class Plan:
    orders: int
    shipments: int
    rate: float
    workers: int
    seed: int
    kill_workers: bool
    json_path: Path | None


@dataclass(frozen=True, slots=True)
class Installation:
    """A demo system of real processes that was just started; addresses of its pages, its Amazon, its Royal Mail."""

    supervisor: Supervisor
    ending: threading.Event
    pages: str
    simulator: str
    royal_mail: str


def run_demo_once(plan: Plan) -> int:
    """Start everything afresh, do the job, judge it. Returns the exit code."""
    home = environment.current().home / "demo-once"
    with fresh_installation(home, seed=plan.seed, rate=plan.rate, workers=plan.workers) as installation:
        verdict = _do_the_job(installation, plan)
    if verdict is None:
        return 1
    _tell(verdict, plan)
    return 0 if verdict.good else 1


@contextmanager
def fresh_installation(home: Path, *, seed: int, rate: float, workers: int) -> Iterator[Installation]:
    """Everything afresh in this home: database, simulator, seed, web, workers; this process stands in it with Django.

    All of it is stopped at the end; what was written stays in the home.
    """
    configuration = environment.current()
    with locked_home(home, home.name), ended_by_signal() as ending:
        forget_demo(home)
        port = processes.free_port(0)
        simulator = SimulatorPlan(
            home=home / "simulator",
            port=processes.free_port(0),
            rate=rate,
            redirect_uri=f"http://127.0.0.1:{port}/amazon/callback",
            seed=seed,
        )
        royal_mail = ClickAndDropPlan(home / "click-and-drop", processes.free_port(0))
        variables = demo_environment(home, simulator, royal_mail, port)
        prepare_home(replace(configuration, home=home, secret_key="", encryption_keys=()))
        supervisor = Supervisor(
            home, variables, EmbeddedPostgres(home, print_line, interrupted=ending), print_line, ending
        )
        try:
            _start(supervisor, simulator, royal_mail, port, workers)
            _stand_in(supervisor)
            yield Installation(supervisor, ending, f"http://127.0.0.1:{port}", simulator.url, royal_mail.url)
        finally:
            supervisor.stop()


def _start(
    supervisor: Supervisor, simulator: SimulatorPlan, royal_mail: ClickAndDropPlan, port: int, workers: int
) -> None:
    supervisor.start_database()
    supervisor.start(processes.simulator(simulator))
    supervisor.start(processes.click_and_drop(royal_mail))
    supervisor.run_once("migrate", processes.own_command("migrate"))
    supervisor.run_once("seed", processes.own_command("seed"))
    supervisor.start(processes.web("127.0.0.1", port))
    for number in range(1, workers + 1):
        supervisor.start(processes.worker(number))
    supervisor.watch()


def _stand_in(supervisor: Supervisor) -> None:
    """Everything from here on needs Django, which needs the database that runs only now."""
    given = {name: value for name, value in supervisor.environment.items() if value is not None}
    environment.set_for_this_process(given)
    configuration = prepare_home(environment.read(given))
    set_up_django(environment.with_database(configuration, given["DATABASE_URL"]))


def _do_the_job(installation: Installation, plan: Plan) -> Any:
    """None: it was given up."""
    scenario = import_module("wharfinger.cli.demo.demo_once.scenario")
    started = time.monotonic()
    with _killing(installation.supervisor, plan) as killed:
        job = scenario.Job(
            installation.ending,
            installation.pages,
            installation.simulator,
            installation.royal_mail,
            orders=plan.orders,
            shipments=plan.shipments,
            seed=plan.seed,
        )
        try:
            job.do()
        except scenario.GaveUp as end:
            print_line(str(end))
            return None
    verdict = scenario.settle_and_judge(job)
    verdict.seconds = round(time.monotonic() - started, 1)
    verdict.killed = len(killed)
    return verdict


@contextmanager
def _killing(supervisor: Supervisor, plan: Plan) -> Iterator[list[str]]:
    """While the job is done, kill workers at random moments (if the plan says so); yields who was killed."""
    killed: list[str] = []
    done = threading.Event()
    chance = random.Random(plan.seed)

    has_begun = import_module("wharfinger.cli.demo.demo_once.scenario").has_begun

    def kill_now_and_then() -> None:
        """No sooner than the workers took to start: on a busy machine, where that is long, none would end a job."""
        while not done.is_set():
            starting_since = time.monotonic()
            while not supervisor.all_ready("worker-", has_begun):
                if done.wait(0.2):
                    return
            took = time.monotonic() - starting_since
            if done.wait(max(chance.uniform(*KILL_AFTER), took)):
                return
            name = supervisor.kill_one("worker-", chance, is_ready=has_begun)
            if name is not None:
                killed.append(name)

    thread = threading.Thread(target=kill_now_and_then, daemon=True)
    if plan.kill_workers:
        thread.start()
    try:
        yield killed
    finally:
        done.set()
        if plan.kill_workers:
            thread.join()


def _tell(verdict: Any, plan: Plan) -> None:
    rows = (
        (
            "orders",
            f"{verdict.orders.placed} placed, {verdict.orders.imported} imported",
        ),
        ("", f"{verdict.orders.lost} lost, {verdict.orders.duplicated} duplicated, {verdict.orders.wrong} wrong"),
        ("listings", f"{verdict.listings.checked} checked, {verdict.listings.wrong} wrong"),
        ("FBA levels", f"{verdict.fba.checked} checked, {verdict.fba.wrong} wrong"),
        ("confirmations", f"{verdict.confirmations.due} due, {verdict.confirmations.confirmed} confirmed"),
        ("", f"{verdict.confirmations.twice} twice"),
        ("labels", f"{verdict.labels} bought, {verdict.labels_bought_twice} twice, {verdict.labels_lost} lost"),
        ("ledger", f"{verdict.ledger.levels} levels, {verdict.ledger.wrong} wrong"),
        ("oversold", f"{verdict.oversold} units, {verdict.unexplained} quantities unexplained"),
        ("throttled", f"{verdict.throttled} by us, {verdict.throttled_by_others} by another application"),
        ("workers killed", str(verdict.killed)),
        ("seconds", f"{verdict.seconds:g}"),
    )
    print_line("")
    for title, text in rows:
        print_line(f"  {title:<16}{text}")
    for fault in verdict.faults[:30]:
        print_line(f"  ✗ {fault}")
    print_line("")
    print_line("  Nothing lost, nothing twice." if verdict.good else "  Something is wrong: see above.")
    if plan.json_path is not None:
        plan.json_path.write_text(json.dumps(verdict.as_json(), indent=2) + "\n", encoding="utf-8")
