"""How this installation is backed up: where to, for whom, how long."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BackupSettings:
    """`to`: a folder, or s3://bucket/prefix; `key`: a passphrase or the public half of a key pair, empty = the
    passphrase that is made in `passphrase_file`; `nightly`: without anybody's doing."""

    to: str
    is_own_folder: bool
    key: str = field(repr=False)
    passphrase_file: Path
    keep_days: int
    nightly: bool
    s3_endpoint: str
    s3_region: str
    s3_key_id: str
    s3_secret: str = field(repr=False)
    spool: Path
