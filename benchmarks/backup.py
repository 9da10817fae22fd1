"""How long a backup, its proof and a restore take in a large shop.

    python benchmarks/backup.py [--orders 100000] [--items 10000] [--accounts 20] [--channels 200]

On an embedded PostgreSQL that is made for the run and taken away after it (fsync off). Prints JSON: `machine`,
`counts`, the database's and the file's size in bytes, and seconds of machine time: `backup_s` (dump, encryption, file),
`proof_s` and `restore_s` (each into a database of its own, with every table's rows compared).
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from pages import fill, machine, prepare


def main() -> int:
    parser = argparse.ArgumentParser(description="How long a backup, its proof and a restore take in a large shop.")
    for name, usual in (("orders", 100_000), ("items", 10_000), ("accounts", 20), ("channels", 200)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    given = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="wharfinger-benchmark-"))
    database = prepare(home)
    try:
        found = {"machine": machine(), "counts": fill(given), **measure()}
    finally:
        database.stop()
        shutil.rmtree(home, ignore_errors=True)
    print(json.dumps(found, indent=1))
    return 0


def measure() -> dict[str, float]:
    from django.conf import settings  # noqa: PLC0415 -- Django is set up by now
    from django.db import connection, connections  # noqa: PLC0415 -- as above

    from wharfinger.cli.backup import making, restoring  # noqa: PLC0415 -- as above
    from wharfinger.cli.backup.destinations import opened_file  # noqa: PLC0415 -- as above
    from wharfinger.cli.restore_command import known_steps  # noqa: PLC0415 -- as above
    from wharfinger.config.clock import machine_now  # noqa: PLC0415 -- as above

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()), uid::text FROM wharfinger_installation")
        size, uid = cursor.fetchone() or (0, "")
    configuration = settings.WHARFINGER
    made = making.make_backup(configuration, uid, now=machine_now(), report=lambda size: None)
    opener = making.opener(configuration)
    began = time.perf_counter()
    making.verify_backup(configuration, made.name, opener)
    proved = time.perf_counter() - began
    steps = known_steps()
    connections.close_all()
    restored = restoring.restore_backup(
        replace(configuration),
        opened_file(Path(configuration.backups.to) / made.name),
        opener,
        name=made.name,
        known_steps=steps,
        replaces=True,
        now=machine_now(),
        console=lambda text: print(text, file=sys.stderr),
    )
    return {
        "database_bytes": size,
        "file_bytes": made.size,
        "backup_s": round(made.seconds, 1),
        "proof_s": round(proved, 1),
        "restore_s": round(restored.seconds, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
