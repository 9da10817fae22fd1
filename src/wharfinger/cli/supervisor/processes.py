"""What the installation's children are: their command lines, and how one sees that they are ready."""

import contextlib
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wharfinger.cli.failures import CommandFailed
from wharfinger.cli.supervisor.supervisor import ManagedProcess
from wharfinger.config.environment import START_HEADER

_ASK_SECONDS = 5.0


def own_command(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "wharfinger.cli.main", *words)


def web(host: str, port: int, *, show: bool = False, start: str = "") -> ManagedProcess:
    """`start`: what its health answer bears, so that another program's page is not taken for it."""
    seen_from_here = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    is_ready = answers_at(f"http://{seen_from_here}:{port}/healthz", start)
    return ManagedProcess("web", own_command("serve"), is_ready=is_ready, show=show)


def worker(number: int, concurrency: int = 4) -> ManagedProcess:
    return ManagedProcess(f"worker-{number}", _worker_command(concurrency), grace=30.0)


def lone_worker(concurrency: int) -> ManagedProcess:
    """The one child of `wharfinger worker`: it writes where its parent does, and says itself why it cannot start."""
    not_started = (2, 3, 4)
    return ManagedProcess(
        "worker", _worker_command(concurrency), show=True, grace=30.0, own_log=False, final_codes=not_started
    )


def _worker_command(concurrency: int) -> tuple[str, ...]:
    return own_command("worker", "--watched", "--concurrency", str(concurrency))


@dataclass(frozen=True, slots=True)
class SimulatorPlan:
    home: Path
    port: int
    rate: float
    redirect_uri: str
    seed: int = 1

    @property
    def clock_file(self) -> Path:
        return self.home / "clock.json"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def simulator(plan: SimulatorPlan) -> ManagedProcess:
    plan.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    command = [sys.executable, "-m", "amazon_simulator", "--port", str(plan.port), "--home", str(plan.home)]
    command += ["--seed", str(plan.seed), "--rate", f"{plan.rate:g}", "--redirect-uri", plan.redirect_uri]
    command += ["--public-url", plan.url, "--clock-file", str(plan.clock_file)]
    return ManagedProcess("simulator", tuple(command), is_ready=answers_at(f"{plan.url}/_simulator/clock"))


@dataclass(frozen=True, slots=True)
class ClickAndDropPlan:
    """The pretend Royal Mail of a demo system."""

    home: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def click_and_drop(plan: ClickAndDropPlan) -> ManagedProcess:
    command = [sys.executable, "-m", "wharfinger.cli.demo.click_and_drop"]
    command += ["--port", str(plan.port), "--home", str(plan.home)]
    return ManagedProcess("click-and-drop", tuple(command), is_ready=answers_at(f"{plan.url}/books"))


def answers_at(url: str, start: str = "") -> Callable[[], bool]:
    """Whether 200 comes from there, and from the program of this start where one is given."""
    # Straight to it: a proxy of the environment knows nothing of this machine's ports.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def answers() -> bool:
        try:
            with opener.open(url, timeout=_ASK_SECONDS) as response:
                return bool(response.status == 200 and response.headers.get(START_HEADER, "") == start)
        except (urllib.error.URLError, OSError):
            return False

    return answers


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen there, one for each address of the host; CommandFailed says why it cannot be."""
    sockets: list[socket.socket] = []
    try:
        for family, kind, _, _, address in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            sockets.append(listening := socket.socket(family, kind))
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listening.bind(address)
            listening.listen(1024)
    except OSError as error:
        close_all(sockets)
        raise CommandFailed(
            f"WHARFINGER_LISTEN, {host}:{port}, cannot be listened on ({error.strerror}): name another port, "
            "or stop the program that listens there."
        ) from error
    return sockets


def close_all(sockets: list[socket.socket]) -> None:
    for one in sockets:
        one.close()


def free_port(wanted: int) -> int:
    """The port wanted when it is free, else any free one."""
    for port in (wanted, 0):
        with contextlib.suppress(OSError), socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(("127.0.0.1", port))
            return int(tried.getsockname()[1])
    raise OSError("No port is free on 127.0.0.1.")
