"""A small file system of the run's own, so that its disk can be full without filling anybody else's.

Linux alone, and only where a process may have a mount namespace of its own: as root, or by a user namespace. It ends
with the process, whatever ends that.
"""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MEGABYTES = 600
_NEW_MOUNTS, _NEW_USERS = 0x00020000, 0x10000000
_RECURSIVE_PRIVATE = 0x4000 | 0x40000
_DETACH = 2


class Ballast:
    """A file that takes all the room that is left."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "ballast"

    def fill(self) -> None:
        block = b"\0" * (1 << 20)
        with self._path.open("ab", buffering=0) as file:
            while block:
                try:
                    file.write(block)
                except OSError:
                    block = block[: len(block) // 2]  # down to the last byte

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)


@contextmanager
def own_disk(folder: Path) -> Iterator[Ballast | None]:
    """An empty file system in memory at `folder`, seen by this process and its children. None: not allowed here.

    Call it before any thread is begun.
    """
    libc = _mounted(folder)
    try:
        yield None if libc is None else Ballast(folder)
    finally:
        if libc is not None:
            libc.umount2(os.fsencode(folder), _DETACH)


def _mounted(folder: Path) -> Any:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.getuid(), os.getgid()
    if libc.unshare(_NEW_MOUNTS if uid == 0 else _NEW_MOUNTS | _NEW_USERS) != 0:
        return None
    try:
        if uid != 0:
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
            Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    except OSError:
        return None
    if libc.mount(b"none", b"/", None, _RECURSIVE_PRIVATE, None) != 0:
        return None
    options = f"size={MEGABYTES}m,mode=711,uid={uid},gid={gid}".encode()
    return libc if libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, options) == 0 else None
