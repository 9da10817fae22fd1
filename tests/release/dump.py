"""`python -m tests.release.dump FILE.sql.gz`: a small database of this version, from which upgrades are tested.

The shop is that of `wharfinger demo-once` with few orders; the key that opens its personal data is written beside it.
"""

import gzip
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.migrated import BINARIES

from wharfinger.cli.home import embedded_database
from wharfinger.config.environment import child_environment
from wharfinger.config.secrets import encryption_key_file

SHOP = ("demo-once", "--orders", "30", "--shipments", "10")


def main(file: Path) -> None:
    parent = Path(tempfile.mkdtemp(prefix="wharfinger-dump-", dir="/tmp"))
    parent.chmod(0o711)
    try:
        environment = child_environment({"WHARFINGER_HOME": str(parent)})
        subprocess.run([sys.executable, "-m", "wharfinger.cli.main", *SHOP], env=environment, check=True)
        home = parent / "demo-once"
        with embedded_database(home, "dump") as url:
            command = [BINARIES / "pg_dump", "--no-owner", "--no-privileges", "-d", url]
            text = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        # no file name and no time in it: the same rows give the same file
        file.write_bytes(gzip.compress(text, mtime=0))
        shutil.copyfile(encryption_key_file(home), file.with_name(file.name.replace(".sql.gz", ".key")))
    finally:
        shutil.rmtree(parent, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
