"""The words of the command line. What is set once for an installation is in the environment instead."""

import argparse

_ENVIRONMENT = """\
set in the environment:
  WHARFINGER_HOME             folder of this installation (data, secrets, logs)
  DATABASE_URL                your own PostgreSQL; without it an embedded one is started
  DATABASE_OWNER_URL          to migrate and restore: the role that owns the tables, where it is another one
  WHARFINGER_SYSTEM           live (default) or demo
  WHARFINGER_URL              the address people use, http://127.0.0.1:8000
  WHARFINGER_LISTEN           host:port the web process listens on, 127.0.0.1:8000
  WHARFINGER_ALLOWED_HOSTS    further host names, with commas between
  WHARFINGER_TRUSTED_PROXY    address of your reverse proxy, whose X-Forwarded-For counts
  WHARFINGER_SECRET_KEY       for sessions (or …_FILE); created on the first start
  WHARFINGER_ENCRYPTION_KEY   for personal data and tokens (or …_FILE); created on the first start
  WHARFINGER_SMTP_HOST        …_PORT, …_USER, …_PASSWORD(_FILE), …_SECURITY (starttls, tls, none), …_FROM
  WHARFINGER_BACKUP_TO        where backups go: a folder, or s3://bucket/folder (…_S3_ENDPOINT, …_S3_REGION,
                              …_S3_KEY_ID, …_S3_SECRET); in the home when it is left out
  WHARFINGER_BACKUP_KEY       passphrase or public key they are made for (or …_FILE); a passphrase is created
  WHARFINGER_BACKUP_KEEP_DAYS, WHARFINGER_BACKUP_NIGHTLY
                              30 and yes
  WHARFINGER_METRICS_TOKEN    who may read /metrics over a network (or …_FILE)
  WHARFINGER_ALLOW_PLAIN_HTTP, WHARFINGER_ALLOW_PLAIN_DATABASE
                              yes: start although pages or database are reached without TLS
  WHARFINGER_LOG_LEVEL        DEBUG, INFO, WARNING, ERROR
  WHARFINGER_WEB_THREADS      8
  WHARFINGER_CLOCK            real, or file:PATH of the simulator's clock (demo only)
  WHARFINGER_SIMULATOR_URL    the pretend Amazon (demo only)

ends with: 0 well, 1 checks failed, 2 wrong words or configuration, 3 home in use,
           4 not started, or given up after many tries, 5 a worker that ended unexpectedly
"""

SHOPS = ("empty", "running")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="wharfinger",
        description="Orders from Amazon imported, stock kept, quantities and tracking numbers sent to every "
        "marketplace.",
        epilog=_ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_demo(commands)
    commands.add_parser("demo-once", help="run the whole job once against the simulator and compare; see its --help")
    _add_serve(commands)
    worker = commands.add_parser("worker", help="take jobs: any number of these may run")
    worker.add_argument("--concurrency", type=_at_least_one, default=4, metavar="N", help="jobs at a time (4)")
    worker.add_argument("--watched", action="store_true", help=argparse.SUPPRESS)  # by a parent that starts it again
    migrate = commands.add_parser("migrate", help="migrate the database to this version, after a backup")
    migrate.add_argument("--without-backup", action="store_true", help="although none can be made before it")
    _add_backup(commands)
    rotate = commands.add_parser("rotate-key", help="a new encryption key, and everything encrypted anew under it")
    rotate.add_argument("--status", action="store_true", help="only say how many values each key has")
    _add_doctor(commands)
    check = commands.add_parser("check-ledger", help="compare every stock level with its movements and allocations")
    check.add_argument("--json", action="store_true", help="for programs: levels, differences")
    check.add_argument("--repair", action="store_true", help="bring levels that differ back to their ledgers")
    seed = commands.add_parser("seed", help="fill a demo system with its people, items and couriers")
    seed.add_argument("--shop", choices=SHOPS, default=SHOPS[0], help="ask the worker for a running shop too")
    commands.add_parser("set-up-link", help="another one-time link for the first administrator")
    unlock = commands.add_parser("unlock", help="end the pause after wrong passwords")
    unlock.add_argument("name", metavar="NAME", help="the user name")
    lost = commands.add_parser("reset-second-factor", help="for a lost telephone: another one is set up at the sign-in")
    lost.add_argument("name", metavar="NAME", help="the user name")
    _add_erase(commands)
    commands.add_parser("manage", help="Django's own commands, for those who build Wharfinger")
    return made


def _add_demo(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    demo = commands.add_parser("demo", help="a whole demo system with a pretend Amazon, until Ctrl-C")
    demo.add_argument("--fresh", action="store_true", help="discard the previous demo system")
    demo.add_argument("--port", type=_port, default=8000, help="of the pages (8000)")
    demo.add_argument("--simulator-port", type=_port, default=9700, help="of the pretend Amazon (9700)")
    demo.add_argument("--rate", type=_rate, default=10.0, help="how many times faster than real time trade goes (10)")
    demo.add_argument("--workers", type=_at_least_one, default=2, metavar="N", help="worker processes (2)")
    demo.add_argument("--shop", choices=SHOPS, default=SHOPS[0], help="what is there: empty, or a running shop (empty)")


def _add_serve(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = commands.add_parser("serve", help="the pages; migrates the database first when needed")
    serve.add_argument(
        "--workers", type=_natural, default=0, metavar="N", help="worker processes started along with it (0)"
    )


def _add_backup(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    backup = commands.add_parser("backup", help="one encrypted file that holds everything; to WHARFINGER_BACKUP_TO")
    backup.add_argument(
        "--verify", nargs="?", const="", metavar="NAME",
        help="prove it: restore it beside the database and compare (with NAME, one that was made before)",
    )  # fmt: skip
    backup.add_argument("--key-file", default="", metavar="FILE", help="with --verify: the secret half of a key pair")
    backup.add_argument("--list", action="store_true", help="the backups that are kept")
    backup.add_argument("--new-key-pair", default="", metavar="FILE", help="a pair for WHARFINGER_BACKUP_KEY")
    restore = commands.add_parser("restore", help="the installation as a backup holds it, as a copy that sends nothing")
    restore.add_argument("file", nargs="?", default="", metavar="FILE", help="a path, or a name of “backup --list”")
    restore.add_argument("--key-file", default="", metavar="FILE", help="holds the passphrase or the secret key")
    restore.add_argument("--replace", action="store_true", help="also where this home holds another installation")
    restore.add_argument("--forget-previous", action="store_true", help="remove the databases that restores have kept")


def _add_erase(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    erase = commands.add_parser("erase", help="erase the personal data of an order or a customer now, on request")
    whose = erase.add_mutually_exclusive_group(required=True)
    whose.add_argument("--order", metavar="NUMBER", help="a sales order's code, or Amazon's order number")
    whose.add_argument("--customer", metavar="CODE", help="a customer's code: with every order of theirs")
    whose.add_argument("--due", action="store_true", help="everything whose time is over, as the worker does each hour")


def _add_doctor(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    doctor = commands.add_parser(
        "doctor", help="check the installation: database, workers, clocks, keys, Amazon, every account and channel"
    )
    doctor.add_argument("--json", action="store_true", help="for programs: a list of verdict, title, told, remedy")
    doctor.add_argument("--demo", action="store_true", help="check the demo system of this home")
    doctor.add_argument("--offline", action="store_true", help="do not call Amazon; use the last verification")


def _natural(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number")
    return int(text)


def _at_least_one(text: str) -> int:
    number = _natural(text)
    if number < 1:
        raise argparse.ArgumentTypeError("give 1 or more")
    return number


def _port(text: str) -> int:
    number = _natural(text)
    if number > 65535:
        raise argparse.ArgumentTypeError("a port is at most 65535; 0 takes any that is free")
    return number


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number") from error
    if not 0 < rate <= 1000:
        raise argparse.ArgumentTypeError("give a number above 0, up to 1000")
    return rate
