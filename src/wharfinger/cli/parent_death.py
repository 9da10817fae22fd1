"""Run a program that ends when its parent does, even when the parent is killed.

A script and not a module of the package in use: it is run by path with `-I -S` so that it starts in
a few milliseconds, ties itself to its parent, becomes the user wanted and then turns into the
program. The order matters: Linux forgets the tie when the user changes, but not over exec. On other
systems there is no such tie; there a killed parent's children are ended by its next start.

Usage: parent_death.py SIGNAL PARENT_PID UID GID PROGRAM ARGUMENT...   (UID -1: stay who you are)
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    end_signal, parent, uid, gid = (int(argument) for argument in arguments[:4])
    command = arguments[4:]
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, end_signal, 0, 0, 0)
        if os.getppid() != parent:  # it died before the tie was made
            os.kill(os.getpid(), signal.SIGKILL)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
