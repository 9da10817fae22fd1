"""A PostgreSQL for a test run: started when first needed, shared by its processes, gone at the end.

A guardian process keeps it. It listens on a socket in a folder of its own and starts the server only
when somebody asks for its address, so that a run without database tests pays nothing; it ends, and
takes server and folder away, when its standard input closes: at the end of the run, however it ends.
"""

import contextlib
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from wharfinger.cli.console import print_nothing
from wharfinger.cli.postgres.embedded import EmbeddedPostgres

_ANSWER_WITHIN = 120.0


class TemporaryPostgres:
    """Made by the process that leads the run; `folder` is what its other processes need to know."""

    def __init__(self, place: Path = Path("/tmp")) -> None:
        """`place`: where its folder is made; a short path, since sockets stand in it."""
        self.folder = Path(tempfile.mkdtemp(prefix="wharfinger-test-", dir=place))
        self.folder.chmod(0o711)  # the database's user passes through when the run is root's
        self._guardian = subprocess.Popen(
            [sys.executable, "-m", "wharfinger.cli.postgres.temporary", str(self.folder)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def stop(self) -> None:
        assert self._guardian.stdin is not None
        self._guardian.stdin.close()
        self._guardian.wait()


def ask_url(folder: Path) -> str:
    """The address of the run's server, which is started by the first call."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(_ANSWER_WITHIN)
        _connect(asking, folder / "guardian")
        with asking.makefile() as answer:
            url = answer.read().strip()
    if not url:
        raise RuntimeError("The test run's database did not start; its guardian said why on standard error.")
    return url


def _connect(asking: socket.socket, path: Path) -> None:
    """The guardian may still be starting: it makes the socket within a second or so."""
    pause = selectors.DefaultSelector()
    for _ in range(300):
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
            asking.connect(str(path))
            return
        pause.select(0.1)
    raise RuntimeError(f"Nobody answers at {path}: the test run's guardian is gone.")


def guard(folder: Path) -> None:
    server: EmbeddedPostgres | None = None
    try:
        with socket.socket(socket.AF_UNIX) as listening, selectors.DefaultSelector() as selector:
            listening.bind(str(folder / "guardian"))
            listening.listen(64)
            selector.register(listening, selectors.EVENT_READ)
            selector.register(sys.stdin, selectors.EVENT_READ)
            while all(key.fileobj is listening for key, _ in selector.select()):
                asking, _ = listening.accept()
                with asking:
                    if server is None:
                        server = EmbeddedPostgres(folder, print_nothing, forgetful=True)
                        server.start()
                    asking.sendall(server.url.encode())
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    guard(Path(sys.argv[1]))
