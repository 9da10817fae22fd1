"""`make release`: both wheels, SBOM, checksums and their signature, from a checkout that says which version it is.

`python -m tests.releasing FOLDER [--key FILE]`. Exit 1 with the reasons, before anything is written, where the
checkout may not be released, the key cannot sign, or a requirement has a known weakness.
"""

import argparse
import os
import sys
from pathlib import Path

from tests.releasing.audit import audit
from tests.releasing.documents import SIGNATURE, SUMS, UnusableKey, sign, signing_key, write_sbom, write_sums
from tests.releasing.readiness import hindrances, made_at, version_of
from tests.wheel.build import ROOT, build_wheels


def main() -> int:
    parser = argparse.ArgumentParser(prog="make release")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--key", type=Path, help="Ed25519, PEM")
    requested = parser.parse_args()
    against = hindrances(ROOT)
    try:
        key = signing_key(requested.key) if requested.key else None
    except UnusableKey as fault:
        against.append(str(fault))
    if against:
        return _refuse(against)
    audited = audit(ROOT)
    if audited.weak:
        return _refuse([str(audited)])
    os.environ["SOURCE_DATE_EPOCH"] = made_at(ROOT)  # noqa: TID251 -- for the programs that build
    version = version_of(ROOT)
    files = release_folder(requested.folder)
    wheels = build_wheels(files)
    made = [*wheels, write_sbom(ROOT, files, version)]
    sums = write_sums(made, files)
    made.append(sums)
    if key:
        made.append(sign(sums, key))
    for file in made:
        _say(str(file))
    _say(str(audited))
    _say(f"{version}, signed" if key else f"{version}, UNSIGNED: no RELEASE_KEY_FILE was given")
    return 0


def release_folder(folder: Path) -> Path:
    """Without what an earlier release left: its checksums would not be this one's."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("*.cdx.json", SUMS, SIGNATURE):
        for old in folder.glob(name):
            old.unlink()
    return folder


def _refuse(reasons: list[str]) -> int:
    for reason in reasons:
        _say(reason)
    _say("Nothing was released.")
    return 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
