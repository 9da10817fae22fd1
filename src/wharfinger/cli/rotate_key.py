"""`wharfinger rotate-key`: a new encryption key in front, and everything encrypted anew under it while work goes on.

It may be killed anywhere: run again, it goes on with what is left. Running processes find the new key in the file when
they meet its first value.
"""

import argparse
import time

from django.conf import settings

from wharfinger.cli.console import print_aside, print_line
from wharfinger.cli.failures import CommandFailed
from wharfinger.cli.migrate import must_be_migrated
from wharfinger.config.clock import machine_now
from wharfinger.config.environment import adopt, with_encryption_keys
from wharfinger.config.secrets import (
    encryption_key_file,
    encryption_key_lines,
    new_encryption_key_line,
    parse_encryption_keys,
    replace_encryption_keys,
)
from wharfinger.db.encryption import NotReadable
from wharfinger.domain.counts import counted
from wharfinger.operations.installation.key_rotation import encrypt_some_anew, encrypted_columns, values_by_key

_WRITES, _HASHES = "writes", "makes the hashes of searches"
_PASSES = 5
"""What other processes wrote with the key of before, while this one worked, is found by another pass."""


def run(arguments: argparse.Namespace) -> int:
    must_be_migrated()
    if arguments.status:
        _print_status()
        return 0
    try:
        return _rotate()
    except NotReadable as error:
        raise CommandFailed(f"{error} Nothing is lost: what is encrypted anew stays readable.") from error


def _rotate() -> int:
    first, _ = settings.WHARFINGER.encryption_keys[0]
    if set(values_by_key()) <= {first}:
        first = _put_a_new_key_in_front()
    else:
        print_aside(f"Going on with the key {first}.")
    began, changed = time.monotonic(), 0
    for _ in range(_PASSES):
        some = _encrypt_all_anew()
        changed += some
        if not some:
            break
    print_line(f"{counted(changed, 'value')} encrypted anew under the key {first} in {time.monotonic() - began:.1f} s.")
    _print_status()
    return 0


def _put_a_new_key_in_front() -> str:
    """Written to the file, whole or not at all, before anything is encrypted with it."""
    configuration = settings.WHARFINGER
    if not encryption_key_file(configuration.home).exists():
        raise CommandFailed(
            "The keys come from WHARFINGER_ENCRYPTION_KEY: put a new line “id:base64 of 32 random bytes” in front of "
            "the others there, start everything again, then run “wharfinger rotate-key” to encrypt anew."
        )
    (new,) = parse_encryption_keys(new_encryption_key_line(), "The new key")
    keys = (new, *configuration.encryption_keys)
    replace_encryption_keys(configuration.home, encryption_key_lines(keys), f"{machine_now():%Y%m%d-%H%M%S}")
    settings.WHARFINGER = adopt(with_encryption_keys(configuration, keys))
    print_aside(f"The new key is {new[0]}. Make a backup soon: older ones hold the keys of before.")
    return new[0]


def _encrypt_all_anew() -> int:
    changed = 0
    for column in encrypted_columns():
        after: int | None = 0
        last = time.monotonic()
        while after is not None:
            step = encrypt_some_anew(column, after)
            after, changed = step.after, changed + step.changed
            if time.monotonic() - last >= 2:
                last = time.monotonic()
                print_aside(f"{changed:,} values so far; in {column.table.removeprefix('wharfinger_')} …")
    return changed


def _print_status() -> None:
    keys = [key_id for key_id, _ in settings.WHARFINGER.encryption_keys]
    found = values_by_key()
    for key_id in [*keys, *sorted(set(found) - set(keys))]:
        uses = [use for use, holder in ((_WRITES, keys[0]), (_HASHES, keys[-1])) if holder == key_id]
        note = f" ({', '.join(uses)})" if uses else ""
        note = note if key_id in keys else " — NOT CONFIGURED: put it back, from a backup or encryption.key.before-…"
        print_line(f"{key_id}: {counted(found.get(key_id, 0), 'value')}{note}")
