class CommandFailed(Exception):
    """A command cannot go on; the message is one sentence with the remedy, printed without a traceback."""

    exit_code = 4


class HomeInUse(CommandFailed):
    """Another parent runs on this home."""

    exit_code = 3
