"""`wharfinger demo`: a whole demo system under one parent. It lives in a home of its own beside the live one."""

import argparse
import json
import secrets
import shutil
from dataclasses import replace
from pathlib import Path

from wharfinger.cli.console import print_line
from wharfinger.cli.demo.click_and_drop.account import PREFIX as API
from wharfinger.cli.django_start import prepare_home
from wharfinger.cli.failures import CommandFailed
from wharfinger.cli.home import locked_home
from wharfinger.cli.postgres.embedded import EmbeddedPostgres
from wharfinger.cli.postgres.places import system_folder_name
from wharfinger.cli.supervisor import processes
from wharfinger.cli.supervisor.installation import ended_by_signal, log_sizes
from wharfinger.cli.supervisor.processes import ClickAndDropPlan, SimulatorPlan
from wharfinger.cli.supervisor.supervisor import Supervisor
from wharfinger.config import environment
from wharfinger.config.environment import Configuration

_BANNER = """
  Wharfinger demo: everything runs, nothing is real.

    Pages            {pages}
    Pretend Amazon   {amazon}   (shop, Seller Central, control)
    Pretend Royal Mail  {royal_mail}   (Click & Drop: orders, labels, faults)
    {people}
    Trade goes {rate:g} times faster than real time. Logs are in {logs}
    Stop with Ctrl-C; “--fresh” starts again from nothing.
"""


_ENVIRONMENT_FILE = "environment.json"
"""The environment of the demo's processes at the last start, beside their data. It holds addresses only, no secret."""


def demo_home(home: Path) -> Path:
    return home / "demo"


def demo_environment(home: Path, plan: SimulatorPlan, royal_mail: ClickAndDropPlan, port: int) -> dict[str, str | None]:
    """What children of a demo system are given; nothing of a live system's settings reaches them."""
    return {
        "WHARFINGER_HOME": str(home),
        "WHARFINGER_SYSTEM": "demo",
        "WHARFINGER_CLOCK": f"file:{plan.clock_file}",
        "WHARFINGER_SIMULATOR_URL": plan.url,
        "WHARFINGER_CLICK_AND_DROP_URL": f"{royal_mail.url}{API}",
        "WHARFINGER_URL": f"http://127.0.0.1:{port}",
        "WHARFINGER_LISTEN": f"127.0.0.1:{port}",
        "WHARFINGER_SECRET_KEY": None,
        "WHARFINGER_SECRET_KEY_FILE": None,
        "WHARFINGER_ENCRYPTION_KEY": None,
        "WHARFINGER_ENCRYPTION_KEY_FILE": None,
        "WHARFINGER_SMTP_HOST": None,
        "DATABASE_URL": None,
    }


def stand_in_the_demo() -> Configuration:
    """For a command that looks at the demo system from outside: this process is configured as the demo's own are."""
    file = demo_home(environment.read_home()) / _ENVIRONMENT_FILE
    try:
        variables: dict[str, str | None] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CommandFailed(f"There is no demo system in {file.parent}: start one with “wharfinger demo”.") from None
    environment.set_for_this_process(variables)
    return environment.current()


def run(given: argparse.Namespace) -> int:
    configuration = environment.current()
    home = demo_home(configuration.home)
    with locked_home(home, "demo"), ended_by_signal() as ending:
        if given.fresh:
            forget_demo(home)
        port = _port_for_pages(given.port)
        plan = SimulatorPlan(
            home=home / "simulator",
            port=processes.free_port(given.simulator_port),
            rate=given.rate,
            redirect_uri=f"http://127.0.0.1:{port}/amazon/callback",
        )
        royal_mail = ClickAndDropPlan(home / "click-and-drop", processes.free_port(0))
        variables = demo_environment(home, plan, royal_mail, port)
        prepare_home(replace(configuration, home=home, secret_key="", encryption_keys=()))
        (home / _ENVIRONMENT_FILE).write_text(json.dumps(variables), encoding="utf-8")
        start = secrets.token_hex(8)
        supervisor = Supervisor(
            home,
            variables | {"WHARFINGER_START": start},
            EmbeddedPostgres(home, print_line, interrupted=ending),
            print_line,
            ending,
            log_sizes=log_sizes(configuration),
        )
        try:
            _start(supervisor, plan, royal_mail, port, given, start)
            print_line(
                _BANNER.format(
                    pages=variables["WHARFINGER_URL"],
                    amazon=plan.url,
                    royal_mail=royal_mail.url,
                    rate=given.rate,
                    logs=home / "logs",
                    people=_people(home),
                )
            )
            supervisor.wait_for_the_end()
        finally:
            supervisor.stop()
    print_line("Stopped. Everything is kept for the next “wharfinger demo”.")
    return 0


def _start(
    supervisor: Supervisor,
    plan: SimulatorPlan,
    royal_mail: ClickAndDropPlan,
    port: int,
    given: argparse.Namespace,
    start: str,
) -> None:
    supervisor.start_database()
    supervisor.start(processes.simulator(plan))
    supervisor.start(processes.click_and_drop(royal_mail))
    supervisor.run_once("migrate", processes.own_command("migrate"))
    supervisor.run_once("seed", processes.own_command("seed", "--shop", given.shop))
    supervisor.start(processes.web("127.0.0.1", port, start=start))
    for number in range(1, given.workers + 1):
        supervisor.start(processes.worker(number))
    supervisor.watch()


def forget_demo(home: Path) -> None:
    """Everything but the lock that we hold."""
    if (home / "postgres").exists() or system_folder_name(home).exists():
        EmbeddedPostgres(home, print_line).end_orphan()
    for path in home.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "lock":
            path.unlink()
    shutil.rmtree(system_folder_name(home), ignore_errors=True)


def _port_for_pages(wanted: int) -> int:
    port = processes.free_port(wanted)
    if wanted not in (port, 0):
        raise CommandFailed(
            f"Port {wanted} is in use on this machine: give another, as in “wharfinger demo --port {wanted + 1}”."
        )
    return port


def _people(home: Path) -> str:
    """The demo's people and their passwords, as the seed wrote them down for whoever looks at the demo."""
    path = home / "people.txt"
    return path.read_text().strip().replace("\n", "\n    ") if path.exists() else "Sign in as the seed says."
